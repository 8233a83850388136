using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>Partial refunds of purchases: statements and rows.</summary>
internal static class PartialRefundTable
{
    /// <summary>The id of the store's own sum, where it reports that and no single refunds.</summary>
    private const string AllName = "";

    private static readonly SqlStatement SaveSql = new(
        "INSERT INTO partial_refunds (channel, environment, transaction_id, game_id, refund_id, amount_e4, reported_ms, seen_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) " +
        "ON CONFLICT (channel, environment, transaction_id, game_id, refund_id) DO UPDATE " +
        "SET amount_e4 = excluded.amount_e4, reported_ms = excluded.reported_ms " +
        "WHERE partial_refunds.amount_e4 < excluded.amount_e4 AND partial_refunds.reported_ms <= excluded.reported_ms");

    private static readonly SqlStatement ReverseSql = new(
        "INSERT INTO partial_refunds (channel, environment, transaction_id, game_id, refund_id, amount_e4, reported_ms, seen_ms) " +
        "VALUES ($1, $2, $3, $4, $5, 0, $6, $7) " +
        "ON CONFLICT (channel, environment, transaction_id, game_id, refund_id) DO UPDATE " +
        "SET amount_e4 = 0, reported_ms = excluded.reported_ms " +
        "WHERE partial_refunds.reported_ms <= excluded.reported_ms");

    private static readonly SqlStatement PartsSql = new(
        "SELECT refund_id, amount_e4 FROM partial_refunds WHERE channel = $1 AND environment = $2 AND transaction_id = $3 " +
        "AND game_id = $4");

    /// <summary>Keeps the amount of one refund, or of all of them so far. Reported again it is kept once; an older sum never replaces a
    /// newer one.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="payment">The purchase.</param>
    /// <param name="gameId">The app whose store reported it.</param>
    /// <param name="refundId">The store's number of the refund; null: the amount is the sum of all refunds.</param>
    /// <param name="money">How much.</param>
    /// <param name="reportedMs">When the store reported it, Unix milliseconds.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static ValueTask<int> SaveAsync(
        Transaction transaction, Payment payment, long gameId, string? refundId, Money money, long reportedMs, long nowMs) =>
        transaction.ExecuteAsync(
            SaveSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, refundId ?? AllName, money.AmountE4,
            reportedMs, nowMs);

    /// <summary>The store reversed its refunds: its own sum begins at 0. Single refunds are not reversed by any store that names
    /// them.</summary>
    public static ValueTask<int> ReverseAsync(Transaction transaction, Payment payment, long gameId, long reportedMs, long nowMs) =>
        transaction.ExecuteAsync(
            ReverseSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, AllName, reportedMs, nowMs);

    /// <summary>What was refunded so far: the store's own sum, or that of its refunds, whichever is more; null: nothing is known.</summary>
    public static async ValueTask<Money?> SumAsync(Transaction transaction, Payment payment, long gameId)
    {
        var parts = await transaction.QueryAsync(
            PartsSql, row => (Id: row.GetString(0), AmountE4: row.GetInt64(1)), payment.Channel, payment.Environment,
            payment.TransactionId, gameId);
        var all = parts.Where(part => part.Id == AllName).Sum(part => (decimal)part.AmountE4);
        var single = parts.Where(part => part.Id != AllName).Sum(part => (decimal)part.AmountE4);
        var sum = Math.Max(all, single);
        return sum == 0 ? null : new Money((long)Math.Min(sum, long.MaxValue));
    }
}
