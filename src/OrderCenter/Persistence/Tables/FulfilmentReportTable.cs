using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The reports that stores still wait for: statements and rows.</summary>
internal static class FulfilmentReportTable
{
    private static readonly LeasedRows Rows = new(
        "fulfilment_reports", "order_id", "order_id, game_id, channel, is_accepted, since_ms, lease, failures");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO fulfilment_reports (order_id, game_id, channel, since_ms, due_ms) VALUES ($1, $2, $3, $4, $5) " +
        "ON CONFLICT (order_id) DO NOTHING");

    // It ends a lease, so that the node that has it does not write over it what it saw before.
    private static readonly SqlStatement MakeDueNowSql = new(
        "UPDATE fulfilment_reports SET due_ms = $2, lease_until_ms = 0, lease = lease + 1 WHERE order_id = $1 AND due_ms + 0 IS NOT NULL");

    private static readonly SqlStatement FinishSql = Rows.End("due_ms = NULL, failure = NULL");
    private static readonly SqlStatement PostponeSql = Rows.End("is_accepted = $3, due_ms = $4, failures = $5, failure = $6");

    public static ValueTask<int> InsertAsync(Transaction transaction, Order order, string channel, long sinceMs, long dueMs) =>
        transaction.ExecuteAsync(InsertSql, order.Id.Value, order.GameId, channel, sinceMs, dueMs);

    /// <summary>Makes a report due now.</summary>
    public static ValueTask<int> MakeDueNowAsync(Transaction transaction, OrderId id, long nowMs) =>
        transaction.ExecuteAsync(MakeDueNowSql, id.Value, nowMs);

    public static ValueTask<List<FulfilmentReport>> ClaimAsync(
        Transaction transaction, long nowMs, long untilMs, long overMs, int countMax) =>
        Rows.ClaimAsync(
            transaction,
            static row => new FulfilmentReport(
                OrderId.FromStore(row.GetString(0)), row.GetInt64(1), row.GetString(2), row.GetInt32(3) == 1, row.GetInt64(4),
                row.GetInt64(5), row.GetInt32(6)),
            nowMs, untilMs, overMs, countMax);

    /// <summary>Ends the lease of a report that was not made.</summary>
    public static ValueTask<int> ReleaseAsync(Transaction transaction, FulfilmentReport report) =>
        Rows.ReleaseAsync(transaction, report.OrderId.Value, report.Lease);

    public static ValueTask<int> FinishAsync(Transaction transaction, FulfilmentReport report) =>
        transaction.ExecuteAsync(FinishSql, report.OrderId.Value, report.Lease);

    public static ValueTask<int> PostponeAsync(Transaction transaction, FulfilmentReport report, long dueMs, string? failure) =>
        transaction.ExecuteAsync(
            PostponeSql, report.OrderId.Value, report.Lease, report.IsAccepted ? 1 : 0, dueMs, report.FailuresInRow, failure);
}
