using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Reads notifications as they are kept.</summary>
internal sealed class InboxReader(Inbox inbox) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await inbox.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; what was not read yet is read after the next start.
        }
    }
}

/// <summary>Reads the notifications that are left and makes the inquiries at stores whose time has come. Apart from the other sweeper, which a slow store
/// must not hold up.</summary>
internal sealed partial class StoreSweeper(Inbox inbox, Makeup makeup, TimeProvider clock, ILogger<StoreSweeper> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SweepAsync(inbox.StepAsync, stoppingToken), SweepAsync(makeup.StepAsync, stoppingToken), SweepAsync(PruneAsync, stoppingToken));

    private async Task<bool> PruneAsync(CancellationToken cancellationToken)
    {
        await inbox.PruneAsync(cancellationToken);
        return false;
    }

    private async Task SweepAsync(Func<CancellationToken, Task<bool>> step, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await step(stoppingToken))
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
            // The service stops; what is due is done after the next start.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a sweep of what stores say was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
