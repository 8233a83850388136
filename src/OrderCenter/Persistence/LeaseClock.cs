namespace OrderCenter.Persistence;

/// <summary>The time by which leases are written and judged. It is never read from this machine's wall clock, which may be set at any
/// moment. On SQLite it starts at the wall clock and follows the monotonic one: one process owns the file, and all leases are void at its
/// start. On PostgreSQL it is the database's clock, sampled every second and carried on by the monotonic clock in between, so that nodes
/// whose clocks differ agree. Safe for concurrent use.</summary>
public sealed class LeaseClock(TimeProvider clock)
{
    /// <summary>From here on a difference is a step of a clock and not the noise of a sample.</summary>
    public const long JumpMinMs = 2000;

    /// <summary>Longer than any lease of a callback (60 s and 8 s more): after the database's clock was set forward, nothing is taken
    /// over that was leased before it.</summary>
    private const long HoldMs = 120_000;

    private const int ReadsMax = 10;
    private static readonly TimeSpan s_readMax = TimeSpan.FromMilliseconds(100);

    private volatile Anchor _anchor = Start(clock);
    private volatile Hold? _hold;
    private long _serverJumpMs;

    /// <summary>Now, milliseconds: comparable with leases in the database.</summary>
    public long NowMs
    {
        get
        {
            var anchor = _anchor;
            return anchor.Ms + ElapsedMs(anchor.Timestamp);
        }
    }

    /// <summary>Now by the wall clock, Unix milliseconds, or by the database's where this machine's is behind it: what is due by it is
    /// due.</summary>
    public long WallMs
    {
        get
        {
            var anchor = _anchor;
            var wallMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            return anchor.IsServer ? Math.Max(wallMs, anchor.Ms + ElapsedMs(anchor.Timestamp)) : wallMs;
        }
    }

    /// <summary>Before this, the lease of another owner is over. It lags behind <see cref="NowMs"/> after the database's clock was set
    /// forward: leases that were written before are judged as they were meant.</summary>
    public long OverMs => NowMs - (_hold is { } hold && ElapsedMs(hold.Timestamp) < HoldMs ? hold.JumpMs : 0);

    /// <summary>Whether this node may begin what it has leased, and lease more. Where the wall clock and the monotonic clock have parted
    /// since the last sample, the machine may have slept, and its leases may be over: it waits for the next sample.</summary>
    public bool IsClockSynchronized => _anchor is var anchor && (!anchor.IsServer || Math.Abs(PartedMs(anchor)) <= JumpMinMs);

    /// <summary>How far this machine's clock is ahead of the database's, milliseconds; 0 where they are the same.</summary>
    public long SkewMs => _anchor is { IsServer: true } anchor ? anchor.WallMs - anchor.Ms : 0;

    /// <summary>Takes a sample of the database's clock.</summary>
    /// <param name="serverMs">Its Unix milliseconds.</param>
    /// <param name="timestamp">When that was, by the monotonic clock.</param>
    internal void Sample(long serverMs, long timestamp)
    {
        var before = _anchor;
        var (readAt, wallMs) = Read(clock);
        var next = new Anchor(timestamp, serverMs, wallMs - ElapsedMs(timestamp, readAt), IsServer: true);
        if (before.IsServer)
        {
            // Where this machine slept, its own clocks have parted by the same: then the database's was not set.
            var elapsedMs = ElapsedMs(before.Timestamp, timestamp);
            var jumpMs = serverMs - before.Ms - elapsedMs;
            var sleptMs = Math.Max(0, next.WallMs - before.WallMs - elapsedMs);
            if (Math.Abs(jumpMs) > JumpMinMs && Math.Abs(jumpMs - sleptMs) > JumpMinMs)
            {
                Interlocked.Add(ref _serverJumpMs, jumpMs);
                _hold = jumpMs > 0 ? new Hold(timestamp, jumpMs) : null;
            }
        }
        _anchor = next;
    }

    /// <summary>Both clocks at one moment: nothing comes in between that would look like one of them being set.</summary>
    internal static (long Timestamp, long WallMs) Read(TimeProvider clock)
    {
        for (var attempt = 0; ; attempt++)
        {
            var timestamp = clock.GetTimestamp();
            var wallMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (clock.GetElapsedTime(timestamp) < s_readMax || attempt == ReadsMax)
            {
                return (timestamp, wallMs);
            }
        }
    }

    /// <summary>How far the database's clock was set since the last call, milliseconds; 0: it was not.</summary>
    internal long TakeServerJump() => Interlocked.Exchange(ref _serverJumpMs, 0);

    private static Anchor Start(TimeProvider clock)
    {
        var (timestamp, wallMs) = Read(clock);
        return new Anchor(timestamp, wallMs, wallMs, IsServer: false);
    }

    /// <summary>How much more the wall clock has gone on than the monotonic one.</summary>
    private long PartedMs(Anchor anchor)
    {
        var (timestamp, wallMs) = Read(clock);
        return wallMs - anchor.WallMs - ElapsedMs(anchor.Timestamp, timestamp);
    }

    private long ElapsedMs(long timestamp) => (long)clock.GetElapsedTime(timestamp).TotalMilliseconds;

    private long ElapsedMs(long from, long to) => (long)clock.GetElapsedTime(from, to).TotalMilliseconds;

    private sealed record Anchor(long Timestamp, long Ms, long WallMs, bool IsServer);

    private sealed record Hold(long Timestamp, long JumpMs);
}
