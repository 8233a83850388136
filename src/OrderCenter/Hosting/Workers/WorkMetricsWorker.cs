using OrderCenter.OpenWork;

namespace OrderCenter.Hosting.Workers;

/// <summary>Counts for the gauges what waits and what needs a person, on every node: a node's metrics must not depend on
/// another's.</summary>
internal sealed class WorkMetricsWorker(WorkCounts counts, WorkMetrics metrics, TimeProvider clock, ILogger<WorkMetricsWorker> log)
    : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("counts for metrics", TimeSpan.FromSeconds(15),
            async cancellationToken => metrics.Report(await counts.ReadAsync(cancellationToken)), startsAtOnce: true),
    ];
}
