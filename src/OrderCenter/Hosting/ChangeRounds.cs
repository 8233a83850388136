using OrderCenter.Changes;

namespace OrderCenter.Hosting;

/// <summary>Has what happened to orders numbered, soon after it happened, and forgotten when it is old. Every node looks; a lease has one of them give numbers.
/// Whoever waits for more to come together has less to write: so it is a pace, and not the commits, that wakes it.</summary>
internal sealed partial class ChangeRounds(Sequencer sequencer, ChangeFeed feed, TimeProvider clock, ILogger<ChangeRounds> log) : BackgroundService
{
    private static readonly TimeSpan SequencePeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Rounds.RepeatAsync(sequencer.StepAsync, SequencePeriod, clock, fault => LogSkipped(log, fault), stoppingToken),
        Rounds.RepeatAsync(feed.PruneAsync, PrunePeriod, clock, fault => LogSkipped(log, fault), stoppingToken));

    [LoggerMessage(Level = LogLevel.Warning, Message = "a round of the feed of changes was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
