using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Persistence.Tables;

/// <summary>Callbacks: statements and rows. Claims and outcomes: <see cref="CallbackLeaseTable"/>, which also says why there is <c>status
/// + 0</c>.</summary>
internal static class CallbackTable
{
    /// <summary>How long callbacks that are done, and attempts, are kept: 90 days in milliseconds.</summary>
    public const long KeptMs = 90L * 86_400_000;

    public const string Columns =
        "order_id, number, game_id, event, url, waits, event_ms, status, attempts, step, due_ms, lease, started_ms, duration_ms, " +
        "http_status, response, endpoint, content";

    private const string InsertColumns =
        "order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, due_ms, lease, lease_owner, " +
        "lease_until_ms, started_ms, created_ms";

    private const string InsertTypes = "tbbttttbiibbtbbb";

    private static readonly SqlStatement InsertSql = SqlStatement.InsertOnce(
        "callbacks", InsertColumns, InsertTypes, key: "order_id, number");

    private static readonly SqlStatement InsertToldSql = SqlStatement.InsertOnce(
        "callbacks", InsertColumns + ", content", InsertTypes + "t", key: "order_id, number");

    private static readonly SqlStatement NextNumberSql = new("SELECT coalesce(max(number) + 1, $2) FROM callbacks WHERE order_id = $1");
    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM callbacks WHERE order_id = $1 AND number = $2");
    private static readonly SqlStatement OfOrderSql = new($"SELECT {Columns} FROM callbacks WHERE order_id = $1 ORDER BY number LIMIT 200");
    private static readonly SqlStatement RestartSql = new(
        "UPDATE callbacks SET status = 0, step = 0, due_ms = $4, url = $5, endpoint = $6, waits = $7, finished_ms = NULL, duration_ms " +
        "= NULL, " +
        "http_status = NULL, response = NULL WHERE order_id = $1 AND number = $2 AND status = $3 AND status <> 1");

    private static readonly SqlStatement ResumeSql = new(
        "WITH held AS (SELECT order_id, number FROM callbacks WHERE status = 4 AND due_ms IS NULL AND game_id = $1 " +
        $"ORDER BY created_ms LIMIT $3 {SqlStatement.SkipLocked}) UPDATE callbacks SET status = 0, due_ms = $2 " +
        "WHERE status + 0 = 4 AND (order_id, number) IN (SELECT order_id, number FROM held) RETURNING endpoint");

    private static readonly SqlStatement CancelSql = new(
        "UPDATE callbacks SET status = 5, due_ms = NULL, finished_ms = $3 WHERE order_id = $1 AND event = $2 AND status + 0 IN (0, 3, 4)");

    private static readonly SqlStatement NextHeldAppSql = new(
        "SELECT min(game_id) FROM callbacks WHERE status = 4 AND due_ms IS NULL AND game_id > $1");

    // The status is repeated outside: one that is sent again meanwhile stays.
    private static readonly SqlStatement PruneFinishedSql = new(
        "WITH old AS (SELECT order_id, number FROM callbacks WHERE created_ms < $1 AND (status = 2 OR status = 5) " +
        $"ORDER BY created_ms LIMIT $2 {SqlStatement.SkipLocked}) " +
        "DELETE FROM callbacks WHERE status + 0 IN (2, 5) AND (order_id, number) IN (SELECT order_id, number FROM old)");

    /// <summary>The callbacks newest first, with the times of their creation.</summary>
    public static readonly ListTable<(long CreatedMs, Callback Callback)> List = new(
        "callbacks", $"{Columns}, created_ms", ["created_ms", "order_id", "number"], ReadListed,
        item => new ListKey(item.CreatedMs, item.Callback.Id.OrderId.Value, item.Callback.Id.Number));

    /// <summary>Every callback is in one of them, and each is all that one index holds, in its condition: what is done (delivered,
    /// cancelled), what waits (for its time, held, exhausted), what is leased.</summary>
    private const string Done = "(status = 2 OR status = 5)";
    private const string Waiting = "(status = 0 OR status = 3 OR status = 4)";
    private const string Leased = "status = 1";

    private static volatile KnownWaits s_waits = new("", []);

    private sealed record KnownWaits(string Text, long[] WaitsMs);

    /// <summary>Queues a callback: leased to a node that has capacity for it, with its first attempt begun; or waiting for its due time.
    /// Where the order cannot have one yet, it is written with the commit.</summary>
    public static async ValueTask<Callback> QueueAsync(
        Transaction transaction, Order order, string endpoint, string @event, CallbackPlan plan, NodeLease? lease,
        bool isNewEndpoint, bool isFirst, long nowMs)
    {
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, plan.Content is null ? nowMs : nowMs + 1),
            GameId = order.GameId,
            Event = @event,
            Url = plan.Url,
            Endpoint = endpoint,
            Content = plan.Content,
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
            await EndpointTable.UseAsync(transaction, callback.Endpoint, order.GameId, nowMs);
        }

        if (isFirst)
        {
            transaction.Send(InsertSql.OrFail!, ValuesOf(callback, lease, nowMs));
            return callback;
        }

        // Who finds the number taken, by another one of this millisecond, takes the next one. What is told mostly comes with a callback of
        // the protocol, and leaves it the first.
        while (!await TryInsertAsync(transaction, callback, lease, nowMs))
        {
            var next = (await transaction.QueryAsync(NextNumberSql, row => row.GetInt64(0), order.Id.Value, nowMs))[0];
            callback = callback with { Id = new CallbackId(order.Id, next) };
        }
        return callback;
    }

    public static ValueTask<Callback?> FindAsync(Transaction transaction, CallbackId id) =>
        transaction.FindAsync(FindSql, Read, id.OrderId.Value, id.Number);

    public static ValueTask<List<Callback>> OfOrderAsync(Transaction transaction, OrderId id) =>
        transaction.QueryAsync(OfOrderSql, Read, id.Value);

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
            await CallbackAttemptTable.KeepDeliveredAsync(transaction, callback.Id);
        }
        var again = callback with { Status = CallbackStatus.Pending, Step = 0, DueMs = nowMs };
        if (plan is not null && plan.Url != callback.Url)
        {
            again = again with { Url = plan.Url, Endpoint = Callback.EndpointOf(callback.GameId, plan.Url, callback.IsTold) };
        }
        // Whatever becomes due has its endpoint known: that of an old callback may have been forgotten.
        await EndpointTable.UseAsync(transaction, again.Endpoint, callback.GameId, nowMs);
        again = plan is null ? again : again with { WaitsMs = plan.WaitsMs };
        return await transaction.ExecuteAsync(
            RestartSql, callback.Id.OrderId.Value, callback.Id.Number, (int)callback.Status, nowMs, again.Url, again.Endpoint,
            string.Join(',', again.WaitsMs)) == 1
                ? again
                : null;
    }

    /// <summary>Makes callbacks due that were held for their app, a bounded number at a time.</summary>
    public static async ValueTask<int> ResumeAsync(Transaction transaction, long gameId, long dueMs, int most)
    {
        var endpoints = await transaction.QueryAsync(ResumeSql, row => row.GetString(0), gameId, dueMs, most);
        foreach (var endpoint in endpoints.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await EndpointTable.UseAsync(transaction, endpoint, gameId, dueMs);
        }
        return endpoints.Count;
    }

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

    /// <summary>Cancels the callbacks of an event that no longer holds, where they wait for their time or for a person. One in flight
    /// cannot be stopped; where it fails, it is cancelled then.</summary>
    public static ValueTask<int> CancelAsync(Transaction transaction, OrderId id, string @event, long nowMs) =>
        transaction.ExecuteAsync(CancelSql, id.Value, @event, nowMs);

    /// <summary>Forgets callbacks that were delivered or cancelled and are older; their attempts are older still.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int most) =>
        transaction.ExecuteAsync(PruneFinishedSql, beforeMs, most);

    /// <summary>The parts of the list that hold the callbacks of a status, or all. The literals let the engine see which index holds
    /// them.</summary>
    public static IReadOnlyList<string> PartsOf(CallbackStatus? status) => status switch
    {
        null => [Done, Waiting, Leased],
        CallbackStatus.Delivered or CallbackStatus.Cancelled => [Done],
        CallbackStatus.Delivering => [Leased],
        _ => [Waiting],
    };

    /// <summary>Callbacks of a status, oldest first; <see cref="ReadListed"/> reads them.</summary>
    public static SqlStatement OldestFirst(CallbackStatus status, string condition, string limit) => SqlStatement.Dynamic(
        $"SELECT {Columns}, created_ms FROM callbacks WHERE status = {(int)status} AND {condition} "
        + $"ORDER BY created_ms, order_id, number LIMIT {limit}");

    public static (long CreatedMs, Callback Callback) ReadListed(DbDataReader row) => (row.GetInt64(18), Read(row));

    public static Callback Read(DbDataReader row)
    {
        var status = (CallbackStatus)row.GetInt32(7);
        return new Callback
        {
            Id = new CallbackId(OrderId.FromStore(row.GetString(0)), row.GetInt64(1)),
            GameId = row.GetInt64(2),
            Event = row.GetString(3),
            Url = row.GetString(4),
            Endpoint = row.GetString(16),
            Content = row.Text(17),
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
        await (callback.Content is null
            ? transaction.ExecuteAsync(InsertSql, ValuesOf(callback, lease, nowMs))
            : transaction.ExecuteAsync(InsertToldSql, [.. ValuesOf(callback, lease, nowMs), callback.Content])) == 1;

    private static object?[] ValuesOf(Callback callback, NodeLease? lease, long nowMs) =>
    [
        callback.Id.OrderId.Value, callback.Id.Number, callback.GameId, callback.Event, callback.Url, callback.Endpoint,
        string.Join(',', callback.WaitsMs), nowMs,
        (int)callback.Status, callback.Attempts, callback.DueMs, callback.Lease, lease?.Owner, lease?.UntilMs, callback.StartedMs, nowMs,
    ];
}
