using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync;

/// <summary>How far the events of each app's stores were read: statements and rows.</summary>
internal static class EventPollTable
{
    private static readonly LeasedRows Rows = new("event_polls", "game_id, channel", "game_id, channel, cursor, lease");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO event_polls (game_id, channel, due_ms) VALUES ($1, $2, $3) ON CONFLICT (game_id, channel) DO NOTHING");

    private static readonly SqlStatement PostponeSql = Rows.End("cursor = $4, due_ms = $5");

    public static ValueTask<int> InsertAsync(Transaction transaction, long gameId, string channel, long dueMs) =>
        transaction.ExecuteAsync(InsertSql, gameId, channel, dueMs);

    public static ValueTask<List<EventPollCursor>> ClaimAsync(
        Transaction transaction, long nowMs, long leaseUntilMs, long overMs, int countMax) =>
        Rows.ClaimAsync(
            transaction, static row => new EventPollCursor(row.GetInt64(0), row.GetString(1), row.Text(2), row.GetInt64(3)),
            nowMs, leaseUntilMs, overMs, countMax);

    /// <returns>0: the lease ran out and another node has gone on; nothing changed.</returns>
    public static ValueTask<int> RecordAsync(Transaction transaction, EventPollCursor claimed, string? cursor, long dueMs) =>
        transaction.ExecuteAsync(PostponeSql, claimed.GameId, claimed.Channel, claimed.Lease, cursor, dueMs);
}
