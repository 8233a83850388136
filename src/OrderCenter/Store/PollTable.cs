namespace OrderCenter.Store;

/// <summary>How far a store was asked for an app's news.</summary>
internal sealed record PollCursor(long GameId, string Channel, string? Cursor, long LeaseMs);

/// <summary>The cursors: statements and rows.</summary>
internal static class PollTable
{
    private const string InsertSql =
        "INSERT INTO poll_cursors (game_id, channel, cursor, due_ms) VALUES ($1, $2, NULL, $3) ON CONFLICT (game_id, channel) DO NOTHING";

    // A total order: on Citus each server has its own copy of this table and runs the statement for itself.
    private const string ClaimSql =
        "UPDATE poll_cursors SET due_ms = $2 WHERE due_ms <= $1 AND (game_id, channel) IN " +
        "(SELECT game_id, channel FROM poll_cursors WHERE due_ms <= $1 ORDER BY due_ms, game_id, channel LIMIT $3) RETURNING game_id, channel, cursor";

    private const string RecordSql = "UPDATE poll_cursors SET cursor = $4, due_ms = $5 WHERE game_id = $1 AND channel = $2 AND due_ms = $3";

    public static ValueTask<int> InsertAsync(Transaction transaction, long gameId, string channel, long dueMs) =>
        transaction.ExecuteAsync(InsertSql, gameId, channel, dueMs);

    public static ValueTask<List<PollCursor>> ClaimAsync(Transaction transaction, long nowMs, long leaseMs, int countMax) =>
        transaction.QueryAsync(ClaimSql, row => new PollCursor(row.GetInt64(0), row.GetString(1), row.Text(2), leaseMs), nowMs, leaseMs, countMax);

    /// <returns>0: the lease ran out and another node has gone on; nothing changed.</returns>
    public static ValueTask<int> RecordAsync(Transaction transaction, PollCursor claimed, string? cursor, long dueMs) =>
        transaction.ExecuteAsync(RecordSql, claimed.GameId, claimed.Channel, claimed.LeaseMs, cursor, dueMs);
}
