namespace OrderCenter.Persistence.Tables;

/// <summary>The newest refund event of each purchase: statements and rows. Events are ordered by the store's clock; of two at one time
/// the refund is the later.</summary>
internal static class RefundEventTable
{
    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO refund_events (channel, environment, transaction_id, game_id, is_refund, reported_ms, is_applied) " +
        "VALUES ($1, $2, $3, $4, $5, $6, 0) " +
        "ON CONFLICT (channel, environment, transaction_id, game_id) DO NOTHING");

    private static readonly SqlStatement AdvanceSql = new(
        "UPDATE refund_events SET is_refund = $5, reported_ms = $6, is_applied = 0 WHERE channel = $1 AND environment = $2 " +
        "AND transaction_id = $3 AND game_id = $4 " +
        "AND (reported_ms < $6 OR (reported_ms = $6 AND is_refund < $5))");

    private static readonly SqlStatement MarkSql = new(
        "UPDATE refund_events SET is_applied = $7 WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4 " +
        "AND is_refund = $5 AND reported_ms = $6 " +
        "AND is_applied <> $7");

    private static readonly SqlStatement FindSql = new(
        "SELECT is_refund, reported_ms FROM refund_events WHERE channel = $1 AND environment = $2 AND transaction_id = $3 " +
        "AND game_id = $4");

    private static readonly SqlStatement SupersededSql = new(
        "SELECT 1 FROM refund_events WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id <> $4 " +
        "AND is_refund <> $5 AND (reported_ms > $6 OR (reported_ms = $6 AND is_refund > $5)) LIMIT 1");

    /// <summary>Stores an event, unless one that is as new or newer is stored.</summary>
    public static async ValueTask<bool> SaveAsync(Transaction transaction, RefundEvent refund) =>
        await transaction.ExecuteAsync(
            InsertSql, refund.Channel, refund.Environment, refund.TransactionId, refund.GameId, refund.IsRefund ? 1 : 0,
            refund.ReportedMs) == 1
        || await transaction.ExecuteAsync(
            AdvanceSql, refund.Channel, refund.Environment, refund.TransactionId, refund.GameId, refund.IsRefund ? 1 : 0,
            refund.ReportedMs) == 1;

    /// <summary>Marks an event as applied by this transaction. Its row is locked from then on: a newer event waits for the
    /// commit.</summary>
    /// <returns>False: it was applied before, or is not the newest.</returns>
    public static async ValueTask<bool> ApplyAsync(Transaction transaction, RefundEvent refund) =>
        await MarkAsync(transaction, refund, isApplied: 1) == 1;

    /// <summary>Undoes <see cref="ApplyAsync"/> in the same transaction.</summary>
    public static ValueTask<int> ClearAppliedAsync(Transaction transaction, RefundEvent refund)
    {
        transaction.MarkRolledBack();
        return MarkAsync(transaction, refund, isApplied: 0);
    }

    public static async ValueTask<bool> IsNewestAsync(Transaction transaction, RefundEvent refund) =>
        await transaction.QueryAsync(
            FindSql, row => (IsRefund: row.GetInt32(0) == 1, ReportedMs: row.GetInt64(1)), refund.Channel, refund.Environment,
            refund.TransactionId, refund.GameId) is [var newest]
        && newest == (refund.IsRefund, refund.ReportedMs);

    /// <summary>Whether the store has reported to another app since that this refund was reversed, or that the purchase was refunded again
    /// after this reversal: two apps may share a store's account, and each receives a part.</summary>
    public static async ValueTask<bool> IsSupersededElsewhereAsync(Transaction transaction, RefundEvent refund) =>
        (await transaction.QueryAsync(
            SupersededSql, row => row.GetInt32(0), refund.Channel, refund.Environment, refund.TransactionId, refund.GameId,
            refund.IsRefund ? 1 : 0, refund.ReportedMs)).Count > 0;

    private static ValueTask<int> MarkAsync(Transaction transaction, RefundEvent refund, int isApplied) =>
        transaction.ExecuteAsync(
            MarkSql, refund.Channel, refund.Environment, refund.TransactionId, refund.GameId, refund.IsRefund ? 1 : 0,
            refund.ReportedMs, isApplied);
}
