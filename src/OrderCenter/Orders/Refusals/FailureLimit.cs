using System.Net;

namespace OrderCenter.Orders.Refusals;

/// <summary>Counts failures by address within a window. Who succeeds is never counted. The table is bounded: when it is full, all further
/// addresses share one count. An address is counted by its <see cref="NetworkKey"/>.</summary>
/// <param name="failuresMax">How many failures an address may have within the window; 0: any number.</param>
/// <param name="window">From an address's first failure on.</param>
/// <param name="clock">Measures it.</param>
public sealed class FailureLimit(int failuresMax, TimeSpan window, TimeProvider clock)
{
    public const int AddressesMax = 16_384;

    private static readonly UInt128 Others = UInt128.MaxValue;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Count> _counts = [];
    private long _removedAt;

    /// <summary>Counts a failure.</summary>
    /// <returns>After how many seconds the address may fail again; 0: it may now.</returns>
    public int CountFailure(IPAddress? address)
    {
        if (failuresMax == 0)
        {
            return 0;
        }
        lock (_lock)
        {
            var key = NetworkKey.Of(address);
            if (!_counts.TryGetValue(key, out var count) || clock.GetElapsedTime(count.Since) >= window)
            {
                if (count is null && _counts.Count >= AddressesMax && RemoveExpired() >= AddressesMax)
                {
                    key = Others;
                    count = _counts.GetValueOrDefault(Others);
                }
                if (count is null || clock.GetElapsedTime(count.Since) >= window)
                {
                    _counts[key] = count = new Count(clock.GetTimestamp());
                }
            }
            count.Failures++;
            return SecondsLeft(count);
        }
    }

    /// <summary>Whether the address has failed too often.</summary>
    /// <returns>For how many seconds still; 0: it has not.</returns>
    public int SecondsBlocked(IPAddress? address)
    {
        lock (_lock)
        {
            return _counts.TryGetValue(NetworkKey.Of(address), out var count)
                || (_counts.Count >= AddressesMax && _counts.TryGetValue(Others, out count)) ? SecondsLeft(count) : 0;
        }
    }

    private int SecondsLeft(Count count)
    {
        var left = window - clock.GetElapsedTime(count.Since);
        return count.Failures <= failuresMax || left <= TimeSpan.Zero ? 0 : (int)Math.Ceiling(left.TotalSeconds);
    }

    /// <summary>Removes the counts whose window is over. The table is scanned at most every tenth of a window, so that a full table does
    /// not cost a scan per failure.</summary>
    /// <returns>How many are left.</returns>
    private int RemoveExpired()
    {
        if (_removedAt != 0 && clock.GetElapsedTime(_removedAt) < window / 10)
        {
            return _counts.Count;
        }
        _removedAt = clock.GetTimestamp();
        foreach (var (key, count) in _counts)
        {
            if (clock.GetElapsedTime(count.Since) >= window)
            {
                _counts.Remove(key);
            }
        }
        return _counts.Count;
    }

    private sealed class Count(long since)
    {
        public long Since { get; } = since;

        public int Failures { get; set; }
    }
}
