using OrderCenter.Api;
using OrderCenter.Callbacks;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Closes unpaid orders whose time has run out, forgets what is kept for a time only, and takes redelivery jobs on.</summary>
internal sealed partial class Sweeper(OrderBook orders, CallbackBook callbacks, Store.Store store, TimeProvider clock, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await orders.ExpireAsync(stoppingToken);
                    await Idempotency.PruneAsync(store, clock, stoppingToken);
                    await callbacks.PruneAsync(stoppingToken);
                    while (await callbacks.StepJobsAsync(stoppingToken))
                    {
                    }
                }
                catch (Exception fault) when (fault is StoreBusyException or System.Data.Common.DbException)
                {
                    LogSkipped(log, fault);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; what has expired is closed after the next start.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the sweep of unpaid orders was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
