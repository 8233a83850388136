using System.Security.Cryptography;
using System.Text;
using OrderCenter.Store;

namespace OrderCenter.Api;

/// <summary>Writes that carry an <c>Idempotency-Key</c> are done once: the answer is kept for a day and given again to the same request. The same key
/// with another request is refused; so is one whose first request is still under way.</summary>
internal sealed class Idempotency(Store.Store store, TimeProvider clock) : IEndpointFilter
{
    public const string Header = "Idempotency-Key";
    private const int KeyMax = 255;
    private const long UnderWayMaxMs = 60_000;
    private const long KeptMs = 86_400_000;
    private const int PruneMax = 500;

    private const string ClaimSql =
        "INSERT INTO request_keys (request_key, fingerprint, status, created_ms) VALUES ($1, $2, 0, $3) ON CONFLICT (request_key) DO NOTHING";

    // A first request that died is taken over; its key is used again where it makes an order, so that there still is one.
    private const string TakeOverSql =
        "UPDATE request_keys SET created_ms = $3 WHERE request_key = $1 AND fingerprint = $2 AND status = 0 AND created_ms < $4";

    private const string FindSql = "SELECT fingerprint, status, body FROM request_keys WHERE request_key = $1";
    private const string KeepSql = "UPDATE request_keys SET status = $2, body = $3 WHERE request_key = $1 AND status = 0";
    private const string ForgetSql = "DELETE FROM request_keys WHERE request_key = $1 AND status = 0";

    // The time is said again outside: a key that is taken over this very moment stays.
    private const string PruneSql =
        "DELETE FROM request_keys WHERE created_ms + 0 < $1 AND request_key IN (SELECT request_key FROM request_keys WHERE created_ms < $1 ORDER BY created_ms LIMIT $2)";

    /// <summary>The key of a request that came with one, for orders that have no number of the game's own.</summary>
    public static string? KeyOf(HttpContext context) => context.Request.Headers[Header].ToString() is { Length: > 0 } key ? key : null;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (KeyOf(http) is not { } key || HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<BodyIsItsKey>() is not null)
        {
            return await next(context);
        }
        if (key.Length > KeyMax || key.Any(character => character is < '!' or > '~'))
        {
            return Answer.Invalid(Header, $"must be 1 to {KeyMax} printable ASCII characters");
        }
        if (await Body.ReadBytesAsync(http) is not { } body)
        {
            return Body.TooLarge;
        }
        var fingerprint = Fingerprint(http.Request, body.Span);
        if (await ClaimAsync(key, fingerprint, http.RequestAborted) is { } known)
        {
            return known;
        }

        // From here on the outcome is recorded whether the caller still waits or not.
        try
        {
            var result = await next(context);
            // The content type is no part of what is compared, so that a refusal of it must not be given to the same body sent as JSON.
            var isKept = result is Answer { Status: < 500 and not StatusCodes.Status415UnsupportedMediaType };
            await (isKept ? KeepAsync(key, (Answer)result!) : ForgetAsync(key));
            return result;
        }
        catch
        {
            await ForgetAsync(key);
            throw;
        }
    }

    /// <summary>Forgets answers that are a day old, a bounded number at a time.</summary>
    public static async Task PruneAsync(Store.Store store, TimeProvider clock, CancellationToken cancellationToken)
    {
        var beforeMs = clock.GetUtcNow().ToUnixTimeMilliseconds() - KeptMs;
        while (await store.UpkeepAsync(transaction => transaction.ExecuteAsync(PruneSql, beforeMs, PruneMax), cancellationToken) == PruneMax)
        {
        }
    }

    private Task<Answer?> ClaimAsync(string key, string fingerprint, CancellationToken cancellationToken)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return store.WriteAsync<Answer?>(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(ClaimSql, key, fingerprint, nowMs) == 1
                    || await transaction.ExecuteAsync(TakeOverSql, key, fingerprint, nowMs, nowMs - UnderWayMaxMs) == 1)
                {
                    return null;
                }
                var first = await transaction.FindAsync(FindSql, row => new Kept(row.GetString(0), row.GetInt32(1), row.Text(2)), key);
                return first switch
                {
                    null => Answer.Problem(StatusCodes.Status409Conflict, $"the first request with this {Header} was forgotten this moment; send it again"),
                    _ when first.Fingerprint != fingerprint => Answer.Problem(StatusCodes.Status422UnprocessableEntity, $"{Header} was used before with another request"),
                    { Status: 0 } => Answer.Problem(StatusCodes.Status409Conflict, $"the first request with this {Header} is still under way"),
                    _ => new Answer(first.Status, Encoding.UTF8.GetBytes(first.Body ?? ""), isProblem: first.Status >= 400) { IsReplay = true },
                };
            },
            cancellationToken);
    }

    private Task KeepAsync(string key, Answer answer) =>
        store.WriteAsync(transaction => transaction.ExecuteAsync(KeepSql, key, answer.Status, Encoding.UTF8.GetString(answer.Body)), CancellationToken.None);

    private Task ForgetAsync(string key) => store.WriteAsync(transaction => transaction.ExecuteAsync(ForgetSql, key), CancellationToken.None);

    private static string Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Kept(string Fingerprint, int Status, string? Body);
}

/// <summary>An endpoint whose body is its own key: the same one is the same request, and it is not held in memory to be compared.</summary>
internal sealed class BodyIsItsKey;
