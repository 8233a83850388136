using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>What nodes have seen of themselves: statements and rows.</summary>
internal static class ObservationTable
{
    private const int ReadMax = 5000;

    private static readonly SqlStatement SaveSql = new(
        "INSERT INTO alert_observations (node, alert_key, condition, subject, game_id, value, detail, seen_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (node, alert_key) DO UPDATE " +
        "SET value = excluded.value, detail = excluded.detail, seen_ms = excluded.seen_ms");

    private static readonly SqlStatement DeleteSql = new("DELETE FROM alert_observations WHERE node = $1 AND alert_key = $2");

    private static readonly SqlStatement ReadSql = new(
        "SELECT condition, subject, game_id, value, detail FROM alert_observations WHERE seen_ms >= $1 " +
        $"ORDER BY node, alert_key LIMIT {ReadMax}");

    private static readonly SqlStatement PruneSql = new("DELETE FROM alert_observations WHERE seen_ms < $1");

    public static void Save(Transaction transaction, string node, AlertFact fact, long nowMs) => transaction.Send(
        SaveSql, node, fact.Key, fact.Condition.Name, fact.Subject, fact.GameId, fact.Value, fact.Detail, nowMs);

    public static void Delete(Transaction transaction, string node, string key) => transaction.Send(DeleteSql, node, key);

    /// <summary>What all nodes have seen since a time.</summary>
    public static async ValueTask<List<AlertFact>> ReadAsync(Transaction transaction, long sinceMs) =>
        [.. (await transaction.QueryAsync(ReadSql, Read, sinceMs)).OfType<AlertFact>()];

    /// <summary>Deletes what nodes left that are gone.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs) => transaction.ExecuteAsync(PruneSql, beforeMs);

    /// <returns>Null: a newer program has written it.</returns>
    private static AlertFact? Read(DbDataReader row) => AlertConditions.Find(row.GetString(0)) is { } condition
        ? new AlertFact(condition, row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4))
        : null;
}
