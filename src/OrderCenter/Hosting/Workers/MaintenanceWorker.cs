using OrderCenter.Api;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Operators;
using OrderCenter.Orders;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Workers;

/// <summary>Expires unpaid orders, deletes what is kept for a limited time, resumes callbacks whose app is open again, and advances
/// redelivery jobs.</summary>
internal sealed class MaintenanceWorker(
    OrderExpiry orders, CallbackAdministration callbacks, RedeliveryJobRunner redeliveries, Sessions sessions, Database database,
    TimeProvider clock,
    ILogger<MaintenanceWorker> log) : PeriodicWorker(clock, log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = clock;
    private readonly JobLease _lease = new(database, "maintenance");

    protected override IReadOnlyList<PeriodicJob> Jobs => [new("maintenance", Period, StepAsync)];

    protected override Task ReleaseAsync() => _lease.ReleaseAsync();

    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        // First, on every node, because all that follows writes: whether the database takes writes again after it refused them.
        await database.WhyNoWritesAsync(cancellationToken);
        return await _lease.RunAsync(RunAsync, cancellationToken);
    }

    private async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await orders.ExpireAsync(cancellationToken);
        await Idempotency.PruneAsync(database, _clock, cancellationToken);
        await sessions.PruneAsync(cancellationToken);
        await SignInLimit.PruneAsync(database, _clock, cancellationToken);
        await callbacks.PruneAsync(cancellationToken);
        await callbacks.ResumeAsync(cancellationToken);
        while (await redeliveries.ProcessAllAsync(cancellationToken))
        {
        }
        return false;
    }
}
