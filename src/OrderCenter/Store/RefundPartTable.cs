using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>What went back of purchases in parts: statements and rows.</summary>
internal static class RefundPartTable
{
    /// <summary>The name of the store's own sum, where it tells that and no single refunds.</summary>
    private const string AllName = "";

    private const string KeepSql =
        "INSERT INTO refund_parts (channel, environment, transaction_id, game_id, refund_id, amount_e4, seen_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (channel, environment, transaction_id, game_id, refund_id) DO UPDATE SET amount_e4 = excluded.amount_e4 WHERE refund_parts.amount_e4 < excluded.amount_e4";

    private const string PartsSql =
        "SELECT refund_id, amount_e4 FROM refund_parts WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4";

    /// <summary>Keeps what one refund gave back, or all of them so far. Told again it is kept once; an older sum never takes a newer one's place.</summary>
    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="payment">The purchase.</param>
    /// <param name="gameId">The app whose store told it.</param>
    /// <param name="refundId">The store's number of the refund; null: the amount is the sum of all refunds.</param>
    /// <param name="money">How much.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static ValueTask<int> KeepAsync(Transaction transaction, Payment payment, long gameId, string? refundId, Money money, long nowMs) =>
        transaction.ExecuteAsync(KeepSql, payment.Channel, payment.Environment, payment.TransactionId, gameId, refundId ?? AllName, money.AmountE4, nowMs);

    /// <summary>What went back so far: the store's own sum, or that of its refunds, whichever is more; null: nothing is known.</summary>
    public static async ValueTask<Money?> SumAsync(Transaction transaction, Payment payment, long gameId)
    {
        var parts = await transaction.QueryAsync(
            PartsSql, row => (Id: row.GetString(0), AmountE4: row.GetInt64(1)), payment.Channel, payment.Environment, payment.TransactionId, gameId);
        if (parts.Count == 0)
        {
            return null;
        }
        var all = parts.Where(part => part.Id == AllName).Sum(part => (decimal)part.AmountE4);
        var single = parts.Where(part => part.Id != AllName).Sum(part => (decimal)part.AmountE4);
        return new Money((long)Math.Min(Math.Max(all, single), long.MaxValue));
    }
}
