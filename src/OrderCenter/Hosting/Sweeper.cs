using OrderCenter.Api;
using OrderCenter.Callbacks;
using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Closes unpaid orders whose time has run out, forgets what is kept for a time only, lets go of callbacks whose app is open again, and
/// takes redelivery jobs on.</summary>
internal sealed partial class Sweeper(OrderBook orders, CallbackBook callbacks, Store.Store store, TimeProvider clock, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RepeatAsync(SweepAsync, Period, clock, fault => LogSkipped(log, fault), stoppingToken);

    private async Task<bool> SweepAsync(CancellationToken cancellationToken)
    {
        await orders.ExpireAsync(cancellationToken);
        await Idempotency.PruneAsync(store, clock, cancellationToken);
        await callbacks.PruneAsync(cancellationToken);
        await callbacks.ResumeAsync(cancellationToken);
        while (await callbacks.StepJobsAsync(cancellationToken))
        {
        }
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the sweep of unpaid orders, of what is old and of held callbacks was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
