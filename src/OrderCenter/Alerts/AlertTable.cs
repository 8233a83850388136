using System.Data.Common;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Alerts;

/// <summary>The alerts: statements and rows. <c>open_alerts</c> has a row for each condition and subject whose alert is open: its key is
/// what makes the alert one.</summary>
internal static class AlertTable
{
    /// <summary>How many open alerts are looked at in a step. What is beyond waits until others have recovered.</summary>
    public const int OpenMax = 5000;

    private const string Columns =
        "alert_id, condition, subject, game_id, severity, value, threshold, detail, raised_ms, seen_ms, told, next_ms, " +
        "acknowledged_ms, acknowledged_by, recovered_ms";

    /// <summary>The alerts newest first.</summary>
    public static readonly ListTable<Alert> List = new(
        "alerts", Columns, ["raised_ms", "alert_id"], Read, alert => new ListKey(alert.RaisedMs, alert.Id));

    private static readonly SqlStatement ClaimKeySql = new(
        "INSERT INTO open_alerts (alert_key, alert_id) VALUES ($1, $2) ON CONFLICT (alert_key) DO NOTHING");

    private static readonly SqlStatement FreeKeySql = new("DELETE FROM open_alerts WHERE alert_key = $1 AND alert_id = $2");

    private static readonly SqlStatement InsertSql = new(
        $"INSERT INTO alerts ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");

    private static readonly SqlStatement SeeSql = new(
        "UPDATE alerts SET value = $2, threshold = $3, detail = $4, seen_ms = $5 WHERE alert_id = $1 AND recovered_ms IS NULL");

    private static readonly SqlStatement TellSql = new(
        "UPDATE alerts SET severity = $3, told = told + 1, next_ms = $4 " +
        "WHERE alert_id = $1 AND told = $2 AND recovered_ms IS NULL AND acknowledged_ms IS NULL");

    private static readonly SqlStatement AcknowledgeSql = new(
        "UPDATE alerts SET acknowledged_ms = $2, acknowledged_by = $3, next_ms = NULL " +
        "WHERE alert_id = $1 AND acknowledged_ms IS NULL AND recovered_ms IS NULL");

    private static readonly SqlStatement RecoverSql = new(
        "UPDATE alerts SET recovered_ms = $2, next_ms = NULL, told = told + 1 " +
        "WHERE alert_id = $1 AND told = $3 AND recovered_ms IS NULL");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM alerts WHERE alert_id = $1");

    private static readonly SqlStatement OpenSql = new(
        $"SELECT {Columns} FROM alerts WHERE recovered_ms IS NULL ORDER BY raised_ms, alert_id LIMIT {OpenMax}");

    private static readonly SqlStatement PruneSql = new(
        $"WITH old AS (SELECT alert_id FROM alerts WHERE recovered_ms < $1 ORDER BY recovered_ms LIMIT $2 {SqlStatement.SkipLocked}) " +
        "DELETE FROM alerts WHERE recovered_ms + 0 < $1 AND alert_id IN (SELECT alert_id FROM old)");

    /// <summary>Opens an alert.</summary>
    /// <returns>False: there is an open one of its condition and subject.</returns>
    public static async ValueTask<bool> OpenAsync(Transaction transaction, Alert alert)
    {
        if (await transaction.ExecuteAsync(ClaimKeySql, alert.Key, alert.Id) == 0)
        {
            return false;
        }
        Insert(transaction, alert);
        return true;
    }

    /// <summary>Writes an alert that is over already, or whose key is claimed.</summary>
    public static void Insert(Transaction transaction, Alert alert) => transaction.Send(
        InsertSql, alert.Id, alert.Condition, alert.Subject, alert.GameId, (int)alert.Severity, alert.Value, alert.Threshold,
        alert.Detail, alert.RaisedMs, alert.SeenMs, alert.Told, alert.NextMs, alert.AcknowledgedMs, alert.AcknowledgedBy,
        alert.RecoveredMs);

    /// <summary>Notes that the condition still holds.</summary>
    public static void See(Transaction transaction, Alert alert) =>
        transaction.Send(SeeSql, alert.Id, alert.Value, alert.Threshold, alert.Detail, alert.SeenMs);

    /// <summary>Notes that people are told once more.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="before">As it was read.</param>
    /// <param name="severity">From now on.</param>
    /// <param name="nextMs">When they are told again.</param>
    /// <returns>False: it was told of, acknowledged or recovered in between.</returns>
    public static async ValueTask<bool> TellAsync(Transaction transaction, Alert before, AlertSeverity severity, long nextMs) =>
        await transaction.ExecuteAsync(TellSql, before.Id, before.Told, (int)severity, nextMs) == 1;

    /// <returns>False: it is acknowledged or over already.</returns>
    public static async ValueTask<bool> AcknowledgeAsync(Transaction transaction, string id, long nowMs, string by) =>
        await transaction.ExecuteAsync(AcknowledgeSql, id, nowMs, by) == 1;

    /// <returns>False: it is over already, or was told of in between: then its end would have the number of that telling.</returns>
    public static async ValueTask<bool> RecoverAsync(Transaction transaction, Alert alert, long nowMs)
    {
        if (await transaction.ExecuteAsync(RecoverSql, alert.Id, nowMs, alert.Told) == 0)
        {
            return false;
        }
        transaction.Send(FreeKeySql, alert.Key, alert.Id);
        return true;
    }

    public static ValueTask<Alert?> FindAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <summary>The open alerts, the oldest first.</summary>
    public static ValueTask<List<Alert>> AllOpenAsync(Transaction transaction) => transaction.QueryAsync(OpenSql, Read);

    /// <summary>Deletes a bounded number of alerts that were over before a time.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int limit) =>
        transaction.ExecuteAsync(PruneSql, beforeMs, limit);

    private static Alert Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Condition = row.GetString(1),
        Subject = row.GetString(2),
        GameId = row.GetInt64(3),
        Severity = (AlertSeverity)row.GetInt32(4),
        Value = row.GetInt64(5),
        Threshold = row.GetInt64(6),
        Detail = row.GetString(7),
        RaisedMs = row.GetInt64(8),
        SeenMs = row.GetInt64(9),
        Told = row.GetInt32(10),
        NextMs = row.Number(11),
        AcknowledgedMs = row.Number(12),
        AcknowledgedBy = row.Text(13),
        RecoveredMs = row.Number(14),
    };
}
