using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Api;

/// <summary>Requires the bearer token, compared in constant time; where an endpoint allows it, a game may use its own token.</summary>
internal sealed class BearerTokenFilter(AdminToken admin, AppCatalog apps, TimeProvider clock) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    internal const string ActorHeader = "X-Actor";
    private const string ActorDefault = "admin";
    internal const int ActorMax = 128;
    private const string ActorItem = "OrderCenter.Actor";
    private const string GameItem = "OrderCenter.Game";

    /// <summary>Wrong tokens that an address may send within ten minutes.</summary>
    private const int FailuresMax = 100;
    private const int KnownMax = 1024;
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(1);

    private readonly FailureLimit _failures = new(FailuresMax, TimeSpan.FromMinutes(10), clock);

    /// <summary>When the right token came from an address last.</summary>
    private readonly ConcurrentDictionary<IPAddress, long> _known = new();
    private readonly byte[]? _digest = admin.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal())) : null;

    /// <summary>Who acts, as the caller that bears the token says.</summary>
    public static string Actor(HttpContext context) => (string)context.Items[ActorItem]!;

    /// <summary>The game that uses its own token, and may read nothing else; null: the caller has the admin token.</summary>
    public static App? Game(HttpContext context) => (App?)context.Items[GameItem];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var sent = http.Request.Headers.Authorization.ToString();
        if (http.GetEndpoint()?.Metadata.GetMetadata<GameTokenAllowed>() is not null
            && sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && GameToken.Find(apps, sent[Scheme.Length..].Trim(), http.Connection.RemoteIpAddress, clock) is { } game)
        {
            http.Items[GameItem] = game;
            http.Items[ActorItem] = $"game {game.GameId}";
            return await next(context);
        }
        if (_digest is null)
        {
            return ApiResult.Problem(StatusCodes.Status403Forbidden, "the native API is closed: Admin:Token is not set");
        }
        if (Refused(http, sent, _digest) is { } refused)
        {
            return refused;
        }
        var actor = http.Request.Headers[ActorHeader].ToString();
        if (actor.Length > ActorMax || actor.Any(char.IsControl))
        {
            return ApiResult.Invalid(ActorHeader, $"must be at most {ActorMax} characters");
        }
        http.Items[ActorItem] = actor.Length == 0 ? ActorDefault : actor;
        return await next(context);
    }

    /// <summary>An address that guesses is locked out for ten minutes, even with the right token: a response that distinguished it would
    /// defeat the limit. An address that sent the right token within the last day is exempt, because a stranger behind the same proxy must
    /// not lock out the operators.</summary>
    private ApiResult? Refused(HttpContext http, string sent, byte[] digest)
    {
        var caller = http.Connection.RemoteIpAddress;
        if (_failures.SecondsBlocked(caller) is var seconds and > 0 && !Knows(caller))
        {
            return TooMany(http, seconds);
        }
        var token = sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? sent[Scheme.Length..].Trim() : "";
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), digest))
        {
            Remember(caller);
            return null;
        }

        // A request without a token guesses nothing.
        if (token.Length > 0 && _failures.CountFailure(caller) is var wait and > 0 && !Knows(caller))
        {
            return TooMany(http, wait);
        }
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiResult.Problem(
            StatusCodes.Status401Unauthorized, "Authorization must be: Bearer TOKEN, with the token of the setting Admin:Token");
    }

    private bool Knows(IPAddress? caller) =>
        caller is not null && _known.TryGetValue(caller, out var at) && clock.GetElapsedTime(at) < KnownFor;

    private void Remember(IPAddress? caller)
    {
        if (caller is null || (_known.TryGetValue(caller, out var at) && clock.GetElapsedTime(at) < KnownFor / 2))
        {
            return;
        }
        if (_known.Count >= KnownMax)
        {
            _known.Clear();
        }
        _known[caller] = clock.GetTimestamp();
    }

    private static ApiResult TooMany(HttpContext http, int seconds)
    {
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiResult.Problem(StatusCodes.Status429TooManyRequests, "too many wrong tokens came from this address; try again later");
    }
}
