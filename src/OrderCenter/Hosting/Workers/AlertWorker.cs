using OrderCenter.Alerts;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Facts;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Workers;

/// <summary>Alerts: every node writes down what only it sees, tells sinks, and watches its database; one node of several evaluates the
/// conditions. The jobs run apart, so that a sink or a database that hangs delays its own job only.</summary>
internal sealed class AlertWorker : PeriodicWorker
{
    private static readonly TimeSpan s_deliveryPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_watchPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_prunePeriod = TimeSpan.FromMinutes(10);

    private readonly AlertDeliverer _deliverer;
    private readonly JobLease _lease;

    public AlertWorker(
        NodeObserver observer, AlertEvaluator evaluator, AlertDeliverer deliverer, DatabaseWatch watch, AlertOptions options,
        Database database, TimeProvider clock, ILogger<AlertWorker> log)
        : base(clock, log)
    {
        (_deliverer, _lease) = (deliverer, new JobLease(database, "alerts"));
        Jobs =
        [
            new("alerts", options.Period, async cancellationToken =>
            {
                // First, on every node: what it sees now, so that a node that has slept does not evaluate what it saw before.
                await observer.StepAsync(cancellationToken);
                return await _lease.RunAsync(evaluator.StepAsync, cancellationToken);
            }),
            new("delivery of alerts", s_deliveryPeriod, deliverer.StepAsync),
            new("watch over the database", s_watchPeriod, watch.StepAsync),
            new("deletion of old alerts", s_prunePeriod, async cancellationToken =>
            {
                await evaluator.PruneAsync(cancellationToken);
                await deliverer.PruneAsync(cancellationToken);
                await observer.PruneAsync(cancellationToken);
                return false;
            }) { Lease = new(database, "alert-deletion") },
        ];
    }

    protected override IReadOnlyList<PeriodicJob> Jobs { get; }

    protected override async Task ReleaseAsync()
    {
        await _deliverer.DrainAsync();
        await _lease.ReleaseAsync();
        await base.ReleaseAsync();
    }
}
