using OrderCenter.Persistence;
using OrderCenter.Reconciliation.Fetching;

namespace OrderCenter.Hosting.Workers;

/// <summary>Fetches the statements of stores when they are due. Every node runs it; each statement is leased to one.</summary>
internal sealed class StatementFetchWorker(
    StatementFetcher fetcher, Database database, TimeProvider clock, ILogger<StatementFetchWorker> log) : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("fetching of statements", TimeSpan.FromMinutes(1), fetcher.StepAsync),
        new("deletion of old statement fetches", TimeSpan.FromHours(1), fetcher.PruneAsync)
        {
            Lease = new(database, "statement-fetch-deletion"),
        },
    ];
}
