namespace OrderCenter.Persistence.Tables;

/// <summary>Which node does a job that one node of several does at a time, and until when: a row a job. A lease spares work; what must
/// happen once is fenced by the rows that the job works on.</summary>
internal static class NodeLeaseTable
{
    private static readonly SqlStatement FindSql = new("SELECT owner, lease_until_ms FROM node_leases WHERE job = $1");

    private static readonly SqlStatement TakeSql = new(
        "INSERT INTO node_leases (job, owner, lease_until_ms) VALUES ($1, $2, $3) ON CONFLICT (job) DO UPDATE " +
        "SET owner = excluded.owner, lease_until_ms = excluded.lease_until_ms " +
        "WHERE node_leases.owner = excluded.owner OR node_leases.lease_until_ms <= $4");

    private static readonly SqlStatement ReleaseSql = new("UPDATE node_leases SET lease_until_ms = 0 WHERE job = $1 AND owner = $2");

    /// <returns>The newest lease, which may have ended; null: nobody has done the job yet.</returns>
    public static ValueTask<NodeLease?> FindAsync(Transaction transaction, string job) =>
        transaction.FindAsync(FindSql, static row => new NodeLease(row.GetString(0), row.GetInt64(1)), job);

    /// <summary>Takes a lease, or extends one's own.</summary>
    /// <returns>False: another node has it.</returns>
    public static async ValueTask<bool> TakeAsync(Transaction transaction, string job, NodeLease lease, long freeBeforeMs) =>
        await transaction.ExecuteAsync(TakeSql, job, lease.Owner, lease.UntilMs, freeBeforeMs) == 1;

    /// <summary>Ends a lease, where it is still the owner's.</summary>
    public static ValueTask<int> ReleaseAsync(Transaction transaction, string job, string owner) =>
        transaction.ExecuteAsync(ReleaseSql, job, owner);
}
