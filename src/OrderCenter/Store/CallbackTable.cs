using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>Callbacks, their attempts and endpoints: statements and rows. Every write of an attempt says the lease that it belongs to.</summary>
internal static class CallbackTable
{
    private const string Columns = "order_id, number, game_id, event, url, waits, event_ms, status, attempts, step, due_ms, lease";

    private const string InsertSql =
        "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, lease_owner, lease_until_ms, created_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15)";

    private const string NextNumberSql = "SELECT coalesce(max(number), 0) + 1 FROM callbacks WHERE order_id = $1";
    private const string InsertEndpointSql = "INSERT INTO callback_endpoints (endpoint, game_id) VALUES ($1, $2) ON CONFLICT (endpoint) DO NOTHING";
    private const string FindSql = "SELECT " + Columns + " FROM callbacks WHERE order_id = $1 AND number = $2";
    private const string OfOrderSql = "SELECT " + Columns + " FROM callbacks WHERE order_id = $1 ORDER BY number LIMIT 200";
    private const string DueSql = "SELECT " + Columns + " FROM callbacks WHERE endpoint = $1 AND status = 0 AND due_ms <= $2 ORDER BY due_ms LIMIT $3";

    private const string NextDueSql =
        "SELECT e.endpoint, (SELECT min(c.due_ms) FROM callbacks c WHERE c.endpoint = e.endpoint AND c.status = 0) FROM callback_endpoints e";

    // Compare and set: of two claimers one changes the row.
    private const string ClaimSql =
        "UPDATE callbacks SET status = 1, attempts = $4, lease = $5, lease_owner = $6, lease_until_ms = $7 " +
        "WHERE order_id = $1 AND number = $2 AND status = 0 AND lease = $3";

    private const string StartSql = "INSERT INTO attempts (order_id, callback_number, number, started_ms) VALUES ($1, $2, $3, $4)";

    private const string EndAttemptSql =
        "UPDATE attempts SET duration_ms = $4, http_status = $5, response = $6, error = $7 WHERE order_id = $1 AND callback_number = $2 AND number = $3";

    private const string FinishSql =
        "UPDATE callbacks SET status = $4, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = $5 " +
        "WHERE order_id = $1 AND number = $2 AND status = 1 AND lease = $3";

    private const string RescheduleSql =
        "UPDATE callbacks SET status = 0, step = $4, due_ms = $5, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status = 1 AND lease = $3";

    private const string HoldSql =
        "UPDATE callbacks SET status = 4, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status = 1 AND lease = $3";

    private const string ExtendSql = "UPDATE callbacks SET attempts = $4, lease_until_ms = $5 WHERE order_id = $1 AND number = $2 AND status = 1 AND lease = $3";

    private const string LapsedSql = "SELECT " + Columns + " FROM callbacks WHERE status = 1 AND lease_until_ms <= $1 ORDER BY lease_until_ms LIMIT $2";

    private const string AbandonSql =
        "UPDATE callbacks SET status = 0, due_ms = $4, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status = 1 AND lease = $3";

    private const string UnknownSql =
        "UPDATE attempts SET error = $3 WHERE order_id = $1 AND callback_number = $2 AND duration_ms IS NULL AND error IS NULL";

    private const string AgainSql =
        "UPDATE callbacks SET status = 0, step = 0, due_ms = $4, finished_ms = NULL WHERE order_id = $1 AND number = $2 AND status = $3 AND status <> 1";

    private const string ResumeSql =
        "UPDATE callbacks SET status = 0, due_ms = $2 WHERE status = 4 AND game_id = $1 AND (order_id, number) IN " +
        "(SELECT order_id, number FROM callbacks WHERE status = 4 AND game_id = $1 ORDER BY created_ms LIMIT $3)";

    private const string CancelSql =
        "UPDATE callbacks SET status = 5, due_ms = NULL, finished_ms = $3 WHERE order_id = $1 AND event = $2 AND status IN (0, 4)";

    private const string AttemptsSql =
        "SELECT number, started_ms, duration_ms, http_status, response, error FROM attempts WHERE order_id = $1 AND callback_number = $2 ORDER BY number DESC LIMIT 200";

    private const string PruneSql =
        "DELETE FROM attempts WHERE (order_id, callback_number, number) IN " +
        "(SELECT order_id, callback_number, number FROM attempts WHERE started_ms < $1 ORDER BY started_ms LIMIT $2)";

    /// <summary>Queues a callback: leased to a node that has room for it, with its first attempt begun; or waiting for its due time.</summary>
    public static async ValueTask<Callback> QueueAsync(Transaction transaction, Order order, string @event, CallbackPlan plan, NodeLease? lease, bool isNewEndpoint, long nowMs)
    {
        var number = (await transaction.QueryAsync(NextNumberSql, row => row.GetInt32(0), order.Id.Value))[0];
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, number),
            GameId = order.GameId,
            Event = @event,
            Url = plan.Url,
            WaitsMs = plan.WaitsMs,
            EventMs = nowMs,
            Status = lease is null ? CallbackStatus.Pending : CallbackStatus.Delivering,
            Attempts = lease is null ? 0 : 1,
            DueMs = nowMs + plan.WaitsMs[0],
            Lease = lease is null ? 0 : 1,
        };
        if (isNewEndpoint)
        {
            await transaction.ExecuteAsync(InsertEndpointSql, callback.Endpoint, order.GameId);
        }
        await transaction.ExecuteAsync(
            InsertSql, order.Id.Value, number, order.GameId, @event, plan.Url, callback.Endpoint, string.Join(',', plan.WaitsMs), nowMs, (int)callback.Status, callback.Attempts,
            callback.DueMs, callback.Lease, lease?.Owner, lease?.UntilMs, nowMs);
        if (lease is not null)
        {
            await StartAsync(transaction, callback, nowMs);
        }
        return callback;
    }

    public static ValueTask<Callback?> FindAsync(Transaction transaction, CallbackId id) => transaction.FindAsync(FindSql, Read, id.OrderId.Value, id.Number);

    public static ValueTask<List<Callback>> OfOrderAsync(Transaction transaction, OrderId id) => transaction.QueryAsync(OfOrderSql, Read, id.Value);

    public static ValueTask<List<Callback>> DueAsync(Transaction transaction, string endpoint, long nowMs, int most) =>
        transaction.QueryAsync(DueSql, Read, endpoint, nowMs, most);

    /// <summary>Every endpoint with the time at which its next callback is due; null: none waits.</summary>
    public static ValueTask<List<(string Endpoint, long? DueMs)>> NextDueAsync(Transaction transaction) =>
        transaction.QueryAsync(NextDueSql, row => (row.GetString(0), row.Number(1)));

    /// <summary>Leases a waiting callback and begins its next attempt.</summary>
    /// <returns>The callback as leased; null: it is no longer as it was read.</returns>
    public static async ValueTask<Callback?> ClaimAsync(Transaction transaction, Callback callback, NodeLease lease, long nowMs)
    {
        var claimed = callback with { Status = CallbackStatus.Delivering, Attempts = callback.Attempts + 1, Lease = callback.Lease + 1 };
        if (await transaction.ExecuteAsync(
            ClaimSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, claimed.Attempts, claimed.Lease, lease.Owner, lease.UntilMs) == 0)
        {
            return null;
        }
        await StartAsync(transaction, claimed, nowMs);
        return claimed;
    }

    /// <summary>Begins a further attempt under the same lease.</summary>
    /// <returns>The callback with the attempt counted; null: the lease was lost.</returns>
    public static async ValueTask<Callback?> AgainUnderLeaseAsync(Transaction transaction, Callback callback, long leaseUntilMs, long nowMs)
    {
        var next = callback with { Attempts = callback.Attempts + 1 };
        if (await transaction.ExecuteAsync(ExtendSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, next.Attempts, leaseUntilMs) == 0)
        {
            return null;
        }
        await StartAsync(transaction, next, nowMs);
        return next;
    }

    public static ValueTask<int> EndAttemptAsync(Transaction transaction, Callback callback, Attempt attempt) =>
        transaction.ExecuteAsync(
            EndAttemptSql, callback.Id.OrderId.Value, callback.Id.Number, attempt.Number, attempt.DurationMs, attempt.HttpStatus, attempt.Response, attempt.Error);

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> FinishAsync(Transaction transaction, Callback callback, CallbackStatus status, long nowMs) =>
        await transaction.ExecuteAsync(FinishSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, (int)status, nowMs) == 1;

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> RescheduleAsync(Transaction transaction, Callback callback, int step, long dueMs) =>
        await transaction.ExecuteAsync(RescheduleSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, step, dueMs) == 1;

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> HoldAsync(Transaction transaction, Callback callback) =>
        await transaction.ExecuteAsync(HoldSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease) == 1;

    /// <summary>Callbacks whose lease ran out: their node died, or lost the database.</summary>
    public static ValueTask<List<Callback>> LapsedAsync(Transaction transaction, long nowMs, int most) => transaction.QueryAsync(LapsedSql, Read, nowMs, most);

    /// <summary>Ends a lease whose attempt has no known outcome, or never left: it is sent again under the same id, at the same step.</summary>
    public static async ValueTask<bool> AbandonAsync(Transaction transaction, Callback callback, string error, long dueMs)
    {
        if (await transaction.ExecuteAsync(AbandonSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, dueMs) == 0)
        {
            return false;
        }
        await transaction.ExecuteAsync(UnknownSql, callback.Id.OrderId.Value, callback.Id.Number, error);
        return true;
    }

    /// <summary>Puts a callback back to the beginning of its schedule, due at once.</summary>
    /// <returns>False: it is being delivered right now, or changed in between.</returns>
    public static async ValueTask<bool> RestartAsync(Transaction transaction, Callback callback, long dueMs) =>
        await transaction.ExecuteAsync(AgainSql, callback.Id.OrderId.Value, callback.Id.Number, (int)callback.Status, dueMs) == 1;

    /// <summary>Lets go of callbacks that were held for their app, a bounded number at a time.</summary>
    public static ValueTask<int> ResumeAsync(Transaction transaction, long gameId, long dueMs, int most) => transaction.ExecuteAsync(ResumeSql, gameId, dueMs, most);

    /// <summary>Cancels what waits to be told of an event that no longer holds. What is in flight cannot be called back.</summary>
    public static ValueTask<int> CancelAsync(Transaction transaction, OrderId id, string @event, long nowMs) => transaction.ExecuteAsync(CancelSql, id.Value, @event, nowMs);

    /// <summary>The newest attempts, oldest first.</summary>
    public static async ValueTask<List<Attempt>> AttemptsAsync(Transaction transaction, CallbackId id)
    {
        var attempts = await transaction.QueryAsync(
            AttemptsSql,
            row => new Attempt(row.GetInt32(0), row.GetInt64(1), row.Number(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.Text(4), row.Text(5)),
            id.OrderId.Value, id.Number);
        attempts.Reverse();
        return attempts;
    }

    public static ValueTask<int> PruneAttemptsAsync(Transaction transaction, long beforeMs, int most) => transaction.ExecuteAsync(PruneSql, beforeMs, most);

    public static string SelectWhere(string condition, string rest) => $"SELECT {Columns} FROM callbacks WHERE {condition} {rest}";

    public static Callback Read(DbDataReader row)
    {
        var waits = row.GetString(5).Split(',');
        return new Callback
        {
            Id = new CallbackId(OrderId.FromStore(row.GetString(0)), row.GetInt32(1)),
            GameId = row.GetInt64(2),
            Event = row.GetString(3),
            Url = row.GetString(4),
            WaitsMs = Array.ConvertAll(waits, long.Parse),
            EventMs = row.GetInt64(6),
            Status = (CallbackStatus)row.GetInt32(7),
            Attempts = row.GetInt32(8),
            Step = row.GetInt32(9),
            DueMs = row.Number(10),
            Lease = row.GetInt64(11),
        };
    }

    private static ValueTask<int> StartAsync(Transaction transaction, Callback callback, long nowMs) =>
        transaction.ExecuteAsync(StartSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Attempts, nowMs);
}

/// <summary>Which node holds a callback, and until when.</summary>
public sealed record NodeLease(string Owner, long UntilMs);
