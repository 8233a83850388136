using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Accounts;

/// <summary>The users and their openIds, one for each game.</summary>
public sealed class Users(Database database, TimeProvider clock)
{
    private const int DrawsMax = 16;

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO users (uid, plat_account, user_name, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $4) " +
        "ON CONFLICT (uid) DO NOTHING");

    private static readonly SqlStatement OpenAccountSql = new(
        "INSERT INTO points_balances (uid, balance_e4) VALUES ($1, 0) ON CONFLICT (uid) DO NOTHING");

    private static readonly SqlStatement UpdateSql = new(
        "UPDATE users SET plat_account = coalesce($2, plat_account), user_name = coalesce($3, user_name), updated_ms = $4 WHERE uid = $1 " +
        "RETURNING plat_account, user_name");

    private static readonly SqlStatement FindSql = new("SELECT plat_account, user_name FROM users WHERE uid = $1");

    private static readonly SqlStatement InsertOfUserSql = new(
        "INSERT INTO user_open_ids (uid, game_id, open_id) VALUES ($1, $2, $3) ON CONFLICT (uid, game_id) DO NOTHING");
    private static readonly SqlStatement FindOfUserSql = new("SELECT open_id FROM user_open_ids WHERE uid = $1 AND game_id = $2");
    private static readonly SqlStatement GamesOfUserSql = new("SELECT game_id FROM user_open_ids WHERE uid = $1");
    private static readonly SqlStatement OpenIdsOfUserSql = new(
        "SELECT game_id, open_id FROM user_open_ids WHERE uid = $1 ORDER BY game_id LIMIT $2");
    private static readonly SqlStatement DeleteOfUserSql = new(
        "DELETE FROM user_open_ids WHERE uid = $1 AND game_id = $2 AND open_id = $3");
    private static readonly SqlStatement InsertOpenIdSql = new(
        "INSERT INTO open_ids (open_id, uid, game_id) VALUES ($1, $2, $3) ON CONFLICT (open_id) DO NOTHING");
    private static readonly SqlStatement DeleteOpenIdSql = new("DELETE FROM open_ids WHERE open_id = $1");
    private static readonly SqlStatement FindOpenIdSql = new("SELECT uid, game_id FROM open_ids WHERE open_id = $1");

    /// <summary>Creates or changes a user, with an empty points account. Null keeps the value; it is empty for a new user.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    /// <returns>Null: the limit leaves the caller no such user.</returns>
    public Task<UserChange?> PutAsync(
        string uid, string? platAccount, string? userName, GameLimit games, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return database.WriteAsync<UserChange?>(
            async transaction =>
            {
                if (!await IsWithinAsync(transaction, uid, games))
                {
                    return null;
                }
                var before = await FindAsync(transaction, uid);
                if (await transaction.ExecuteAsync(InsertSql, uid, platAccount ?? "", userName ?? "", nowMs) == 1)
                {
                    await transaction.ExecuteAsync(OpenAccountSql, uid);
                    Audit(transaction, "user.create", uid, before: null, Text(platAccount ?? "", userName ?? ""), nowMs);
                    return new UserChange(new User(uid, platAccount ?? "", userName ?? ""), IsNew: true);
                }
                var users = await transaction.QueryAsync(
                    UpdateSql, row => new User(uid, row.GetString(0), row.GetString(1)), uid, platAccount, userName, nowMs);
                Audit(
                    transaction, "user.change", uid, before is null ? null : Text(before.PlatAccount, before.UserName),
                    Text(users[0].PlatAccount, users[0].UserName), nowMs);
                return new UserChange(users[0], IsNew: false);
            },
            cancellationToken);
    }

    /// <summary>As the other, for a caller without a limit.</summary>
    public async Task<UserChange> PutAsync(string uid, string? platAccount, string? userName, CancellationToken cancellationToken) =>
        (await PutAsync(uid, platAccount, userName, GameLimit.None, cancellationToken))!;

    /// <summary>The user's openId in a game; it is assigned at the first call and stays the same.</summary>
    /// <returns>Null: there is no such user.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<OpenIdAssignment?> AssignOpenIdAsync(
        string uid, long gameId, GameLimit games, CancellationToken cancellationToken)
    {
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var drawn = OpenId.Draw();
            var nowMs = clock.NowMs();
            switch (await database.WriteAsync(
                transaction => TryAssignAsync(transaction, uid, gameId, drawn, games, nowMs), cancellationToken))
            {
                case Assignment.Assigned assigned:
                    return assigned.OpenId;
                case Assignment.NoUser:
                    return null;
            }
        }
        throw new DatabaseBusyException($"no free openId was found in {DrawsMax} draws");
    }

    /// <summary>The user of an openId; null: there is none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<Login?> FindLoginAsync(OpenId openId, CancellationToken cancellationToken) =>
        database.ReadAsync<Login?>(
            async transaction =>
            {
                var holders = await transaction.QueryAsync(
                    FindOpenIdSql, row => (Uid: row.GetString(0), GameId: row.GetInt64(1)), openId.Value);
                return holders is [var (uid, gameId)] ? new Login(openId, gameId, (await FindAsync(transaction, uid))!) : null;
            },
            cancellationToken);

    /// <summary>The player of an openId, or a user in each of his games, as far as a limit allows: his number, the game and his openId
    /// there.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<List<(string Uid, long GameId, string OpenId)>> FindPlayersAsync(
        string openIdOrUid, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                var byOpenId = transaction.QueryAsync(
                    FindOpenIdSql, row => (row.GetString(0), row.GetInt64(1), openIdOrUid), openIdOrUid).AsTask();
                var byUid = transaction.QueryAsync(
                    OpenIdsOfUserSql, row => (openIdOrUid, row.GetInt64(0), row.GetString(1)), openIdOrUid, GameLimit.GamesMax).AsTask();
                return (await byOpenId).Concat(await byUid).Where(player => games.Allows(player.Item2)).ToList();
            },
            cancellationToken);

    /// <summary>Ends a user's account in a game: his openId there is gone. Where it was his last game, so are his account at the platform
    /// and his name; the ledger of his points stays.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="uid">The user; nothing is done where he is not in the game.</param>
    /// <param name="gameId">The game.</param>
    /// <param name="marker">What stands in place of his account at the platform.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static async ValueTask LeaveGameAsync(Transaction transaction, string uid, long gameId, string marker, long nowMs)
    {
        if (await transaction.FindAsync(FindOfUserSql, row => row.GetString(0), uid, gameId) is not { } openId)
        {
            return;
        }
        await transaction.ExecuteAsync(DeleteOpenIdSql, openId);
        await transaction.ExecuteAsync(DeleteOfUserSql, uid, gameId, openId);
        if ((await transaction.QueryAsync(GamesOfUserSql, row => row.GetInt64(0), uid)).Count == 0)
        {
            await transaction.QueryAsync(UpdateSql, row => row.GetString(0), uid, marker, "", nowMs);
        }
    }

    internal static ValueTask<User?> FindAsync(Transaction transaction, string uid) =>
        transaction.FindAsync(FindSql, row => new User(uid, row.GetString(0), row.GetString(1)), uid);

    /// <summary>Whether a user is in a game of the limit: only then he is there for a limited caller.</summary>
    internal static async ValueTask<bool> IsWithinAsync(Transaction transaction, string uid, GameLimit games) =>
        games.Games is null
        || (await transaction.QueryAsync(GamesOfUserSql, row => row.GetInt64(0), uid)).Any(games.Allows);

    private static string Text(string platAccount, string userName) => $"{platAccount} {userName}".Trim();

    private static void Audit(Transaction transaction, string action, string uid, string? before, string after, long nowMs) =>
        AuditTrail.Append(transaction, new AuditFact(action, GameId: null, uid) { Before = before, After = after }, nowMs);

    /// <returns>Null: the drawn openId is taken; draw again.</returns>
    private static async ValueTask<Assignment?> TryAssignAsync(
        Transaction transaction, string uid, long gameId, OpenId drawn, GameLimit games, long nowMs)
    {
        if (await FindAsync(transaction, uid) is null || !await IsWithinAsync(transaction, uid, games))
        {
            return new Assignment.NoUser();
        }
        if (await transaction.ExecuteAsync(InsertOfUserSql, uid, gameId, drawn.Value) == 0)
        {
            var first = await transaction.FindAsync(FindOfUserSql, row => row.GetString(0), uid, gameId);
            return new Assignment.Assigned(new OpenIdAssignment(OpenId.FromStore(first!), IsNew: false));
        }
        if (await transaction.ExecuteAsync(InsertOpenIdSql, drawn.Value, uid, gameId) == 1)
        {
            AuditTrail.Append(transaction, new AuditFact("user.openid", gameId, uid) { After = drawn.Value }, nowMs);
            return new Assignment.Assigned(new OpenIdAssignment(drawn, IsNew: true));
        }
        await transaction.ExecuteAsync(DeleteOfUserSql, uid, gameId, drawn.Value);
        return null;
    }

    private abstract record Assignment
    {
        public sealed record Assigned(OpenIdAssignment OpenId) : Assignment;

        public sealed record NoUser : Assignment;
    }
}
