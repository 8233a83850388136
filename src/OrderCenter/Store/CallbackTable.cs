using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>Callbacks, their attempts and endpoints: statements and rows. Every write of an attempt says the lease that it belongs to.</summary>
/// <remarks>A statement that has the whole key says the status as <c>status + 0</c>: a planner that sees <c>status = 1</c> takes the small index of what is leased
/// and walks all of it, once for each row of a batch (measured on PostgreSQL 15: 170 µs a row instead of 15).</remarks>
internal static class CallbackTable
{
    /// <summary>How long callbacks that are done, and attempts, are kept: 90 days in milliseconds.</summary>
    public const long KeptMs = 90L * 86_400_000;

    private const string Columns = "order_id, number, game_id, event, url, waits, event_ms, status, attempts, step, due_ms, lease, started_ms, duration_ms, http_status, response, endpoint";

    private const string InsertInto =
        "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, lease_owner, lease_until_ms, started_ms, created_ms) ";

    private const string InsertTypes = "tibttttbiibbtbbb";
    private const string InsertValues = InsertInto + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15, $16)";
    private const string InsertSelect = InsertInto + "SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, 0, p11, p12, p13, p14, p15, p16 FROM ";
    private const string UnlessThere = " ON CONFLICT (order_id, number) DO NOTHING";

    private const string InsertSql = InsertValues + UnlessThere;

    public static readonly ManyForm InsertMany = new(
        InsertSql, InsertSelect + ManyForm.Unnest(InsertTypes) + UnlessThere + " RETURNING order_id, number", InsertTypes, Key: [0, 1]);

    // Of an order that cannot have a callback yet: nobody waits for it, and a number that is taken fails the unit.
    private const string InsertFirstSql = InsertValues;

    public static readonly ManyForm InsertFirstMany = new(
        InsertFirstSql, InsertSelect + ManyForm.Unnest(InsertTypes) + " RETURNING order_id, number", InsertTypes, Key: [0, 1]);

    private const string NextNumberSql = "SELECT coalesce(max(number), $2) + 1 FROM callbacks WHERE order_id = $1";
    private const string InsertEndpointSql = "INSERT INTO callback_endpoints (endpoint, game_id) VALUES ($1, $2) ON CONFLICT (endpoint) DO NOTHING";
    private const string FindSql = "SELECT " + Columns + " FROM callbacks WHERE order_id = $1 AND number = $2";
    private const string OfOrderSql = "SELECT " + Columns + " FROM callbacks WHERE order_id = $1 ORDER BY number LIMIT 200";
    // Compare and set: the state and the time are said again outside, so that of two claimers one changes a row, and none one that was put off meanwhile. The
    // endpoint is not: SQLite would walk its whole backlog.
    private const string ClaimDueSql =
        "WITH due AS (SELECT order_id, number FROM callbacks WHERE endpoint = $1 AND status = 0 AND due_ms <= $2 ORDER BY due_ms LIMIT $3) " +
        "UPDATE callbacks SET status = 1, attempts = attempts + 1, lease = lease + 1, lease_owner = $4, lease_until_ms = $5, started_ms = $2 " +
        "WHERE (order_id, number) IN (SELECT order_id, number FROM due) AND status + 0 = 0 AND due_ms + 0 <= $2 RETURNING " + Columns;

    private const string NextDueSql = "SELECT min(due_ms) FROM callbacks WHERE endpoint = $1 AND status = 0";
    private const string EndpointsSql = "SELECT endpoint, game_id FROM callback_endpoints";

    private const string ClaimSql =
        "UPDATE callbacks SET status = 1, attempts = $4, lease = $5, lease_owner = $6, lease_until_ms = $7, started_ms = $8 " +
        "WHERE order_id = $1 AND number = $2 AND status + 0 = 0 AND lease = $3";

    private const string InsertAttemptSql =
        "INSERT INTO attempts (order_id, callback_number, number, started_ms, duration_ms, http_status, response, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) " +
        "ON CONFLICT (order_id, callback_number, number) DO NOTHING";

    private const string DeliverSql =
        "UPDATE callbacks SET status = 2, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = $4, started_ms = $5, duration_ms = $6, http_status = $7, response = $8 " +
        "WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    public static readonly ManyForm DeliverMany = new(
        DeliverSql,
        "UPDATE callbacks SET status = 2, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = u.p4, started_ms = u.p5, duration_ms = u.p6, http_status = u.p7, " +
        "response = u.p8 FROM " + ManyForm.Unnest("tibbbbit") +
        " WHERE callbacks.order_id = u.p1 AND callbacks.number = u.p2 AND callbacks.status + 0 = 1 AND callbacks.lease = u.p3 RETURNING callbacks.order_id, callbacks.number",
        "tibbbbit", Key: [0, 1]);

    // A delivered callback that is sent again gives its row's attempt a row of its own.
    private const string KeepDeliveredSql =
        "INSERT INTO attempts (order_id, callback_number, number, started_ms, duration_ms, http_status, response) " +
        "SELECT order_id, number, attempts, started_ms, duration_ms, http_status, response FROM callbacks WHERE order_id = $1 AND number = $2 AND status = 2 AND started_ms IS NOT NULL " +
        "ON CONFLICT (order_id, callback_number, number) DO NOTHING";

    private const string FinishSql =
        "UPDATE callbacks SET status = $4, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL, finished_ms = $5 " +
        "WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    private const string RescheduleSql =
        "UPDATE callbacks SET status = 0, step = $4, due_ms = $5, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    private const string HoldSql =
        "UPDATE callbacks SET status = 4, due_ms = NULL, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    private const string ExtendSql = "UPDATE callbacks SET attempts = $4, lease_until_ms = $5, started_ms = $6 WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    private const string LapsedSql = "SELECT " + Columns + " FROM callbacks WHERE status = 1 AND lease_until_ms <= $1 ORDER BY lease_until_ms LIMIT $2";

    private const string AbandonSql =
        "UPDATE callbacks SET status = 0, due_ms = $4, lease_owner = NULL, lease_until_ms = NULL WHERE order_id = $1 AND number = $2 AND status + 0 = 1 AND lease = $3";

    private const string AgainSql =
        "UPDATE callbacks SET status = 0, step = 0, due_ms = $4, url = $5, endpoint = $6, waits = $7, finished_ms = NULL, duration_ms = NULL, http_status = NULL, response = NULL WHERE order_id = $1 AND number = $2 AND status = $3 AND status <> 1";

    private const string ResumeSql =
        "UPDATE callbacks SET status = 0, due_ms = $2 WHERE status + 0 = 4 AND (order_id, number) IN " +
        "(SELECT order_id, number FROM callbacks WHERE status = 4 AND due_ms IS NULL AND game_id = $1 ORDER BY created_ms LIMIT $3)";

    private const string CancelSql =
        "UPDATE callbacks SET status = 5, due_ms = NULL, finished_ms = $3 WHERE order_id = $1 AND event = $2 AND status + 0 IN (0, 3, 4)";

    private const string NextHeldAppSql = "SELECT min(game_id) FROM callbacks WHERE status = 4 AND due_ms IS NULL AND game_id > $1";

    private const string AttemptsSql =
        "SELECT number, started_ms, duration_ms, http_status, response, error FROM attempts WHERE order_id = $1 AND callback_number = $2 ORDER BY number DESC LIMIT 200";

    // The status is said again outside: one that is sent again this very moment stays.
    private const string PruneFinishedSql =
        "DELETE FROM callbacks WHERE status + 0 IN (2, 5) AND (order_id, number) IN " +
        "(SELECT order_id, number FROM callbacks WHERE created_ms < $1 AND (status = 2 OR status = 5) ORDER BY created_ms LIMIT $2)";

    private const string PruneSql =
        "DELETE FROM attempts WHERE (order_id, callback_number, number) IN " +
        "(SELECT order_id, callback_number, number FROM attempts WHERE started_ms < $1 ORDER BY started_ms LIMIT $2)";

    /// <summary>Every callback is in one of them, and each is all that one index holds, in its words: what is done (delivered, cancelled), what waits (for its time, held,
    /// exhausted), what is leased.</summary>
    private static readonly string[] s_parts = ["(status = 2 OR status = 5)", "(status = 0 OR status = 3 OR status = 4)", "status = 1"];

    private static volatile KnownWaits s_waits = new("", []);

    private sealed record KnownWaits(string Text, long[] WaitsMs);

    /// <summary>Queues a callback: leased to a node that has room for it, with its first attempt begun; or waiting for its due time. Of an order that cannot have
    /// one yet, it is written with the commit.</summary>
    public static async ValueTask<Callback> QueueAsync(
        Transaction transaction, Order order, string endpoint, string @event, CallbackPlan plan, NodeLease? lease, bool isNewEndpoint, bool isFirst, long nowMs)
    {
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, 1),
            GameId = order.GameId,
            Event = @event,
            Url = plan.Url,
            Endpoint = endpoint,
            WaitsMs = plan.WaitsMs,
            EventMs = nowMs,
            Status = lease is null ? CallbackStatus.Pending : CallbackStatus.Delivering,
            Attempts = lease is null ? 0 : 1,
            DueMs = nowMs + plan.WaitsMs[0],
            Lease = lease is null ? 0 : 1,
            StartedMs = lease is null ? null : nowMs,
        };
        if (isNewEndpoint)
        {
            await transaction.ExecuteAsync(InsertEndpointSql, callback.Endpoint, order.GameId);
        }

        if (isFirst)
        {
            transaction.Send(InsertFirstSql, ValuesOf(callback, lease, nowMs));
            return callback;
        }

        // Most orders have one callback. Who finds the number taken takes the next one. Of an old order some may be forgotten, and a receiver knows their numbers still:
        // each was queued with a move, so none was higher than the moves.
        for (var mayBeFirst = order.CreatedMs > nowMs - KeptMs; !mayBeFirst || !await TryInsertAsync(transaction, callback, lease, nowMs); mayBeFirst = true)
        {
            var next = (await transaction.QueryAsync(NextNumberSql, row => row.GetInt32(0), order.Id.Value, mayBeFirst ? 0 : order.Moves))[0];
            callback = callback with { Id = new CallbackId(order.Id, next) };
        }
        return callback;
    }

    public static ValueTask<Callback?> FindAsync(Transaction transaction, CallbackId id) => transaction.FindAsync(FindSql, Read, id.OrderId.Value, id.Number);

    public static ValueTask<List<Callback>> OfOrderAsync(Transaction transaction, OrderId id) => transaction.QueryAsync(OfOrderSql, Read, id.Value);

    /// <summary>Leases what is due at an endpoint and begins the next attempt of each, oldest first.</summary>
    public static async ValueTask<List<Callback>> ClaimDueAsync(Transaction transaction, string endpoint, int most, NodeLease lease, long nowMs)
    {
        var claimed = await transaction.QueryAsync(ClaimDueSql, Read, endpoint, nowMs, most, lease.Owner, lease.UntilMs);
        claimed.Sort(static (left, right) => left.DueMs!.Value.CompareTo(right.DueMs!.Value));
        return claimed;
    }

    /// <summary>When the next callback of an endpoint is due; null: none waits.</summary>
    public static async ValueTask<long?> NextDueAsync(Transaction transaction, string endpoint) =>
        (await transaction.QueryAsync(NextDueSql, row => row.Number(0), endpoint))[0];

    /// <summary>Every endpoint that a callback was ever queued for.</summary>
    public static ValueTask<List<(string Endpoint, long GameId)>> EndpointsAsync(Transaction transaction) =>
        transaction.QueryAsync(EndpointsSql, row => (row.GetString(0), row.GetInt64(1)));

    /// <summary>Leases a waiting callback and begins its next attempt.</summary>
    /// <returns>The callback as leased; null: it is no longer as it was read.</returns>
    public static async ValueTask<Callback?> ClaimAsync(Transaction transaction, Callback callback, NodeLease lease, long nowMs)
    {
        var claimed = callback with { Status = CallbackStatus.Delivering, Attempts = callback.Attempts + 1, Lease = callback.Lease + 1, StartedMs = nowMs };
        return await transaction.ExecuteAsync(
            ClaimSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, claimed.Attempts, claimed.Lease, lease.Owner, lease.UntilMs, nowMs) == 0 ? null : claimed;
    }

    /// <summary>Begins a further attempt under the same lease.</summary>
    /// <returns>The callback with the attempt counted; null: the lease was lost.</returns>
    public static async ValueTask<Callback?> AgainUnderLeaseAsync(Transaction transaction, Callback callback, long leaseUntilMs, long nowMs)
    {
        var next = callback with { Attempts = callback.Attempts + 1, StartedMs = nowMs };
        return await transaction.ExecuteAsync(ExtendSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, next.Attempts, leaseUntilMs, nowMs) == 0 ? null : next;
    }

    /// <summary>Keeps an attempt that has ended.</summary>
    public static ValueTask<int> InsertAttemptAsync(Transaction transaction, CallbackId id, Attempt attempt) =>
        transaction.ExecuteAsync(
            InsertAttemptSql, id.OrderId.Value, id.Number, attempt.Number, attempt.StartedMs, attempt.DurationMs, attempt.HttpStatus, attempt.Response, attempt.Error);

    /// <summary>The attempt was acknowledged; it stays in the callback's row.</summary>
    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> DeliverAsync(Transaction transaction, Callback callback, Attempt attempt, long nowMs) =>
        await transaction.ExecuteAsync(
            DeliverSql, callback.Id.OrderId.Value, callback.Id.Number, callback.Lease, nowMs, attempt.StartedMs, attempt.DurationMs, attempt.HttpStatus, attempt.Response) == 1;

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
        await InsertAttemptAsync(transaction, callback.Id, new Attempt(callback.Attempts, callback.StartedMs!.Value, null, null, null, error));
        return true;
    }

    /// <summary>Puts a callback back to the beginning of its schedule, due at once.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="callback">As it was read.</param>
    /// <param name="plan">Where to and when from now on; null: as before.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>The callback as it waits now; null: it is being delivered right now, or changed in between.</returns>
    public static async ValueTask<Callback?> RestartAsync(Transaction transaction, Callback callback, CallbackPlan? plan, long nowMs)
    {
        if (callback.Status == CallbackStatus.Delivered)
        {
            await transaction.ExecuteAsync(KeepDeliveredSql, callback.Id.OrderId.Value, callback.Id.Number);
        }
        var again = callback with { Status = CallbackStatus.Pending, Step = 0, DueMs = nowMs };
        if (plan is not null && plan.Url != callback.Url)
        {
            again = again with { Url = plan.Url, Endpoint = Callback.EndpointOf(callback.GameId, plan.Url) };
            await transaction.ExecuteAsync(InsertEndpointSql, again.Endpoint, callback.GameId);
        }
        again = plan is null ? again : again with { WaitsMs = plan.WaitsMs };
        return await transaction.ExecuteAsync(
            AgainSql, callback.Id.OrderId.Value, callback.Id.Number, (int)callback.Status, nowMs, again.Url, again.Endpoint, string.Join(',', again.WaitsMs)) == 1 ? again : null;
    }

    /// <summary>Lets go of callbacks that were held for their app, a bounded number at a time.</summary>
    public static ValueTask<int> ResumeAsync(Transaction transaction, long gameId, long dueMs, int most) => transaction.ExecuteAsync(ResumeSql, gameId, dueMs, most);

    /// <summary>The apps that callbacks are held for, by their numbers.</summary>
    public static async ValueTask<List<long>> HeldAppsAsync(Transaction transaction)
    {
        var apps = new List<long>();
        while ((await transaction.QueryAsync(NextHeldAppSql, row => row.Number(0), apps.Count == 0 ? 0 : apps[^1]))[0] is { } next)
        {
            apps.Add(next);
        }
        return apps;
    }

    /// <summary>Cancels what waits, for its time or for a person, to be told of an event that no longer holds. What is in flight cannot be called back; where it fails, it
    /// is cancelled then.</summary>
    public static ValueTask<int> CancelAsync(Transaction transaction, OrderId id, string @event, long nowMs) => transaction.ExecuteAsync(CancelSql, id.Value, @event, nowMs);

    /// <summary>The newest attempts, oldest first; the one in flight is the last.</summary>
    public static async ValueTask<List<Attempt>> AttemptsAsync(Transaction transaction, Callback callback)
    {
        var attempts = await transaction.QueryAsync(
            AttemptsSql,
            row => new Attempt(row.GetInt32(0), row.GetInt64(1), row.Number(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.Text(4), row.Text(5)),
            callback.Id.OrderId.Value, callback.Id.Number);
        attempts.Reverse();
        if (callback.Status == CallbackStatus.Delivering)
        {
            attempts.Add(new Attempt(callback.Attempts, callback.StartedMs!.Value, null, null, null, null));
        }
        else if (callback.Delivered is { } delivered)
        {
            attempts.Add(delivered);
        }
        return attempts;
    }

    public static ValueTask<int> PruneAttemptsAsync(Transaction transaction, long beforeMs, int most) => transaction.ExecuteAsync(PruneSql, beforeMs, most);

    /// <summary>Forgets callbacks that were delivered or cancelled and are older; their attempts are older still.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int most) => transaction.ExecuteAsync(PruneFinishedSql, beforeMs, most);

    /// <summary>Callbacks of a status, or all, in the order of their creation; <see cref="ReadListed"/> reads them. Each index holds a part of them, so the list of all
    /// is made of the parts; in one statement, so that on one server none is there twice or missing while it moves from one to the other.</summary>
    public static string List(CallbackStatus? status, string condition, bool isNewestFirst, string limit)
    {
        var order = isNewestFirst ? "ORDER BY created_ms DESC, order_id DESC, number DESC" : "ORDER BY created_ms, order_id, number";
        string Part(string part) => $"SELECT {Columns}, created_ms FROM callbacks WHERE {part} AND {condition} {order} LIMIT {limit}";
        // The literal lets the engine see which index holds them.
        return status is { } one
            ? Part($"status = {(int)one}")
            : "SELECT * FROM (" + string.Join(" UNION ALL ", s_parts.Select((part, i) => $"SELECT * FROM ({Part(part)}) AS part{i}")) + $") AS parts {order} LIMIT {limit}";
    }

    public static (long CreatedMs, Callback Callback) ReadListed(DbDataReader row) => (row.GetInt64(17), Read(row));

    public static Callback Read(DbDataReader row)
    {
        var status = (CallbackStatus)row.GetInt32(7);
        return new Callback
        {
            Id = new CallbackId(OrderId.FromStore(row.GetString(0)), row.GetInt32(1)),
            GameId = row.GetInt64(2),
            Event = row.GetString(3),
            Url = row.GetString(4),
            Endpoint = row.GetString(16),
            WaitsMs = WaitsOf(row.GetString(5)),
            EventMs = row.GetInt64(6),
            Status = status,
            Attempts = row.GetInt32(8),
            Step = row.GetInt32(9),
            DueMs = row.Number(10),
            Lease = row.GetInt64(11),
            StartedMs = row.Number(12),
            Delivered = status == CallbackStatus.Delivered && row.Number(12) is { } startedMs
                ? new Attempt(row.GetInt32(8), startedMs, row.Number(13), row.IsDBNull(14) ? null : row.GetInt32(14), row.Text(15), null)
                : null,
        };
    }

    /// <summary>Rows that are read together mostly have the same schedule: it is read once.</summary>
    private static long[] WaitsOf(string text)
    {
        var known = s_waits;
        if (!string.Equals(known.Text, text, StringComparison.Ordinal))
        {
            s_waits = known = new KnownWaits(text, Array.ConvertAll(text.Split(','), long.Parse));
        }
        return known.WaitsMs;
    }

    /// <returns>False: the order has a callback of that number.</returns>
    private static async ValueTask<bool> TryInsertAsync(Transaction transaction, Callback callback, NodeLease? lease, long nowMs) =>
        await transaction.ExecuteAsync(InsertSql, ValuesOf(callback, lease, nowMs)) == 1;

    private static object?[] ValuesOf(Callback callback, NodeLease? lease, long nowMs) =>
    [
        callback.Id.OrderId.Value, callback.Id.Number, callback.GameId, callback.Event, callback.Url, callback.Endpoint, string.Join(',', callback.WaitsMs), nowMs,
        (int)callback.Status, callback.Attempts, callback.DueMs, callback.Lease, lease?.Owner, lease?.UntilMs, callback.StartedMs, nowMs,
    ];
}

/// <summary>Which node holds something (a callback, the feed's sequencer), and until when.</summary>
public sealed record NodeLease(string Owner, long UntilMs)
{
    /// <summary>Two nodes' clocks may be this far apart: 2 s each from the true time, in opposite directions.</summary>
    public const long ClockSkewMs = 4000;
}
