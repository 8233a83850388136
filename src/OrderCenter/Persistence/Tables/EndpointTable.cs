using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>Every endpoint that callbacks wait for, and some that none do any more: statements and rows.</summary>
internal static class EndpointTable
{
    /// <summary>How long an endpoint is kept that nothing is queued for: 30 days in milliseconds.</summary>
    public const long KeptMs = 30L * 86_400_000;

    private const int PlaceBytes = 8;

    /// <summary>How long a place within the endpoints of a game is, in characters.</summary>
    public const int PlaceChars = 2 * PlaceBytes;

    private static readonly SqlStatement UseSql = new(
        "INSERT INTO callback_endpoints (endpoint, game_id, used_ms, place) VALUES ($1, $2, $3, $4) " +
        "ON CONFLICT (endpoint) DO UPDATE SET used_ms = excluded.used_ms WHERE callback_endpoints.used_ms < excluded.used_ms");

    private static readonly SqlStatement AllSql = new("SELECT endpoint, game_id FROM callback_endpoints");
    private static readonly SqlStatement ListSql = new(
        "SELECT endpoint, game_id, place FROM callback_endpoints WHERE (game_id, place) > ($1, $2) ORDER BY game_id, place LIMIT $3");

    private static readonly SqlStatement OfGameSql = new(
        "SELECT endpoint, game_id, place FROM callback_endpoints WHERE game_id = $1 AND place > $2 ORDER BY place LIMIT $3");

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
        transaction.ExecuteAsync(UseSql, endpoint, gameId, nowMs, PlaceOf(endpoint));

    public static ValueTask<List<(string Endpoint, long GameId)>> AllAsync(Transaction transaction) =>
        transaction.QueryAsync(AllSql, static row => (row.GetString(0), row.GetInt64(1)));

    /// <summary>The endpoints of the games behind a place, in the order of games and places.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="games">Whose endpoints.</param>
    /// <param name="afterGameId">The game of the last endpoint before; 0: from the first on.</param>
    /// <param name="afterPlace">Its place within its game; empty: from the first on.</param>
    /// <param name="limit">How many at most.</param>
    public static async ValueTask<List<KnownEndpoint>> ListAsync(
        Transaction transaction, GameLimit games, long afterGameId, string afterPlace, int limit)
    {
        if (games.Games is not { } limited)
        {
            return await transaction.QueryAsync(ListSql, Read, afterGameId, afterPlace, limit);
        }

        // A range of the index for each game, so that what is not the caller's is not read.
        var found = new List<KnownEndpoint>();
        foreach (var gameId in limited.Where(gameId => gameId >= afterGameId).TakeWhile(_ => found.Count < limit))
        {
            var after = gameId == afterGameId ? afterPlace : "";
            found.AddRange(await transaction.QueryAsync(OfGameSql, Read, gameId, after, limit - found.Count));
        }
        return found;
    }

    /// <summary>Where an endpoint stands within its game: wherever, but always there, and short.</summary>
    private static string PlaceOf(string endpoint) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)).AsSpan(0, PlaceBytes));

    private static KnownEndpoint Read(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2));

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

/// <summary>An endpoint that callbacks wait for or went to lately.</summary>
/// <param name="Endpoint">As <see cref="Domain.Callbacks.Callback.EndpointOf"/> names it.</param>
/// <param name="GameId">Its game.</param>
/// <param name="Place">Where it stands within its game.</param>
internal sealed record KnownEndpoint(string Endpoint, long GameId, string Place);
