using OrderCenter.Persistence.Tables;

namespace OrderCenter.Persistence;

/// <summary>Lets one node of several look for the work of a background job, since each look may cost a query to every shard. It spares work
/// and fences nothing: a step must be safe to run on two nodes at once.</summary>
/// <param name="database">The database. Where only one process uses it, there is no lease.</param>
/// <param name="job">The job's name, the same on all nodes.</param>
public sealed class JobLease(Database database, string job)
{
    /// <summary>After the death of a node another one continues within this time.</summary>
    public const long LeaseMs = 10_000;

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private long _notBeforeMs;

    /// <summary>Runs a step, where this node has the lease or gets it.</summary>
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
        var nowMs = database.Leases.NowMs;
        var freeBeforeMs = database.Leases.OverMs - NodeLease.ClockSkewMs;
        var held = await database.ReadAsync(transaction => NodeLeaseTable.FindAsync(transaction, job), cancellationToken);
        if (nowMs < _notBeforeMs || (held is not null && held.Owner != _owner && held.UntilMs > freeBeforeMs))
        {
            return false;
        }
        var lease = new NodeLease(_owner, nowMs + LeaseMs);
        if (!await database.UpkeepAsync(
            transaction => NodeLeaseTable.TakeAsync(transaction, job, lease, freeBeforeMs), cancellationToken))
        {
            return false;
        }
        try
        {
            return await stepAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Another node may be able to do what this one cannot: it gets the time to.
            _notBeforeMs = nowMs + LeaseMs;
            await TryReleaseAsync();
            throw;
        }
    }

    /// <summary>Ends this node's lease, so that another one continues at once.</summary>
    public Task ReleaseAsync() =>
        database.IsShared
            ? database.UpkeepAsync(transaction => NodeLeaseTable.ReleaseAsync(transaction, job, _owner), CancellationToken.None)
            : Task.CompletedTask;

    private async Task TryReleaseAsync()
    {
        try
        {
            await ReleaseAsync();
        }
        catch (DatabaseBusyException)
        {
            // It runs out by itself.
        }
    }
}
