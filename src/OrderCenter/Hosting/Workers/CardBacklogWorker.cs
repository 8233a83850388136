using OrderCenter.Protocols.CardRecharge;

namespace OrderCenter.Hosting.Workers;

/// <summary>Delivers cards to the orders that wait for stock: at once when cards are imported here, and every few seconds for imports of
/// other nodes.</summary>
internal sealed class CardBacklogWorker(CardBacklogProcessor backlog, TimeProvider clock, ILogger<CardBacklogWorker> log) : PeriodicWorker(
    clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("card backlog of new imports", TimeSpan.FromSeconds(1), backlog.DeliverNextImportAsync, startsAtOnce: true),
        new("card backlog", TimeSpan.FromSeconds(5), backlog.StepAsync, startsAtOnce: true),
    ];
}
