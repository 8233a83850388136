using System.Collections.Concurrent;

namespace OrderCenter.Payments.Health;

/// <summary>Which stores this node cannot reach, and since when: hosts whose calls have all failed, or were answered with 5xx, since then.
/// Safe for concurrent use.</summary>
public sealed class StoreReachability(TimeProvider clock)
{
    /// <summary>Fewer failures in a row say nothing.</summary>
    private const int FailuresMin = 3;

    /// <summary>Addresses of stores are settings: there are few.</summary>
    private const int HostsMax = 1000;

    /// <summary>A host that is not called any more is forgotten.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, State> _failing = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes how a call ended.</summary>
    /// <param name="host">Host and port.</param>
    /// <param name="fault">Why there was no answer; null: there was one.</param>
    public void Note(string host, string? fault)
    {
        if (fault is null)
        {
            _failing.TryRemove(host, out _);
            return;
        }
        var now = clock.GetTimestamp();
        if (_failing.Count < HostsMax || _failing.ContainsKey(host))
        {
            _failing.AddOrUpdate(
                host, static (_, seen) => new State(seen.Now, seen.Now, 1, seen.Fault),
                static (_, before, seen) => before with { Last = seen.Now, Failures = before.Failures + 1, Fault = seen.Fault },
                (Now: now, Fault: fault));
        }
    }

    /// <summary>The hosts that cannot be reached, for how long, and why.</summary>
    public IReadOnlyList<(string Host, TimeSpan For, string Fault)> Read()
    {
        foreach (var (host, state) in _failing)
        {
            if (clock.GetElapsedTime(state.Last) > s_kept)
            {
                _failing.TryRemove(KeyValuePair.Create(host, state));
            }
        }
        return
        [
            .. _failing.Where(failing => failing.Value.Failures >= FailuresMin)
                .Select(failing => (failing.Key, clock.GetElapsedTime(failing.Value.First), failing.Value.Fault)),
        ];
    }

    private sealed record State(long First, long Last, int Failures, string Fault);
}
