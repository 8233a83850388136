using System.Security.Cryptography;
using System.Text;
using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Api;

/// <summary>Writes that carry an <c>Idempotency-Key</c> are done once: the response is stored for a day and sent again to the same
/// request. The same key with another request is refused; so is one whose first request is still running.</summary>
internal sealed class Idempotency(Database store, TimeProvider clock) : IEndpointFilter
{
    public const string Header = "Idempotency-Key";
    internal const int KeyMax = 255;
    private const long UnderWayMaxMs = 60_000;
    private const long KeptMs = 86_400_000;
    private const int PruneMax = 500;

    private static readonly SqlStatement ClaimSql = new(
        "INSERT INTO request_keys (request_key, fingerprint, status, created_ms, lease_until_ms) VALUES ($1, $2, 0, $3, $4) "
        + "ON CONFLICT (request_key) DO NOTHING");

    // The claim of a request that died is taken over. Its key creates the order again, so that there still is one.
    private static readonly SqlStatement TakeOverSql = new(
        "UPDATE request_keys SET created_ms = $3, lease_until_ms = $4 "
        + "WHERE request_key = $1 AND fingerprint = $2 AND status = 0 AND lease_until_ms < $5");

    private static readonly SqlStatement FindSql = new("SELECT fingerprint, status, body FROM request_keys WHERE request_key = $1");
    private static readonly SqlStatement KeepSql = new(
        "UPDATE request_keys SET status = $2, body = $3 WHERE request_key = $1 AND status = 0");
    private static readonly SqlStatement ForgetSql = new("DELETE FROM request_keys WHERE request_key = $1 AND status = 0");

    // The time is checked again outside the subquery: a key that is taken over at this moment stays.
    private static readonly SqlStatement PruneSql = new(
        $"WITH old AS (SELECT request_key FROM request_keys WHERE created_ms < $1 ORDER BY created_ms LIMIT $2 {SqlStatement.SkipLocked}) "
        + "DELETE FROM request_keys WHERE created_ms + 0 < $1 AND request_key IN (SELECT request_key FROM old)");

    /// <summary>The key of a request that came with one, among the caller's own: for orders that have no number of the game's
    /// own.</summary>
    public static string? OwnKeyOf(HttpContext context) => KeyOf(context) is { } key ? CallerAccess.Of(context).KeyOf(key) : null;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var endpoint = http.GetEndpoint()?.Metadata;
        if (KeyOf(http) is not { } key || HttpMethods.IsGet(http.Request.Method) || endpoint?.GetMetadata<IdempotentBody>() is not null
            || endpoint?.GetMetadata<ResponseNotStored>() is not null)
        {
            return await next(context);
        }
        if (key.Length > KeyMax || key.Any(character => character is < '!' or > '~'))
        {
            return ApiResult.Invalid(Header, $"must be 1 to {KeyMax} printable ASCII characters");
        }
        if (await RequestBody.ReadBytesAsync(http) is not { } body)
        {
            return RequestBody.TooLarge;
        }
        var fingerprint = Fingerprint(http.Request, body.Span);
        key = CallerAccess.Of(http).KeyOf(key);
        if (await ClaimAsync(key, fingerprint, http.RequestAborted) is { } known)
        {
            return known;
        }

        // From here on the outcome is stored even when the caller has gone.
        try
        {
            var result = await next(context);
            // The fingerprint has no content type, so a 415 must not be replayed to the same body sent as JSON.
            var isKept = result is ApiResult { Status: < 500 and not StatusCodes.Status415UnsupportedMediaType };
            await (isKept ? KeepAsync(key, (ApiResult)result!) : ForgetAsync(key));
            return result;
        }
        catch
        {
            await ForgetAsync(key);
            throw;
        }
    }

    private static string? KeyOf(HttpContext context) => context.Request.Headers[Header].ToString() is { Length: > 0 } key ? key : null;

    /// <summary>Deletes responses that are a day old, a bounded number at a time.</summary>
    public static async Task PruneAsync(Database store, TimeProvider clock, CancellationToken cancellationToken)
    {
        var beforeMs = clock.NowMs() - KeptMs;
        Task<int> PruneSomeAsync() =>
            store.UpkeepAsync(transaction => transaction.ExecuteAsync(PruneSql, beforeMs, PruneMax), cancellationToken);

        while (await PruneSomeAsync() == PruneMax)
        {
        }
    }

    private Task<ApiResult?> ClaimAsync(string key, string fingerprint, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return store.WriteAsync<ApiResult?>(
            async transaction =>
            {
                var untilMs = store.Leases.NowMs + UnderWayMaxMs;
                if (await transaction.ExecuteAsync(ClaimSql, key, fingerprint, nowMs, untilMs) == 1
                    || await transaction.ExecuteAsync(TakeOverSql, key, fingerprint, nowMs, untilMs, store.Leases.OverMs) == 1)
                {
                    return null;
                }
                var first = await transaction.FindAsync(FindSql, row => new Kept(row.GetString(0), row.GetInt32(1), row.Text(2)), key);
                return first switch
                {
                    null => ApiResult.Problem(
                        StatusCodes.Status409Conflict, $"the first request with this {Header} was forgotten this moment; send it again"),
                    _ when first.Fingerprint != fingerprint => ApiResult.Problem(
                        StatusCodes.Status422UnprocessableEntity, $"{Header} was used before with another request"),
                    { Status: 0 } => ApiResult.Problem(
                        StatusCodes.Status409Conflict, $"the first request with this {Header} is still under way"),
                    _ => new ApiResult(
                        first.Status, Encoding.UTF8.GetBytes(first.Body ?? ""), isProblem: first.Status >= 400) { IsReplay = true },
                };
            },
            cancellationToken);
    }

    private Task KeepAsync(string key, ApiResult answer) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(KeepSql, key, answer.Status, Encoding.UTF8.GetString(answer.Body)),
            CancellationToken.None);

    private Task ForgetAsync(string key) =>
        store.WriteAsync(transaction => transaction.ExecuteAsync(ForgetSql, key), CancellationToken.None);

    private static string Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Kept(string Fingerprint, int Status, string? Body);
}
