using OrderCenter.Persistence;

namespace OrderCenter.Callbacks;

/// <summary>Sends callbacks in the background. What this node queued and has a free slot for is leased by the queueing transaction and sent
/// after its commit; everything else waits in the database and is claimed when it is due.</summary>
internal sealed partial class CallbackDispatcher(
    Database database, DispatcherOptions options, DispatcherState state, CallbackClaimer claimer,
    CallbackSendLoop sendLoop, CallbackRecovery recovery, TimeProvider clock, ILogger<CallbackDispatcher> log) : BackgroundService
{
    private const long RefreshPeriodMs = 1000;
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Begins nothing more, waits for the requests in flight, and puts back what was not sent.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        state.StopAccepting();
        await base.StopAsync(cancellationToken);
        foreach (var endpoint in state.Endpoints)
        {
            sendLoop.StartPrefetched(endpoint);
        }
        await state.DrainAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        state.StartAccepting();
        if (options.SendsInBackground)
        {
            state.SendsInBackground = true;
            database.Announced = endpoint => state.NoteDue(endpoint, DispatcherState.GameIdOf(endpoint), state.WallMs);
            await Task.WhenAll(recovery.RunAsync(stoppingToken), RunAsync(stoppingToken));
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        long? lastRefreshMs = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (state.MonotonicMs is var nowMs && (lastRefreshMs is not { } lastMs || nowMs - lastMs >= RefreshPeriodMs))
                {
                    lastRefreshMs = nowMs;
                    await claimer.RefreshDueTimesAsync(stoppingToken);
                    state.RetireIdleEndpoints();
                }
                await claimer.ClaimDueAsync(stoppingToken);
                await state.WaitAsync(WaitMs(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // A fault of one pass, even a bug, must not end deliveries.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFault(log, fault);
                await Task.Delay(FaultDelay, clock, stoppingToken);
            }
        }
    }

    /// <summary>How long until the next callback is due or the database is read again.</summary>
    private long WaitMs()
    {
        var (wallMs, nowMs) = (state.WallMs, state.MonotonicMs);
        var waitMs = RefreshPeriodMs;
        foreach (var endpoint in state.Endpoints)
        {
            // An endpoint at its limit signals when a request ends.
            var endpointMs = endpoint.WaitMs(wallMs, nowMs);
            if (endpointMs > 0)
            {
                waitMs = Math.Min(waitMs, endpointMs);
            }
            else if (endpoint.NextDueMs <= wallMs
                && endpoint.LastClaimMs + EndpointLimiter.ClaimIntervalMs is var claimMs && claimMs > nowMs)
            {
                waitMs = Math.Min(waitMs, claimMs - nowMs);
            }
        }
        return waitMs;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the callback dispatcher failed to claim due callbacks; it tries again")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
