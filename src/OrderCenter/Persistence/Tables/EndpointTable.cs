namespace OrderCenter.Persistence.Tables;

/// <summary>Every endpoint that callbacks wait for, and some that none do any more: statements and rows.</summary>
internal static class EndpointTable
{
    /// <summary>How long an endpoint is kept that nothing is queued for: 30 days in milliseconds.</summary>
    public const long KeptMs = 30L * 86_400_000;

    private static readonly SqlStatement UseSql = new(
        "INSERT INTO callback_endpoints (endpoint, game_id, used_ms) VALUES ($1, $2, $3) " +
        "ON CONFLICT (endpoint) DO UPDATE SET used_ms = excluded.used_ms WHERE callback_endpoints.used_ms < excluded.used_ms");

    private static readonly SqlStatement ListSql = new("SELECT endpoint, game_id FROM callback_endpoints");
    private static readonly SqlStatement OldSql = new(
        "SELECT endpoint FROM callback_endpoints WHERE used_ms < $1 ORDER BY used_ms, endpoint LIMIT $2");

    // One statement a state, and no join: where the tables are spread, they lie on different servers.
    private static readonly SqlStatement WaitingSql = new("SELECT 1 FROM callbacks WHERE endpoint = $1 AND status = 0 LIMIT 1");
    private static readonly SqlStatement LeasedSql = new("SELECT 1 FROM callbacks WHERE status = 1 AND endpoint = $1 LIMIT 1");

    // The time is repeated: one that is used meanwhile stays.
    private static readonly SqlStatement DeleteSql = new("DELETE FROM callback_endpoints WHERE endpoint = $1 AND used_ms < $2");
    private static readonly SqlStatement KeepSql = new("UPDATE callback_endpoints SET used_ms = $3 WHERE endpoint = $1 AND used_ms < $2");

    /// <summary>Makes an endpoint known, and when it was used.</summary>
    public static ValueTask<int> UseAsync(Transaction transaction, string endpoint, long gameId, long nowMs) =>
        transaction.ExecuteAsync(UseSql, endpoint, gameId, nowMs);

    public static ValueTask<List<(string Endpoint, long GameId)>> ListAsync(Transaction transaction) =>
        transaction.QueryAsync(ListSql, static row => (row.GetString(0), row.GetInt64(1)));

    /// <summary>Forgets old endpoints that no callback waits for; the others count as used now. What is exhausted or held inserts its
    /// endpoint again when it becomes due.</summary>
    /// <returns>How many were looked at.</returns>
    public static async ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, long nowMs, int most)
    {
        var old = await transaction.QueryAsync(OldSql, row => row.GetString(0), beforeMs, most);
        foreach (var endpoint in old)
        {
            var isUsed = (await transaction.QueryAsync(WaitingSql, row => row.GetInt32(0), endpoint)).Count > 0
                || (await transaction.QueryAsync(LeasedSql, row => row.GetInt32(0), endpoint)).Count > 0;
            _ = isUsed
                ? await transaction.ExecuteAsync(KeepSql, endpoint, beforeMs, nowMs)
                : await transaction.ExecuteAsync(DeleteSql, endpoint, beforeMs);
        }
        return old.Count;
    }
}
