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
    private readonly TimeProvider _clock = clock;

    protected override IReadOnlyList<PeriodicJob> Jobs => [new("maintenance", TimeSpan.FromSeconds(5), RunAsync)];

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        // First, because all that follows writes: whether the database takes writes again after it refused them.
        await database.WhyNoWritesAsync(cancellationToken);
        await orders.ExpireAsync(cancellationToken);
        await Idempotency.PruneAsync(database, _clock, cancellationToken);
        await sessions.PruneAsync(cancellationToken);
        await SignInLimit.PruneAsync(database, _clock, cancellationToken);
        await callbacks.PruneAsync(cancellationToken);
        await callbacks.ResumeAsync(cancellationToken);
        while (await redeliveries.ProcessAllAsync(cancellationToken))
        {
        }
    }
}
