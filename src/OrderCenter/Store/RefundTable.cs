namespace OrderCenter.Store;

/// <summary>A store's word on a purchase: that the money went back, or that the refund was taken back.</summary>
internal sealed record RefundWord(string Channel, string Environment, string TransactionId, long GameId, bool IsRefund, long SaidMs);

/// <summary>The newest word on each purchase: statements and rows. Words have the order of the store's clock; of two at one time the refund is the later.</summary>
internal static class RefundTable
{
    private const string InsertSql =
        "INSERT INTO refund_words (channel, environment, transaction_id, game_id, is_refund, said_ms, is_applied) VALUES ($1, $2, $3, $4, $5, $6, 0) " +
        "ON CONFLICT (channel, environment, transaction_id, game_id) DO NOTHING";

    private const string AdvanceSql =
        "UPDATE refund_words SET is_refund = $5, said_ms = $6, is_applied = 0 WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4 " +
        "AND (said_ms < $6 OR (said_ms = $6 AND is_refund < $5))";

    private const string MarkSql =
        "UPDATE refund_words SET is_applied = $7 WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4 AND is_refund = $5 AND said_ms = $6 " +
        "AND is_applied <> $7";

    private const string FindSql =
        "SELECT is_refund, said_ms FROM refund_words WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id = $4";

    private const string ReversedSql =
        "SELECT 1 FROM refund_words WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND game_id <> $4 AND is_refund = 0 AND said_ms > $5 LIMIT 1";

    /// <summary>Keeps a word, unless one that is as new or newer is kept.</summary>
    public static async ValueTask<bool> KeepAsync(Transaction transaction, RefundWord word) =>
        await transaction.ExecuteAsync(InsertSql, word.Channel, word.Environment, word.TransactionId, word.GameId, word.IsRefund ? 1 : 0, word.SaidMs) == 1
        || await transaction.ExecuteAsync(AdvanceSql, word.Channel, word.Environment, word.TransactionId, word.GameId, word.IsRefund ? 1 : 0, word.SaidMs) == 1;

    /// <summary>Says that what follows from a word is in this transaction. The row is this transaction's from then on: a newer word waits for its end.</summary>
    /// <returns>False: it was followed before, or is not the newest.</returns>
    public static async ValueTask<bool> ApplyAsync(Transaction transaction, RefundWord word) => await MarkAsync(transaction, word, isApplied: 1) == 1;

    /// <summary>Takes <see cref="ApplyAsync"/> back in the same transaction.</summary>
    public static ValueTask<int> UnapplyAsync(Transaction transaction, RefundWord word)
    {
        transaction.TakesBack();
        return MarkAsync(transaction, word, isApplied: 0);
    }

    public static async ValueTask<bool> IsNewestAsync(Transaction transaction, RefundWord word) =>
        await transaction.QueryAsync(
            FindSql, row => (IsRefund: row.GetInt32(0) == 1, SaidMs: row.GetInt64(1)), word.Channel, word.Environment, word.TransactionId, word.GameId) is [var newest]
        && newest == (word.IsRefund, word.SaidMs);

    /// <summary>Whether the store has told another app since that this refund was taken back: two apps may share a store's account, and each hears a part.</summary>
    public static async ValueTask<bool> IsReversedElsewhereAsync(Transaction transaction, RefundWord word) =>
        (await transaction.QueryAsync(ReversedSql, row => row.GetInt32(0), word.Channel, word.Environment, word.TransactionId, word.GameId, word.SaidMs)).Count > 0;

    private static ValueTask<int> MarkAsync(Transaction transaction, RefundWord word, int isApplied) =>
        transaction.ExecuteAsync(MarkSql, word.Channel, word.Environment, word.TransactionId, word.GameId, word.IsRefund ? 1 : 0, word.SaidMs, isApplied);
}
