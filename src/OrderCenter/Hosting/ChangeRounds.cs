using OrderCenter.Changes;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Has what happened to orders numbered, soon after it happened, and forgotten when it is old. Every node looks; a lease has one of them give numbers.
/// Whoever waits for more to come together has less to write: so it is a pace, and not the commits, that wakes it.</summary>
internal sealed partial class ChangeRounds(Sequencer sequencer, ChangeFeed feed, TimeProvider clock, ILogger<ChangeRounds> log) : BackgroundService
{
    private static readonly TimeSpan SequencePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PrunePause = TimeSpan.FromMinutes(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(sequencer.StepAsync, SequencePause, stoppingToken), RepeatAsync(feed.PruneAsync, PrunePause, stoppingToken));

    private async Task RepeatAsync(Func<CancellationToken, Task<bool>> step, TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(pause, clock, stoppingToken);
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
            // The service stops; what waits is numbered by another node, or after the next start.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a round of the feed of changes was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
