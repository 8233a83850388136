using OrderCenter.ChangeFeed;

namespace OrderCenter.Hosting.Workers;

/// <summary>Numbers the changes of orders for the change feed, and deletes old ones. Every node runs it; a lease lets one node number at a
/// time.</summary>
internal sealed class ChangeFeedWorker(
    FeedSequencer sequencer, FeedReader feed, TimeProvider clock, ILogger<ChangeFeedWorker> log) : PeriodicWorker(clock, log)
{
    /// <summary>Not woken by commits: changes that wait together are written together.</summary>
    private static readonly TimeSpan SequencePeriod = TimeSpan.FromMilliseconds(500);

    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("numbering of the change feed", SequencePeriod, sequencer.StepAsync),
        new("deletion of old changes", TimeSpan.FromMinutes(10), feed.PruneAsync),
    ];

    protected override Task ReleaseAsync() => sequencer.ReleaseAsync();
}
