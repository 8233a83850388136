using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Operators;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Api.Authorization;

/// <summary>Recognises bearer tokens: the installation's own, compared in constant time, and API tokens.</summary>
internal sealed class BearerTokens(AdminToken admin, ApiTokens tokens, TimeProvider clock)
{
    private const string Scheme = "Bearer ";
    internal const string ActorHeader = "X-Actor";
    private const string ActorDefault = "admin";
    internal const int ActorMax = 128;

    /// <summary>Wrong tokens that an address may send within ten minutes.</summary>
    private const int FailuresMax = 100;
    private const int KnownMax = 1024;
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(1);

    private readonly FailureLimit _failures = new(FailuresMax, TimeSpan.FromMinutes(10), clock);

    /// <summary>When a right token came from an address last.</summary>
    private readonly ConcurrentDictionary<IPAddress, long> _known = new();
    private readonly byte[]? _digest = admin.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal())) : null;

    /// <summary>The token of a request; empty: it has none.</summary>
    public static string Sent(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is var sent && sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? sent[Scheme.Length..].Trim()
            : "";

    /// <summary>Who bears the token of a request, or how it is refused.</summary>
    public async Task<(CallerAccess? Access, ApiResult? Refusal)> FindAsync(HttpContext http)
    {
        // An address that guesses is locked out for ten minutes, even with the right token: a response that distinguished it would defeat
        // the limit. An address that sent a right token within the last day is exempt, because a stranger behind the same proxy must not
        // lock out the operators.
        var caller = http.Connection.RemoteIpAddress;
        var sent = Sent(http);
        if (_digest is null && !sent.StartsWith(ApiTokens.Prefix, StringComparison.Ordinal))
        {
            return (null, ApiResult.Problem(
                StatusCodes.Status403Forbidden, "the native API is closed: Admin:Token is not set; sign in, or send an API token"));
        }
        if (_failures.SecondsBlocked(caller) is var seconds and > 0 && !Knows(caller))
        {
            return (null, TooMany(http, seconds));
        }
        if (_digest is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent)), _digest))
        {
            Remember(caller);
            return OfInstallation(http);
        }
        if (await tokens.FindAsync(sent, http.RequestAborted) is { } token)
        {
            return (new CallerAccess { Actor = token.Name, Via = CallerAccess.Token, Role = token.Role, Games = token.Games }, null);
        }

        // A request without a token guesses nothing.
        return (null, sent.Length > 0 && _failures.CountFailure(caller) is var wait and > 0 && !Knows(caller)
            ? TooMany(http, wait)
            : Unknown(http, "Authorization must be: Bearer TOKEN, with the token of the setting Admin:Token or an API token"));
    }

    /// <summary>401: nobody, or nobody any more.</summary>
    public static ApiResult Unknown(HttpContext http, string title)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiResult.Problem(StatusCodes.Status401Unauthorized, title);
    }

    public static ApiResult TooMany(HttpContext http, int seconds, string title = "too many wrong tokens came from this address")
    {
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiResult.Problem(StatusCodes.Status429TooManyRequests, $"{title}; try again later");
    }

    private static (CallerAccess? Access, ApiResult? Refusal) OfInstallation(HttpContext http)
    {
        var actor = http.Request.Headers[ActorHeader].ToString();
        return actor.Length > ActorMax || actor.Any(char.IsControl)
            ? (null, ApiResult.Invalid(ActorHeader, $"must be at most {ActorMax} characters"))
            : (new CallerAccess
            {
                Actor = actor.Length == 0 ? ActorDefault : actor, Via = CallerAccess.Installation, Role = Role.Admin,
            }, null);
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
}
