using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Whatever is due with stores: notifications that are left are read, inquiries made, deliveries told, news asked for. Apart from the sweeper, which a
/// store that hangs must not hold up; and each apart from the others.</summary>
internal sealed partial class StoreRounds(
    Inbox inbox, Makeup makeup, Tellings tellings, StorePolls polls, TimeProvider clock, ILogger<StoreRounds> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            new[] { inbox.StepAsync, inbox.PruneAsync, makeup.StepAsync, tellings.StepAsync, polls.StepAsync }.Select(step => RepeatAsync(step, stoppingToken)));

    private async Task RepeatAsync(Func<CancellationToken, Task<bool>> step, CancellationToken stoppingToken)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "a round of the stores was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
