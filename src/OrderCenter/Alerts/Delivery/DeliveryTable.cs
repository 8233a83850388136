using System.Text.Json;
using OrderCenter.Alerts.Settings;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Delivery;

/// <summary>What sinks are to be told: statements and rows. A row is written with the change of the alert, so that no crash loses
/// it.</summary>
internal static class DeliveryTable
{
    public const int OutcomeMax = 500;

    private static readonly LeasedRows Rows = new(
        "alert_deliveries", "alert_id, number, sink", "message, sink, created_ms, lease, failures");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO alert_deliveries (alert_id, number, sink, message, created_ms, due_ms) VALUES ($1, $2, $3, $4, $5, $5) " +
        "ON CONFLICT (alert_id, number, sink) DO NOTHING");

    private static readonly SqlStatement AnyDueSql = new(
        "SELECT due_ms FROM alert_deliveries WHERE due_ms <= $1 AND lease_until_ms <= $2 ORDER BY due_ms LIMIT 1");

    private static readonly SqlStatement EndSql = Rows.End("due_ms = NULL, done_ms = $5, outcome = $6");
    private static readonly SqlStatement PostponeSql = Rows.End("due_ms = $5, failures = $6, outcome = $7");

    private static readonly SqlStatement PruneSql = new(
        "WITH old AS (SELECT alert_id, number, sink FROM alert_deliveries WHERE done_ms < $1 ORDER BY done_ms LIMIT $2 " +
        $"{SqlStatement.SkipLocked}) DELETE FROM alert_deliveries WHERE done_ms + 0 < $1 " +
        "AND (alert_id, number, sink) IN (SELECT alert_id, number, sink FROM old)");

    /// <summary>Queues a message for each sink that takes it.</summary>
    public static void Queue(Transaction transaction, AlertMessage message, AlertSeverity severity, IReadOnlyList<AlertSink> sinks)
    {
        foreach (var sink in sinks.Where(sink => sink.Takes(message.Condition, message.GameId ?? 0, severity)))
        {
            transaction.Send(
                InsertSql, message.AlertId, message.Number, sink.Name,
                JsonSerializer.Serialize(message, AlertJson.Readable.AlertMessage), message.AtMs);
        }
    }

    /// <summary>Whether anything is due.</summary>
    public static async ValueTask<bool> IsAnyDueAsync(Transaction transaction, long nowMs, long overMs) =>
        (await transaction.QueryAsync(AnyDueSql, static row => row.GetInt64(0), nowMs, overMs)).Count > 0;

    public static ValueTask<List<AlertDelivery>> ClaimAsync(
        Transaction transaction, long nowMs, long untilMs, long overMs, int countMax) =>
        Rows.ClaimAsync(
            transaction,
            static row => new AlertDelivery(
                JsonSerializer.Deserialize(row.GetString(0), AlertJson.Readable.AlertMessage)!, row.GetString(1), row.GetInt64(2),
                row.GetInt64(3), row.GetInt32(4)),
            nowMs, untilMs, overMs, countMax);

    /// <summary>Ends a delivery for good.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="outcome">Why it was not told; null: it was.</param>
    public static ValueTask<int> EndAsync(Transaction transaction, AlertDelivery delivery, long nowMs, string? outcome) =>
        transaction.ExecuteAsync(
            EndSql, delivery.Message.AlertId, delivery.Message.Number, delivery.Sink, delivery.Lease, nowMs, outcome);

    /// <summary>Ends a lease; the delivery is due again at a time.</summary>
    public static ValueTask<int> PostponeAsync(
        Transaction transaction, AlertDelivery delivery, long dueMs, int failures, string? outcome) =>
        transaction.ExecuteAsync(
            PostponeSql, delivery.Message.AlertId, delivery.Message.Number, delivery.Sink, delivery.Lease, dueMs, failures, outcome);

    /// <summary>Deletes a bounded number of deliveries that were done before a time.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int limit) =>
        transaction.ExecuteAsync(PruneSql, beforeMs, limit);
}
