using OrderCenter.Persistence;

namespace OrderCenter.Callbacks;

/// <summary>Takes over callbacks whose lease expired because their node died. It runs in a loop of its own: a row that the dead node's open
/// transaction still locks delays only recovery.</summary>
internal sealed partial class CallbackRecovery(
    Database database, DispatcherState state, CallbackMetrics metrics, TimeProvider clock, ILogger<CallbackRecovery> log)
{
    private const int PageMax = 256;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do
            {
                try
                {
                    await RecoverAsync(cancellationToken);
                }
#pragma warning disable CA1031 // A fault, even a bug, must not end recovery.
                catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogFault(log, fault);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        int count;
        do
        {
            (var endpoints, count) = await database.UpkeepAsync(
                transaction => CallbackTransactions.RecoverAsync(transaction, PageMax, database.Leases.OverMs, state.WallMs),
                cancellationToken);
            foreach (var (endpoint, gameId) in endpoints)
            {
                state.EndpointOf(endpoint, gameId).NoteDue(state.WallMs);
            }
            if (count > 0)
            {
                state.Signal();
                metrics.CountRecovered(count);
                LogRecovered(log, count);
            }
        }
        while (count == PageMax);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} callbacks recovered from nodes that died")]
    private static partial void LogRecovered(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the recovery of callbacks from dead nodes failed; it is tried again in a second")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
