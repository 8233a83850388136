using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.ProviderSync;

/// <summary>The notifications of stores: statements and rows.</summary>
internal static class NotificationTable
{
    private const string Columns =
        "notification_key, channel, game_id, notification_id, received_ms, seen, state, attempts, due_ms, outcome, order_id, " +
        "transaction_id, done_ms, lease, store_order_id, more_names";

    /// <summary>Between names; no store's name has one.</summary>
    private const char NameSeparator = '\n';

    /// <summary>How many notifications a number finds.</summary>
    private const int FoundMax = 200;

    /// <summary>The notifications newest first.</summary>
    public static readonly ListTable<Notification> List = new(
        "notifications", Columns, ["received_ms", "notification_key"], Read, item => new ListKey(item.ReceivedMs, item.Key));

    private static readonly LeasedRows Rows = new("notifications", "notification_key", Columns + ", sealed");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, due_ms, attempts, " +
        "lease_until_ms, sealed) " +
        "VALUES ($1, $2, $3, $4, $5, $5, 1, $6, $7) ON CONFLICT (notification_key) DO NOTHING");

    private static readonly SqlStatement SeenSql = new("UPDATE notifications SET seen = seen + 1 WHERE notification_key = $1");
    private static readonly SqlStatement FindSql = new($"SELECT {Columns}, sealed FROM notifications WHERE notification_key = $1");
    private static readonly SqlStatement FindListedSql = new($"SELECT {Columns} FROM notifications WHERE notification_key = $1")
    {
        Batch = new($"SELECT {Columns} FROM notifications WHERE notification_key = ANY($1::text[])", "t", Key: [0]) { IsQuery = true },
    };

    private static readonly SqlStatement AddToOrderSql = new(
        "INSERT INTO order_notifications (order_id, received_ms, notification_key) VALUES ($1, $2, $3) " +
        "ON CONFLICT (order_id, received_ms, notification_key) DO NOTHING");

    private static readonly SqlStatement KeysOfOrderSql = new(
        "SELECT notification_key FROM order_notifications WHERE order_id = $1 ORDER BY received_ms, notification_key LIMIT 100");

    private static readonly SqlStatement RemoveFromOrderSql = new(
        "DELETE FROM order_notifications WHERE order_id = $1 AND received_ms = $2 AND notification_key = $3");

    private static readonly SqlStatement AddToTransactionSql = new(
        "INSERT INTO notification_transactions (transaction_id, notification_key) VALUES ($1, $2) " +
        "ON CONFLICT (transaction_id, notification_key) DO NOTHING");

    private static readonly SqlStatement KeysOfTransactionSql = new(
        "SELECT notification_key FROM notification_transactions WHERE transaction_id = $1 ORDER BY notification_key LIMIT $2");

    private static readonly SqlStatement RemoveFromTransactionSql = new(
        "DELETE FROM notification_transactions WHERE transaction_id = $1 AND notification_key = $2");

    private static readonly SqlStatement FinishSql = Rows.End(
        "state = $3, due_ms = NULL, outcome = $4, order_id = $5, transaction_id = $6, store_order_id = $7, done_ms = $8, " +
        "more_names = $9");

    private static readonly SqlStatement PostponeSql = Rows.End("due_ms = $3, outcome = $4");

    private static readonly SqlStatement AgainSql = Rows.End("state = 0, attempts = 1, due_ms = $3, done_ms = NULL", leaseUntil: "$4");

    // What was applied or means nothing is forgotten in time; what waits for a person, or is read again this very moment, is not.
    private static readonly SqlStatement PruneSql = new(
        "WITH old AS (SELECT notification_key FROM notifications WHERE received_ms < $1 AND state IN (1, 2) ORDER BY received_ms " +
        $"LIMIT $2 {SqlStatement.SkipLocked}) DELETE FROM notifications WHERE state + 0 IN (1, 2) " +
        "AND notification_key IN (SELECT notification_key FROM old) " +
        "RETURNING order_id, received_ms, notification_key, transaction_id, store_order_id, more_names");

    /// <summary>Stores a notification that is new, leased to its first reader until <paramref name="leaseUntilMs"/>.</summary>
    /// <returns>False: it is there already, and was counted.</returns>
    public static async ValueTask<bool> InsertAsync(
        Transaction transaction, Notification notification, string sealedText, long leaseUntilMs)
    {
        if (await transaction.ExecuteAsync(
            InsertSql, notification.Key, notification.Channel, notification.GameId, notification.NotificationId,
            notification.ReceivedMs, leaseUntilMs, sealedText) == 1)
        {
            return true;
        }
        await transaction.ExecuteAsync(SeenSql, notification.Key);
        return false;
    }

    /// <returns>Null: there is none, or the limit does not allow its game.</returns>
    public static async ValueTask<StoredNotification?> FindAsync(Transaction transaction, string key, GameLimit games) =>
        await transaction.FindAsync(FindSql, ReadKept, key) is { } stored && games.Allows(stored.Notification.GameId) ? stored : null;

    /// <summary>The notifications that touched an order, oldest first, a bounded number.</summary>
    public static async ValueTask<List<Notification>> OfOrderAsync(Transaction transaction, OrderId id)
    {
        var keys = await transaction.QueryAsync(KeysOfOrderSql, static row => row.GetString(0), id.Value);
        var found = await ReadAllAsync(transaction, keys);
        return [.. found.Where(notification => notification.OrderId == id)];
    }

    /// <summary>The notifications of a purchase, by any name that its store has for it; or the one of that key.</summary>
    public static async ValueTask<List<Notification>> FindNamedAsync(Transaction transaction, string name)
    {
        var keys = await transaction.QueryAsync(KeysOfTransactionSql, static row => row.GetString(0), name, FoundMax);
        return await ReadAllAsync(transaction, [.. keys, name]);
    }

    private static async ValueTask<List<Notification>> ReadAllAsync(Transaction transaction, List<string> keys)
    {
        var reads = keys.ConvertAll(key => transaction.FindAsync(FindListedSql, Read, key));
        var found = new List<Notification>(reads.Count);
        foreach (var read in reads)
        {
            if (await read is { } notification)
            {
                found.Add(notification);
            }
        }
        return found;
    }

    /// <summary>Leases notifications whose time has come, a bounded number.</summary>
    public static ValueTask<List<StoredNotification>> ClaimAsync(
        Transaction transaction, long nowMs, long leaseUntilMs, long overMs, int most) =>
        Rows.ClaimAsync(transaction, ReadKept, nowMs, leaseUntilMs, overMs, most);

    /// <param name="transaction">The caller's.</param>
    /// <param name="notification">As it was leased.</param>
    /// <param name="state">What came of it.</param>
    /// <param name="outcome">In words.</param>
    /// <param name="orderId">The order that it changed or names; null: none.</param>
    /// <param name="payments">What it tells of, the one that is shown first.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: another reader recorded it.</returns>
    public static async ValueTask<bool> FinishAsync(
        Transaction transaction, Notification notification, NotificationState state, string outcome, OrderId? orderId,
        IReadOnlyList<Payment> payments, long nowMs)
    {
        var payment = payments.Count == 0 ? null : payments[0];
        var more = payments.Skip(1).SelectMany(other => other.Names).Except(payment?.Names ?? [], StringComparer.Ordinal)
            .Where(name => !name.Contains(NameSeparator, StringComparison.Ordinal)).ToList();
        if (await transaction.ExecuteAsync(
            FinishSql, notification.Key, notification.Lease, (int)state, outcome, orderId?.Value, payment?.TransactionId,
            payment?.StoreOrderId, nowMs, more.Count == 0 ? null : string.Join(NameSeparator, more)) == 0)
        {
            return false;
        }
        IReadOnlyList<string> names = [.. payment?.Names ?? [], .. more];
        string?[] before = [notification.TransactionId, notification.StoreOrderId, .. notification.MoreNames];
        foreach (var name in NamesOf(before).Except(names, StringComparer.Ordinal))
        {
            transaction.Send(RemoveFromTransactionSql, name, notification.Key);
        }
        foreach (var name in names)
        {
            transaction.Send(AddToTransactionSql, name, notification.Key);
        }
        if (notification.OrderId is { } known && known != orderId)
        {
            transaction.Send(RemoveFromOrderSql, known.Value, notification.ReceivedMs, notification.Key);
        }
        if (orderId is { } id)
        {
            transaction.Send(AddToOrderSql, id.Value, notification.ReceivedMs, notification.Key);
        }
        return true;
    }

    public static async ValueTask<bool> PostponeAsync(Transaction transaction, Notification notification, string outcome, long dueMs) =>
        await transaction.ExecuteAsync(PostponeSql, notification.Key, notification.Lease, dueMs, outcome) == 1;

    /// <summary>Ends the lease of a notification that was not read.</summary>
    public static ValueTask<int> ReleaseAsync(Transaction transaction, Notification notification) =>
        Rows.ReleaseAsync(transaction, notification.Key, notification.Lease);

    /// <summary>Opens a notification to be read again from the beginning, leased to the caller.</summary>
    /// <returns>False: it changed in between.</returns>
    public static async ValueTask<bool> AgainAsync(Transaction transaction, Notification notification, long leaseUntilMs, long nowMs) =>
        await transaction.ExecuteAsync(AgainSql, notification.Key, notification.Lease, nowMs, leaseUntilMs) == 1;

    /// <summary>Forgets notifications that were applied, or mean nothing, and are older.</summary>
    /// <returns>How many.</returns>
    public static async ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int most)
    {
        var forgotten = await transaction.QueryAsync(
            PruneSql,
            static row => (
                OrderId: row.Text(0), ReceivedMs: row.GetInt64(1), Key: row.GetString(2),
                Names: NamesOf([row.Text(3), row.Text(4), .. SplitNames(row.Text(5))])),
            beforeMs, most);
        foreach (var (orderId, receivedMs, key, names) in forgotten)
        {
            foreach (var name in names)
            {
                transaction.Send(RemoveFromTransactionSql, name, key);
            }

            if (orderId is not null)
            {
                transaction.Send(RemoveFromOrderSql, orderId, receivedMs, key);
            }
        }
        return forgotten.Count;
    }

    private static IEnumerable<string> NamesOf(params IEnumerable<string?> names) =>
        names.OfType<string>().Distinct(StringComparer.Ordinal);

    private static string[] SplitNames(string? names) => names?.Split(NameSeparator) ?? [];

    public static Notification Read(DbDataReader row) => new()
    {
        Key = row.GetString(0),
        Channel = row.GetString(1),
        GameId = row.GetInt64(2),
        NotificationId = row.GetString(3),
        ReceivedMs = row.GetInt64(4),
        Receptions = row.GetInt32(5),
        State = (NotificationState)row.GetInt32(6),
        Tries = row.GetInt32(7),
        DueMs = row.Number(8),
        Outcome = row.Text(9),
        OrderId = row.Text(10) is { } order ? OrderId.FromStore(order) : null,
        TransactionId = row.Text(11),
        DoneMs = row.Number(12),
        Lease = row.GetInt64(13),
        StoreOrderId = row.Text(14),
        MoreNames = SplitNames(row.Text(15)),
    };

    private static StoredNotification ReadKept(DbDataReader row) => new(Read(row), row.GetString(16));
}
