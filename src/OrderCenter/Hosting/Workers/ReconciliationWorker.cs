using OrderCenter.Reconciliation;
using OrderCenter.Reconciliation.Import;

namespace OrderCenter.Hosting.Workers;

/// <summary>Reconciles imported statements step by step, and deletes lines that nobody needs any more. Every node runs it; a lease lets
/// one node work at a time.</summary>
internal sealed class ReconciliationWorker : PeriodicWorker
{
    private readonly Reconciler _reconciler;

    public ReconciliationWorker(Reconciler reconciler, StatementImport import, TimeProvider clock, ILogger<ReconciliationWorker> log)
        : base(clock, log)
    {
        _reconciler = reconciler;
        var job = new PeriodicJob(
            "reconciliation", TimeSpan.FromSeconds(2),
            async cancellationToken =>
                await reconciler.StepAsync(cancellationToken) || await reconciler.ClearAsync(cancellationToken), startsAtOnce: true);
        Jobs = [job];
        import.Imported += (_, _) => job.Wake();
    }

    protected override IReadOnlyList<PeriodicJob> Jobs { get; }

    protected override Task ReleaseAsync() => _reconciler.ReleaseAsync();
}
