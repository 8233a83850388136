using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Operators;

/// <summary>The sessions, as rows: each request reads its session and its operator, so that a session ends on every node at once. It ends
/// after 12 hours, after 60 minutes without a request, at sign-out, and when its operator is disabled or changed.</summary>
public sealed class Sessions(Database database, TimeProvider clock)
{
    public static readonly TimeSpan LastsMax = TimeSpan.FromHours(12);
    public static readonly TimeSpan UnusedMax = TimeSpan.FromMinutes(60);

    /// <summary>A use is written only where the last one is older than this.</summary>
    private static readonly TimeSpan s_usedStep = TimeSpan.FromSeconds(10);

    private const int SecretBytes = 32;
    private const int PruneMax = 500;

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO sessions (session_key, operator_key, version, created_ms, used_ms) VALUES ($1, $2, $3, $4, $4)");

    private static readonly SqlStatement FindSql = new(
        "SELECT operator_key, version, created_ms, used_ms FROM sessions WHERE session_key = $1");

    private static readonly SqlStatement UseSql = new("UPDATE sessions SET used_ms = $2 WHERE session_key = $1 AND used_ms < $2");
    private static readonly SqlStatement RenewSql = new("UPDATE sessions SET version = $2, session_key = $3 WHERE session_key = $1");
    private static readonly SqlStatement DeleteSql = new("DELETE FROM sessions WHERE session_key = $1");
    private static readonly SqlStatement PruneSql = new(
        "DELETE FROM sessions WHERE created_ms + 0 < $1 " +
        "AND session_key IN (SELECT session_key FROM sessions WHERE created_ms < $1 ORDER BY created_ms LIMIT $2)");

    /// <summary>Draws what a cookie holds.</summary>
    internal static string Draw() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    internal static ValueTask<int> InsertAsync(Transaction transaction, string secret, Operator one, long nowMs) =>
        transaction.ExecuteAsync(InsertSql, KeyOf(secret), one.Key, one.Version, nowMs);

    /// <summary>Keeps a session through a change that its own operator makes.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="secret">What the cookie held until now.</param>
    /// <param name="next">What it holds from now on; the same: as before.</param>
    /// <param name="version">The operator's version after the change.</param>
    internal static ValueTask<int> RenewAsync(Transaction transaction, string secret, string next, long version) =>
        transaction.ExecuteAsync(RenewSql, KeyOf(secret), version, KeyOf(next));

    /// <summary>The session of a cookie; null: it has ended, or there never was one.</summary>
    public async Task<Session?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        // What is written as used is the time that was judged: a request that waited prolongs no session that ended meanwhile.
        var nowMs = clock.NowMs();
        if (await ReadAsync(secret, nowMs, cancellationToken) is not var (one, usedMs))
        {
            return null;
        }
        if (nowMs - usedMs >= s_usedStep.TotalMilliseconds)
        {
            try
            {
                await database.WriteAsync(transaction => transaction.ExecuteAsync(UseSql, KeyOf(secret), nowMs), cancellationToken);
            }
            catch (DatabaseBusyException)
            {
                // A database that takes no writes can still be read; the next request says again that the session is used.
            }
        }
        return new Session(secret, one);
    }

    /// <summary>Whether a session still holds; it does not count as used.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<bool> HoldsAsync(string secret, CancellationToken cancellationToken) =>
        await ReadAsync(secret, clock.NowMs(), cancellationToken) is not null;

    private async Task<(Operator Operator, long UsedMs)?> ReadAsync(string secret, long nowMs, CancellationToken cancellationToken)
    {
        var key = KeyOf(secret);
        var (row, one) = await database.ReadAsync(
            async transaction =>
            {
                var found = await transaction.FindAsync(
                    FindSql, row => new Row(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), key);
                return (found, found is null ? null : await OperatorTable.FindAsync(transaction, found.OperatorKey));
            },
            cancellationToken);
        if (row is null || one is null || one.IsDisabled || one.Version != row.Version
            || nowMs - row.CreatedMs >= LastsMax.TotalMilliseconds || nowMs - row.UsedMs >= UnusedMax.TotalMilliseconds)
        {
            return null;
        }
        return (one, row.UsedMs);
    }

    /// <summary>Signs out.</summary>
    public Task EndAsync(Session session, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return database.WriteAsync(
            async transaction =>
            {
                var ended = await transaction.ExecuteAsync(DeleteSql, KeyOf(session.Secret));
                if (ended == 1)
                {
                    AuditTrail.Append(transaction, new AuditFact("session.end", GameId: null, session.Operator.Name), nowMs);
                }
                return ended;
            },
            cancellationToken);
    }

    /// <summary>Deletes sessions that are over: a bounded number at a time.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = clock.NowMs() - (long)LastsMax.TotalMilliseconds;
        while (await database.UpkeepAsync(
            transaction => transaction.ExecuteAsync(PruneSql, beforeMs, PruneMax), cancellationToken) == PruneMax)
        {
        }
    }

    private static string KeyOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed record Row(string OperatorKey, long Version, long CreatedMs, long UsedMs);
}
