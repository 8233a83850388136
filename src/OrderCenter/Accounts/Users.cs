using OrderCenter.Store;

namespace OrderCenter.Accounts;

/// <summary>A player as the platform knows him, in whatever game.</summary>
public sealed record User(string Uid, string PlatAccount, string UserName);

/// <summary>A player in one game.</summary>
public sealed record Login(OpenId OpenId, long GameId, User User);

/// <summary>A user as he stands after a change, and whether there was none before.</summary>
public sealed record UserPut(User User, bool IsNew);

/// <summary>A user's openId in a game, and whether it was made now.</summary>
public sealed record OpenIdGiven(OpenId OpenId, bool IsNew);

/// <summary>The users and their openIds.</summary>
public sealed class Users(Store.Store store, TimeProvider clock)
{
    private const int DrawsMax = 16;

    private const string InsertSql =
        "INSERT INTO users (uid, plat_account, user_name, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (uid) DO NOTHING";

    private const string OpenAccountSql = "INSERT INTO points_balances (uid, balance_e4) VALUES ($1, 0) ON CONFLICT (uid) DO NOTHING";

    private const string UpdateSql =
        "UPDATE users SET plat_account = coalesce($2, plat_account), user_name = coalesce($3, user_name), updated_ms = $4 WHERE uid = $1 " +
        "RETURNING plat_account, user_name";

    private const string FindSql = "SELECT plat_account, user_name FROM users WHERE uid = $1";

    private const string InsertOfUserSql = "INSERT INTO user_open_ids (uid, game_id, open_id) VALUES ($1, $2, $3) ON CONFLICT (uid, game_id) DO NOTHING";
    private const string FindOfUserSql = "SELECT open_id FROM user_open_ids WHERE uid = $1 AND game_id = $2";
    private const string DeleteOfUserSql = "DELETE FROM user_open_ids WHERE uid = $1 AND game_id = $2 AND open_id = $3";
    private const string InsertOpenIdSql = "INSERT INTO open_ids (open_id, uid, game_id) VALUES ($1, $2, $3) ON CONFLICT (open_id) DO NOTHING";
    private const string FindOpenIdSql = "SELECT uid, game_id FROM open_ids WHERE open_id = $1";

    /// <summary>Creates or changes a user, with an empty points account. Null keeps what is there; a new user without it has the empty text.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public Task<UserPut> PutAsync(string uid, string? platAccount, string? userName, CancellationToken cancellationToken)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return store.WriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(InsertSql, uid, platAccount ?? "", userName ?? "", nowMs) == 1)
                {
                    await transaction.ExecuteAsync(OpenAccountSql, uid);
                    return new UserPut(new User(uid, platAccount ?? "", userName ?? ""), IsNew: true);
                }
                var users = await transaction.QueryAsync(UpdateSql, row => new User(uid, row.GetString(0), row.GetString(1)), uid, platAccount, userName, nowMs);
                return new UserPut(users[0], IsNew: false);
            },
            cancellationToken);
    }

    /// <summary>The user's openId in a game; made at the first call, the same ever after, however many ask at once.</summary>
    /// <returns>Null: there is no such user.</returns>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<OpenIdGiven?> GiveOpenIdAsync(string uid, long gameId, CancellationToken cancellationToken)
    {
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var drawn = OpenId.Draw();
            switch (await store.WriteAsync(transaction => TryGiveAsync(transaction, uid, gameId, drawn), cancellationToken))
            {
                case Giving.Given given:
                    return given.OpenId;
                case Giving.NoUser:
                    return null;
            }
        }
        throw new StoreBusyException($"no free openId was found in {DrawsMax} draws");
    }

    /// <summary>Who an openId is; null: nobody.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public Task<Login?> FindLoginAsync(OpenId openId, CancellationToken cancellationToken) =>
        store.ReadAsync<Login?>(
            async transaction =>
            {
                var holders = await transaction.QueryAsync(FindOpenIdSql, row => (Uid: row.GetString(0), GameId: row.GetInt64(1)), openId.Value);
                return holders is [var (uid, gameId)] ? new Login(openId, gameId, (await FindAsync(transaction, uid))!) : null;
            },
            cancellationToken);

    internal static ValueTask<User?> FindAsync(Transaction transaction, string uid) =>
        transaction.FindAsync(FindSql, row => new User(uid, row.GetString(0), row.GetString(1)), uid);

    /// <returns>Null: the drawn openId is taken; draw again.</returns>
    private static async ValueTask<Giving?> TryGiveAsync(Transaction transaction, string uid, long gameId, OpenId drawn)
    {
        if (await FindAsync(transaction, uid) is null)
        {
            return new Giving.NoUser();
        }
        if (await transaction.ExecuteAsync(InsertOfUserSql, uid, gameId, drawn.Value) == 0)
        {
            var first = await transaction.FindAsync(FindOfUserSql, row => row.GetString(0), uid, gameId);
            return new Giving.Given(new OpenIdGiven(OpenId.FromStore(first!), IsNew: false));
        }
        if (await transaction.ExecuteAsync(InsertOpenIdSql, drawn.Value, uid, gameId) == 1)
        {
            return new Giving.Given(new OpenIdGiven(drawn, IsNew: true));
        }
        await transaction.ExecuteAsync(DeleteOfUserSql, uid, gameId, drawn.Value);
        return null;
    }

    private abstract record Giving
    {
        public sealed record Given(OpenIdGiven OpenId) : Giving;

        public sealed record NoUser : Giving;
    }
}
