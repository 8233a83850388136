using OrderCenter.Persistence.Tables;

namespace OrderCenter.Persistence;

/// <summary>Lets one node of several look for the work of a background job, since each look may cost a query to every shard. Where more is
/// found than a step does, the others help. It spares work and fences nothing: a step must be safe to run on two nodes at once.</summary>
/// <param name="database">The database. Where only one process uses it, there is no lease.</param>
/// <param name="job">The job's name, the same on all nodes.</param>
public sealed class JobLease(Database database, string job)
{
    /// <summary>After the death of a node another one continues within this time.</summary>
    public const long LeaseMs = 10_000;

    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>Runs a step, where this node has the lease, gets it, or is asked for help.</summary>
    /// <param name="stepAsync">One bounded step; true: more may be left.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>Whether more may be left for this node.</returns>
    /// <exception cref="DatabaseBusyException">The database is busy; the step did not run.</exception>
    public async Task<bool> RunAsync(Func<CancellationToken, Task<bool>> stepAsync, CancellationToken cancellationToken)
    {
        if (!database.IsShared)
        {
            return await stepAsync(cancellationToken);
        }
        var freeBeforeMs = database.Leases.OverMs - NodeLease.ClockSkewMs;
        var held = await database.ReadAsync(transaction => NodeLeaseTable.FindAsync(transaction, job), cancellationToken);
        if (held is not null && held.Lease.Owner != _owner && held.Lease.UntilMs > freeBeforeMs)
        {
            return held.IsBehind && await stepAsync(cancellationToken);
        }
        var lease = new NodeLease(_owner, database.Leases.NowMs + LeaseMs);
        if (!await database.UpkeepAsync(
            transaction => NodeLeaseTable.TakeAsync(transaction, job, lease, freeBeforeMs), cancellationToken))
        {
            return false;
        }
        var hasMore = await stepAsync(cancellationToken);
        if (hasMore != held?.IsBehind is true)
        {
            await database.UpkeepAsync(
                transaction => NodeLeaseTable.SetBehindAsync(transaction, job, _owner, hasMore), cancellationToken);
        }
        return hasMore;
    }

    /// <summary>Ends this node's lease, so that another one continues at once.</summary>
    public Task ReleaseAsync() =>
        database.IsShared
            ? database.UpkeepAsync(transaction => NodeLeaseTable.ReleaseAsync(transaction, job, _owner), CancellationToken.None)
            : Task.CompletedTask;
}
