using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;

namespace OrderCenter.Persistence.Tables;

/// <summary>Refunds of purchases, those that we asked for and those that stores report: statements and rows.</summary>
internal static class RefundTable
{
    private const string Key = "channel, environment, transaction_id, game_id, refund_id";

    private const string Columns =
        Key + ", order_id, amount_e4, state, is_at_store, actor, reason, outcome, store_number, asks, seen_ms, reported_ms, done_ms, " +
        "due_ms, attempts, lease";

    private const string IsPayment = "channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4";
    private const string IsRow = IsPayment + " AND refund_id = $5";

    private static readonly LeasedRows Rows = new("refunds", Key, Columns);

    private static readonly SqlStatement InsertSql = new(
        $"INSERT INTO refunds ({Key}, order_id, amount_e4, state, is_at_store, actor, reason, asks, seen_ms, reported_ms, done_ms, " +
        "due_ms, store_number) " +
        $"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT ({Key}) DO NOTHING");

    // Reported again it is kept once; an older sum never replaces a newer one, and what was taken back stays so. A refund of ours that the
    // store reports is done, whatever was known of it.
    private static readonly SqlStatement ReportSql = new(
        $"INSERT INTO refunds ({Key}, amount_e4, reported_ms, seen_ms, done_ms, store_number, state, is_at_store) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, 1, 1) " +
        $"ON CONFLICT ({Key}) DO UPDATE SET amount_e4 = excluded.amount_e4, reported_ms = excluded.reported_ms, state = 1, " +
        "due_ms = NULL, done_ms = coalesce(refunds.done_ms, excluded.done_ms), " +
        "store_number = coalesce(excluded.store_number, refunds.store_number) " +
        "WHERE refunds.state + 0 IN (0, 2, 3, 4) OR (refunds.state + 0 = 1 AND refunds.amount_e4 < excluded.amount_e4 " +
        "AND refunds.reported_ms <= excluded.reported_ms)");

    private static readonly SqlStatement ReverseSumSql = new(
        $"INSERT INTO refunds ({Key}, amount_e4, reported_ms, seen_ms, state, is_at_store) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, 1, 1) " +
        $"ON CONFLICT ({Key}) DO UPDATE SET amount_e4 = 0, reported_ms = excluded.reported_ms " +
        "WHERE refunds.reported_ms <= excluded.reported_ms");

    private static readonly SqlStatement ReverseSql = new(
        $"UPDATE refunds SET state = 5, reported_ms = $6 WHERE {IsPayment} AND refund_id <> $5 AND state + 0 = 1 AND reported_ms <= $6");

    private static readonly SqlStatement OfPaymentSql = new(
        $"SELECT {Columns} FROM refunds WHERE {IsPayment} ORDER BY seen_ms, refund_id");

    private static readonly SqlStatement DoneSql = new(
        "UPDATE refunds SET state = 1, outcome = NULL, store_number = coalesce($6, store_number), done_ms = $7, reported_ms = $7, " +
        $"due_ms = NULL, lease = lease + 1, lease_until_ms = 0 WHERE {IsRow} AND state + 0 = $8");

    private static readonly SqlStatement ReopenSql = new(
        "UPDATE refunds SET state = 0, outcome = NULL, asks = asks + 1, due_ms = $6, actor = $7, reason = $8, attempts = 0, " +
        $"lease = lease + 1 WHERE {IsRow} AND state + 0 = 2");

    private static readonly SqlStatement MatchSql = new($"UPDATE refunds SET store_number = $6 WHERE {IsRow} AND store_number IS NULL");

    private static readonly SqlStatement EndSql = Rows.End("state = $7, outcome = $8, due_ms = $9");

    private static readonly SqlStatement RestoreSql = new(
        "UPDATE refunds SET amount_e4 = $6, state = $7, outcome = $8, store_number = $9, asks = $10, reported_ms = $11, done_ms = $12, " +
        $"due_ms = $13, actor = $14, reason = $15, attempts = $16 WHERE {IsRow}");

    private static readonly SqlStatement DeleteSql = new($"DELETE FROM refunds WHERE {IsRow}");

    /// <summary>Keeps a refund that we ask for or record.</summary>
    /// <returns>False: one of that number is kept already.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, Refund refund) =>
        await transaction.ExecuteAsync(
            InsertSql,
            [
                .. KeyOf(refund), refund.OrderId?.Value, refund.Money.AmountE4, (int)refund.State, refund.IsAtStore ? 1 : 0, refund.Actor,
                refund.Reason, refund.Asks, refund.SeenMs, refund.ReportedMs, refund.DoneMs, refund.DueMs,
                refund.StoreNumber,
            ]) == 1;

    /// <summary>Keeps what a store reports: the amount of one refund, or (<see cref="Refund.SumNumber"/>) of all of them so far.</summary>
    /// <returns>False: it was known, or something newer is.</returns>
    public static async ValueTask<bool> ReportAsync(
        Transaction transaction, Payment payment, long gameId, string number, Money money, string? storeNumber, long reportedMs,
        long nowMs) =>
        await transaction.ExecuteAsync(
            ReportSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, number, money.AmountE4, reportedMs, nowMs,
            storeNumber) == 1;

    /// <summary>The store reversed its refunds: its own sum begins at 0, and none that was reported before counts.</summary>
    public static async ValueTask ReverseAsync(Transaction transaction, Payment payment, long gameId, long reportedMs, long nowMs)
    {
        await transaction.ExecuteAsync(
            ReverseSumSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, Refund.SumNumber, reportedMs, nowMs);
        await transaction.ExecuteAsync(
            ReverseSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, Refund.SumNumber, reportedMs);
    }

    /// <summary>The refunds of a purchase, oldest first, with the store's own sum.</summary>
    public static ValueTask<List<Refund>> OfPaymentAsync(Transaction transaction, Payment payment, long gameId) =>
        transaction.QueryAsync(OfPaymentSql, Read, payment.Channel, payment.Environment, payment.TransactionId, gameId);

    /// <summary>The money is given back.</summary>
    /// <returns>False: the refund is no longer in the state that was read.</returns>
    public static async ValueTask<bool> FinishAsync(Transaction transaction, Refund refund, string? storeNumber, long nowMs) =>
        await transaction.ExecuteAsync(DoneSql, [.. KeyOf(refund), storeNumber, nowMs, (int)refund.State]) == 1;

    /// <summary>A refund that failed is asked for again.</summary>
    /// <returns>False: it is no longer so.</returns>
    public static async ValueTask<bool> ReopenAsync(Transaction transaction, Refund refund, AuditContext by, long dueMs) =>
        await transaction.ExecuteAsync(ReopenSql, [.. KeyOf(refund), dueMs, by.Actor, by.Reason]) == 1;

    /// <summary>A refund that a person recorded is the one that the store reports under its number.</summary>
    public static async ValueTask<bool> MatchAsync(Transaction transaction, Refund refund, string storeNumber) =>
        await transaction.ExecuteAsync(MatchSql, [.. KeyOf(refund), storeNumber]) == 1;

    /// <summary>Writes a refund's columns back as they were read, in the transaction that changed them.</summary>
    public static ValueTask<int> RestoreAsync(Transaction transaction, Refund refund)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(
            RestoreSql,
            [
                .. KeyOf(refund), refund.Money.AmountE4, (int)refund.State, refund.Outcome, refund.StoreNumber, refund.Asks,
                refund.ReportedMs, refund.DoneMs, refund.DueMs, refund.Actor, refund.Reason, refund.Attempts,
            ]);
    }

    /// <summary>Deletes a refund that this same transaction inserted.</summary>
    public static ValueTask<int> DeleteAsync(Transaction transaction, Refund refund)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(DeleteSql, KeyOf(refund));
    }

    /// <summary>Claims refunds whose store is to be asked again.</summary>
    public static ValueTask<List<Refund>> ClaimAsync(Transaction transaction, long nowMs, long untilMs, long overMs, int limit) =>
        Rows.ClaimAsync(transaction, Read, nowMs, untilMs, overMs, limit);

    /// <summary>Ends the lease of a refund whose store was not asked.</summary>
    public static ValueTask<int> ReleaseAsync(Transaction transaction, Refund refund) =>
        Rows.ReleaseAsync(transaction, [.. KeyOf(refund), refund.Lease]);

    /// <summary>Keeps what the store said, and when it is asked again; null: no more.</summary>
    /// <returns>False: another node has asked since it was read or claimed.</returns>
    public static async ValueTask<bool> EndAsync(Transaction transaction, Refund refund, RefundState state, string? outcome, long? dueMs) =>
        await transaction.ExecuteAsync(EndSql, [.. KeyOf(refund), refund.Lease, (int)state, outcome, dueMs]) == 1;

    private static object?[] KeyOf(Refund refund) =>
        [refund.Channel, refund.Environment, refund.TransactionId, refund.GameId, refund.Number];

    private static Refund Read(DbDataReader row) => new()
    {
        Channel = row.GetString(0),
        Environment = row.GetString(1),
        TransactionId = row.GetString(2),
        GameId = row.GetInt64(3),
        Number = row.GetString(4),
        OrderId = row.Text(5) is { } order ? OrderId.FromStore(order) : null,
        Money = new Money(row.GetInt64(6)),
        State = (RefundState)row.GetInt32(7),
        IsAtStore = row.GetInt32(8) != 0,
        Actor = row.Text(9),
        Reason = row.Text(10),
        Outcome = row.Text(11),
        StoreNumber = row.Text(12),
        Asks = row.GetInt32(13),
        SeenMs = row.GetInt64(14),
        ReportedMs = row.GetInt64(15),
        DoneMs = row.Number(16),
        DueMs = row.Number(17),
        Attempts = row.GetInt32(18),
        Lease = row.GetInt64(19),
    };
}
