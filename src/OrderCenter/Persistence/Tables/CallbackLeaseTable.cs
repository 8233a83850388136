using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Persistence.Tables;

/// <summary>Claims of callbacks, and what the holder of a lease writes. Every write of an attempt names the lease that it belongs
/// to.</summary>
/// <remarks><para>The columns are those of <see cref="LeasedRows"/>, the statements are not: callbacks are claimed an endpoint at a time,
/// so that one receiver's backlog does not delay another's; a new one is leased by its own insert; and the write that most of them end
/// with has a batch form.</para>
/// <para>A statement that has the whole key writes the status as <c>status + 0</c>: a planner that sees <c>status = 1</c> takes the small
/// index of what is leased and walks all of it, once for each row of a batch (measured on PostgreSQL 15: 170 µs a row instead of
/// 15).</para></remarks>
internal static class CallbackLeaseTable
{
    private const string DeliverTypes = "tbbbbbit";

    private const string ClaimTo =
        "UPDATE callbacks SET status = 1, attempts = attempts + 1, lease = lease + 1, lease_owner = $4, lease_until_ms = $5, " +
        "started_ms = $3 ";

    private const string DueSql =
        "SELECT order_id, number FROM callbacks WHERE endpoint = $1 AND status = 0 AND due_ms <= $3 ORDER BY due_ms LIMIT $2";

    // Compare and set: the state and the time are repeated outside, so that of two claimers one changes a row, and none one that was
    // postponed meanwhile. The endpoint is not: SQLite would walk its whole backlog.
    private static readonly SqlStatement ClaimDueSql = new(
        $"WITH due AS ({DueSql} {SqlStatement.SkipLocked}) {ClaimTo}" +
        "WHERE (order_id, number) IN (SELECT order_id, number FROM due) AND status + 0 = 0 AND due_ms + 0 <= $3 " +
        $"RETURNING {CallbackTable.Columns}");

    // On Citus the statement above would go to every shard, and hold each of them for itself until its commit.
    private static readonly SqlStatement DueKeysSql = new(DueSql);
    private static readonly SqlStatement ClaimDueKeySql = new(
        $"{ClaimTo}WHERE order_id = $1 AND number = $2 AND status + 0 = 0 AND due_ms + 0 <= $3 RETURNING {CallbackTable.Columns}");

    private static readonly SqlStatement NextDueSql = new("SELECT min(due_ms) FROM callbacks WHERE endpoint = $1 AND status = 0");

    private static readonly SqlStatement DueSoonSql = new(
        "SELECT endpoint, due_ms FROM callbacks WHERE endpoint = $1 AND status = 0 AND due_ms <= $2 ORDER BY due_ms LIMIT 1")
    {
        Batch = new(
            "SELECT endpoint, min(due_ms) FROM callbacks WHERE endpoint = ANY($1::text[]) AND status = 0 AND due_ms <= ($2::bigint[])[1] " +
            "GROUP BY endpoint",
            "tb", Key: [0]) { IsQuery = true },
    };

    private static readonly SqlStatement ClaimSql = new(
        "UPDATE callbacks SET status = 1, attempts = $4, lease = $5, lease_owner = $6, lease_until_ms = $7, started_ms = $8 " +
        "WHERE order_id = $1 AND number = $2 AND status + 0 = 0 AND lease = $3");

    private static readonly SqlStatement DeliverSql = new(
        "UPDATE callbacks SET status = 2, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = $4, started_ms = $5, " +
        "duration_ms = $6, http_status = $7, response = $8 WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3")
    {
        Batch = new(
            "UPDATE callbacks SET status = 2, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = u.p4, " +
            "started_ms = u.p5, " +
            $"duration_ms = u.p6, http_status = u.p7, response = u.p8 FROM {BatchForm.Unnest(DeliverTypes)} " +
            "WHERE callbacks.order_id = u.p1 AND callbacks.number = u.p2 AND callbacks.status + 0 = 1 AND callbacks.lease = u.p3 " +
            "RETURNING callbacks.order_id, callbacks.number",
            DeliverTypes, Key: [0, 1]),
    };

    private static readonly SqlStatement FinishSql = End("status = $4, due_ms = NULL, finished_ms = $5");
    private static readonly SqlStatement RescheduleSql = End("status = 0, step = $4, due_ms = $5");
    private static readonly SqlStatement HoldSql = End("status = 4, due_ms = NULL");
    private static readonly SqlStatement AbandonSql = End("status = 0, due_ms = $4");

    private static readonly SqlStatement ExtendSql = new(
        "UPDATE callbacks SET attempts = $4, lease_until_ms = $5, started_ms = $6 " +
        "WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3");

    private static readonly SqlStatement LapsedSql = new(
        $"SELECT {CallbackTable.Columns} FROM callbacks WHERE status = 1 AND lease_until_ms <= $1 ORDER BY lease_until_ms LIMIT $2");

    /// <summary>Leases what is due at an endpoint and begins the next attempt of each, oldest first.</summary>
    public static async ValueTask<List<Callback>> ClaimDueAsync(
        Transaction transaction, string endpoint, int most, NodeLease lease, long nowMs)
    {
        var claimed = transaction.IsDistributed
            ? await ClaimDueByKeyAsync(transaction, endpoint, most, lease, nowMs)
            : await transaction.QueryAsync(ClaimDueSql, CallbackTable.Read, endpoint, most, nowMs, lease.Owner, lease.UntilMs);
        claimed.Sort(static (left, right) => left.DueMs!.Value.CompareTo(right.DueMs!.Value));
        return claimed;
    }

    /// <summary>When the next callback of an endpoint is due; null: none waits.</summary>
    public static async ValueTask<long?> NextDueAsync(Transaction transaction, string endpoint) =>
        (await transaction.QueryAsync(NextDueSql, static row => row.Number(0), endpoint))[0];

    /// <summary>When the next callback of an endpoint is due, where that is by <paramref name="untilMs"/>; null: none is. Endpoints that
    /// are asked for together share a statement on PostgreSQL, which reads all that is due by then: so it is for endpoints where little
    /// is.</summary>
    public static async ValueTask<long?> DueSoonAsync(Transaction transaction, string endpoint, long untilMs) =>
        await transaction.QueryAsync(DueSoonSql, static row => row.GetInt64(1), endpoint, untilMs) is [var dueMs] ? dueMs : null;

    /// <summary>Leases a waiting callback and begins its next attempt.</summary>
    /// <returns>The callback as leased; null: it is no longer as it was read.</returns>
    public static async ValueTask<Callback?> ClaimAsync(Transaction transaction, Callback callback, NodeLease lease, long nowMs)
    {
        var claimed = callback with
        {
            Status = CallbackStatus.Delivering, Attempts = callback.Attempts + 1, Lease = callback.Lease + 1, StartedMs = nowMs,
        };
        return await WriteAsync(transaction, ClaimSql, callback, claimed.Attempts, claimed.Lease, lease.Owner, lease.UntilMs, nowMs)
            ? claimed
            : null;
    }

    /// <summary>Begins a further attempt under the same lease.</summary>
    /// <returns>The callback with the attempt counted; null: the lease was lost.</returns>
    public static async ValueTask<Callback?> AgainUnderLeaseAsync(Transaction transaction, Callback callback, long leaseUntilMs, long nowMs)
    {
        var next = callback with { Attempts = callback.Attempts + 1, StartedMs = nowMs };
        return await WriteAsync(transaction, ExtendSql, callback, next.Attempts, leaseUntilMs, nowMs) ? next : null;
    }

    /// <summary>The attempt was acknowledged; it stays in the callback's row.</summary>
    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> DeliverAsync(Transaction transaction, Callback callback, Attempt attempt, long nowMs) =>
        await transaction.ExecuteAsync(
            DeliverSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, nowMs, attempt.StartedMs, attempt.DurationMs,
            attempt.HttpStatus,
            attempt.Response) == 1;

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static ValueTask<bool> FinishAsync(Transaction transaction, Callback callback, CallbackStatus status, long nowMs) =>
        WriteAsync(transaction, FinishSql, callback, (int)status, nowMs);

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static ValueTask<bool> RescheduleAsync(Transaction transaction, Callback callback, int step, long dueMs) =>
        WriteAsync(transaction, RescheduleSql, callback, step, dueMs);

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static ValueTask<bool> HoldAsync(Transaction transaction, Callback callback) => WriteAsync(transaction, HoldSql, callback);

    /// <summary>Callbacks whose lease ran out: their node died, or lost the database. By their keys, so that nodes that end the same
    /// leases at once do not deadlock.</summary>
    public static async ValueTask<List<Callback>> LapsedAsync(Transaction transaction, long overMs, int most)
    {
        var lapsed = await transaction.QueryAsync(LapsedSql, CallbackTable.Read, overMs, most);
        lapsed.Sort(static (left, right) => CompareKeys(left.Id, right.Id));
        return lapsed;
    }

    /// <summary>Ends a lease whose attempt has no known outcome, or never left: it is sent again under the same id, at the same
    /// step.</summary>
    public static async ValueTask<bool> AbandonAsync(Transaction transaction, Callback callback, string error, long dueMs)
    {
        if (!await WriteAsync(transaction, AbandonSql, callback, dueMs))
        {
            return false;
        }
        await CallbackAttemptTable.InsertAsync(
            transaction, callback.Id, new Attempt(callback.Attempts, callback.StartedMs!.Value, null, null, null, error));
        return true;
    }

    /// <summary>Each by its key, and in their order: a claim of another node that takes some of the same waits, and finds them
    /// taken.</summary>
    private static async ValueTask<List<Callback>> ClaimDueByKeyAsync(
        Transaction transaction, string endpoint, int most, NodeLease lease, long nowMs)
    {
        var due = await transaction.QueryAsync(
            DueKeysSql, static row => new CallbackId(OrderId.FromStore(row.GetString(0)), row.GetInt64(1)), endpoint, most, nowMs);
        due.Sort(CompareKeys);
        var claims = due.ConvertAll(id => transaction.QueryAsync(
            ClaimDueKeySql, CallbackTable.Read, id.OrderId.Value, id.Number, nowMs, lease.Owner, lease.UntilMs));
        var claimed = new List<Callback>(claims.Count);
        foreach (var claim in claims)
        {
            claimed.AddRange(await claim);
        }
        return claimed;
    }

    private static int CompareKeys(CallbackId left, CallbackId right) =>
        string.CompareOrdinal(left.OrderId.Value, right.OrderId.Value) is not 0 and var order ? order : left.Number.CompareTo(right.Number);

    private static SqlStatement End(string set) =>
        new($"UPDATE callbacks SET {set}, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 " +
            $"AND status + 0 = 1 AND lease = $3");

    private static async ValueTask<bool> WriteAsync(
        Transaction transaction, SqlStatement statement, Callback callback, params object?[] values) =>
        await transaction.ExecuteAsync(statement, [callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, .. values]) == 1;
}
