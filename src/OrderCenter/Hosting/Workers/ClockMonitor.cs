using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Workers;

/// <summary>Detects a clock that was set: this machine's, by comparison with the monotonic clock, and the database's
/// (<see cref="LeaseClock"/>). Leases and waits in memory do not depend on the wall clock; due times in the database do, and are corrected
/// when a clock went back.</summary>
internal sealed partial class ClockMonitor(
    Database database, ClockMetrics metrics, TimeProvider clock, ILogger<ClockMonitor> log) : PeriodicWorker(clock, log)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _log = log;
    private (long Timestamp, long WallMs) _last = LeaseClock.Read(clock);
    private bool _hasStarted;

    /// <summary>This node's clock went back, and the due times were not corrected yet.</summary>
    private bool _hasGoneBack;

    protected override IReadOnlyList<PeriodicJob> Jobs => [new("clock check", TimeSpan.FromSeconds(1), CheckAsync)];

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        // 1. This machine's clock.
        var read = LeaseClock.Read(_clock);
        var jumpMs = read.WallMs - _last.WallMs - (long)_clock.GetElapsedTime(_last.Timestamp, read.Timestamp).TotalMilliseconds;
        _last = read;
        if (Math.Abs(jumpMs) > LeaseClock.JumpMinMs)
        {
            metrics.CountJump("system", jumpMs);
            LogJump(_log, jumpMs);
            _hasGoneBack |= jumpMs < 0;
        }
        metrics.SkewMs = database.Leases.SkewMs;

        // 2. The database's clock.
        var serverJumpMs = database.Leases.TakeServerJump();
        if (serverJumpMs != 0)
        {
            metrics.CountJump("database", serverJumpMs);
            LogServerJump(_log, serverJumpMs);
        }
        if (serverJumpMs < 0 || !_hasStarted)
        {
            await ClockRepair.CapLeasesAsync(database, cancellationToken);
        }

        // 3. Due times that are too far away because a clock was ahead when they were written.
        if (_hasGoneBack || serverJumpMs < 0 || !_hasStarted)
        {
            var count = await ClockRepair.PullInAsync(
                database, database.Leases.WallMs, _hasGoneBack || serverJumpMs < 0, cancellationToken);
            if (count > 0)
            {
                LogPulledIn(_log, count);
            }
            (_hasStarted, _hasGoneBack) = (true, false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "this machine's clock was set by {JumpMs} ms, or it slept; leases are not affected")]
    private static partial void LogJump(ILogger logger, long jumpMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database's clock was set by {JumpMs} ms")]
    private static partial void LogServerJump(ILogger logger, long jumpMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} callbacks had due times of a clock that was ahead; they are due now")]
    private static partial void LogPulledIn(ILogger logger, int count);
}
