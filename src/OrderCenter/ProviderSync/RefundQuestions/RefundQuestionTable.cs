using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>The questions of stores about refunds: statements and rows. An open one is due when its answer is: at once where the app's
/// settings answer, else at its deadline.</summary>
internal static class RefundQuestionTable
{
    private const string Columns =
        "question_key, channel, game_id, order_id, environment, transaction_id, store_order_id, sealed, asked_ms, deadline_ms, " +
        "preference, attempts, lease";

    private static readonly LeasedRows Rows = new("refund_questions", "question_key", Columns);

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO refund_questions (question_key, channel, game_id, order_id, environment, transaction_id, store_order_id, sealed, " +
        "asked_ms, deadline_ms, preference, due_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " +
        "ON CONFLICT (question_key) DO NOTHING");

    private static readonly SqlStatement OpenSql = new(
        $"SELECT {Columns} FROM refund_questions WHERE order_id = $1 AND state = 0 ORDER BY deadline_ms, question_key LIMIT 1");

    // Whoever answers first ends it, whatever lease there is: a person may be faster than the settings.
    private static readonly SqlStatement EndSql = new(
        "UPDATE refund_questions SET state = $2, preference = $3, answered_by = $4, answered_ms = $5, outcome = $6, due_ms = NULL, " +
        "lease = lease + 1, lease_until_ms = 0 WHERE question_key = $1 AND state = 0");

    private static readonly SqlStatement PostponeSql = Rows.End("due_ms = $3, outcome = $4");

    public static ValueTask<int> InsertAsync(
        Transaction transaction, string key, long gameId, OrderId? orderId, RefundQuestion question, string sealedToken, long dueMs) =>
        transaction.ExecuteAsync(
            InsertSql, key, question.Payment.Channel, gameId, orderId?.Value, question.Payment.Environment,
            question.Payment.TransactionId, question.Payment.StoreOrderId, sealedToken, question.AskedMs, question.DeadlineMs,
            (int?)question.Policy, dueMs);

    /// <summary>The open question of an order that is to be answered first; null: there is none.</summary>
    public static ValueTask<StoredRefundQuestion?> FindOpenAsync(Transaction transaction, OrderId id) =>
        transaction.FindAsync(OpenSql, Read, id.Value);

    public static ValueTask<List<StoredRefundQuestion>> ClaimAsync(
        Transaction transaction, long nowMs, long leaseUntilMs, long overMs, int countMax) =>
        Rows.ClaimAsync(transaction, Read, nowMs, leaseUntilMs, overMs, countMax);

    public static ValueTask<int> ReleaseAsync(Transaction transaction, StoredRefundQuestion question) =>
        Rows.ReleaseAsync(transaction, question.Key, question.Lease);

    public static ValueTask<int> PostponeAsync(Transaction transaction, StoredRefundQuestion question, long dueMs, string outcome) =>
        transaction.ExecuteAsync(PostponeSql, question.Key, question.Lease, dueMs, outcome);

    /// <returns>0: it was not open any more.</returns>
    public static ValueTask<int> EndAsync(
        Transaction transaction, StoredRefundQuestion question, RefundQuestionState state, RefundPreference? preference, string? by,
        string outcome, long nowMs) =>
        transaction.ExecuteAsync(EndSql, question.Key, (int)state, (int?)preference, by, nowMs, outcome);

    private static StoredRefundQuestion Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.Text(3) is { } order ? OrderId.FromStore(order) : null,
        row.GetString(4), row.GetString(5), row.Text(6), row.GetString(7), row.GetInt64(8), row.GetInt64(9), (int?)row.Number(10),
        row.GetInt32(11), row.GetInt64(12));
}
