using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Operators;

/// <summary>API tokens: <c>oct_</c>, 16 characters that name the token, 43 that are its secret. The database has only the SHA-256 of the
/// whole; the secret has 256 random bits, so that a slow hash would add nothing. Each request reads its token: one that was deleted is void
/// on every node at once.</summary>
public sealed class ApiTokens(Database database, TimeProvider clock)
{
    public const string Prefix = "oct_";
    private const int IdLength = 16;
    private const int SecretBytes = 32;
    private const int Length = 63;
    private const int TokensMax = 1000;

    private const string Columns = "token_id, name, role, games, expires_ms, created_by, created_ms, digest";

    private static readonly SqlStatement InsertSql = new(
        $"INSERT INTO api_tokens ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token_id) DO NOTHING");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM api_tokens WHERE token_id = $1");
    private static readonly SqlStatement ListSql = new(
        $"SELECT {Columns} FROM api_tokens ORDER BY created_ms DESC, token_id LIMIT {TokensMax}");
    private static readonly SqlStatement CountSql = new("SELECT count(*) FROM api_tokens");
    private static readonly SqlStatement DeleteSql = new("DELETE FROM api_tokens WHERE token_id = $1");

    /// <summary>The token of a request; null: it is not known, or has expired.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<ApiToken?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var stored = await database.ReadAsync(
            transaction => transaction.FindAsync(FindSql, Read, text.Substring(Prefix.Length, IdLength)), cancellationToken);
        return stored is var (token, digest)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(digest), Encoding.UTF8.GetBytes(DigestOf(text)))
            && !(token.ExpiresMs <= clock.NowMs())
            ? token
            : null;
    }

    /// <summary>The tokens that have nothing beyond the limit, newest first.</summary>
    public async Task<List<ApiToken>> ListAsync(GameLimit games, CancellationToken cancellationToken) =>
    [
        .. (await database.SearchAsync(transaction => transaction.QueryAsync(ListSql, Read), cancellationToken))
            .Select(stored => stored.Token).Where(token => games.Covers(token.Games)),
    ];

    /// <summary>Makes a token. Its id is made of its name, so that a name is given once.</summary>
    /// <returns>The token with its text, which is shown once; no text: the name is taken, or there are too many.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<(ApiToken Token, string? Text)> CreateAsync(
        string name, Role role, GameLimit games, long? expiresMs, string createdBy, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Operator.KeyOf(name))))[..IdLength];
        var text = Prefix + id + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var token = new ApiToken
        {
            Id = id, Name = name, Role = role, Games = games, ExpiresMs = expiresMs, CreatedBy = createdBy, CreatedMs = clock.NowMs(),
        };
        var isNew = await database.WriteAsync(
            async transaction =>
            {
                if ((await transaction.QueryAsync(CountSql, row => row.GetInt64(0)))[0] >= TokensMax
                    || await transaction.ExecuteAsync(
                        InsertSql, id, name, (int)role, games.Text, expiresMs, createdBy, token.CreatedMs, DigestOf(text)) == 0)
                {
                    return false;
                }
                AuditTrail.Append(transaction, new AuditFact("token.create", GameId: null, name) { After = Text(token) }, token.CreatedMs);
                return true;
            },
            cancellationToken);
        return (token, isNew ? text : null);
    }

    /// <summary>Deletes a token; the audit log keeps what it did.</summary>
    /// <returns>False: there is none within the limit.</returns>
    public Task<bool> DeleteAsync(string id, GameLimit games, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return database.WriteAsync(
            async transaction =>
            {
                if (await transaction.FindAsync(FindSql, Read, id) is not var (token, _) || !games.Covers(token.Games)
                    || await transaction.ExecuteAsync(DeleteSql, id) == 0)
                {
                    return false;
                }
                AuditTrail.Append(transaction, new AuditFact("token.delete", GameId: null, token.Name) { Before = Text(token) }, nowMs);
                return true;
            },
            cancellationToken);
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(ApiToken token) =>
        $"{RoleTexts.All[token.Role]}, games {token.Games.Text ?? "all"}, "
        + (token.ExpiresMs is { } ms ? $"expires {DateTimeOffset.FromUnixTimeMilliseconds(ms):O}" : "does not expire");

    private static Stored Read(DbDataReader row) => new(
        new ApiToken
        {
            Id = row.GetString(0),
            Name = row.GetString(1),
            Role = (Role)row.GetInt32(2),
            Games = GameLimit.FromStore(row.Text(3)),
            ExpiresMs = row.Number(4),
            CreatedBy = row.GetString(5),
            CreatedMs = row.GetInt64(6),
        },
        row.GetString(7));

    private sealed record Stored(ApiToken Token, string Digest);
}
