using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Protocols;

/// <summary>Decides whether a caller may act for an app: the app exists, is not disabled, has a protocol that the endpoint serves, and
/// allows the caller's address. A refusal never says which of these failed.</summary>
public sealed class CallerAuthorization(
    AppCatalog apps, AppRequestLimiter limiter, FailureRateLimit failureLimit, RefusalLog refusals, TimeProvider clock)
{
    /// <summary>One message for signature, app and address: it never says which.</summary>
    public const string NotAcceptedMessage = "the signature, the app or the caller's address is not accepted";

    private readonly FailureLimit _failures = new(failureLimit.FailuresPerMinute, TimeSpan.FromMinutes(1), clock);

    /// <summary>The app with that number or alias, where the caller may act for it; null otherwise.</summary>
    public App? Find(HttpContext context, string? gameId, params ReadOnlySpan<string> protocols) =>
        Check(context, apps.Find(gameId)?.App, protocols);

    /// <summary>The same by the number alone.</summary>
    public App? Find(HttpContext context, long gameId, params ReadOnlySpan<string> protocols) =>
        Check(context, apps.Find(gameId), protocols);

    /// <summary>The same from any address, for endpoints that require another proof of the caller.</summary>
    public App? FindFromAnywhere(string? gameId, params ReadOnlySpan<string> protocols) =>
        apps.Find(gameId)?.App is { Disabled: false } app && protocols.Contains(app.Protocol) ? app : null;

    /// <summary>The apps that the caller may act for; those whose order ids look like this one come first.</summary>
    public IEnumerable<App> FindCandidates(HttpContext context, OrderId id, string[] protocols) =>
        apps.All.Select(entry => Check(context, entry.App, protocols)).OfType<App>().OrderByDescending(app => id.CouldBelongTo(app.GameId));

    /// <summary>The app, with one request taken from its limits: after its signature was found good.</summary>
    /// <exception cref="TooManyRequestsException">Nothing is left of them.</exception>
    public App ConsumeRequest(HttpContext context, App app)
    {
        Begin(context, new AppRequests(RequestKind.Signed, app.GameId));
        return app;
    }

    /// <summary>Takes one unsigned request from limits of the same size beside the app's own.</summary>
    /// <exception cref="TooManyRequestsException">Nothing is left of them.</exception>
    public void ConsumeUnsignedRequest(HttpContext context, App? app) =>
        Begin(context, new AppRequests(RequestKind.Unsigned, app?.GameId ?? 0));

    /// <summary>Counts a caller that is not accepted. Only failures count, and only who fails is ever refused for them: a game with the
    /// right signature is served whoever else fails behind the same address.</summary>
    /// <exception cref="TooManyRequestsException">Its address has failed too often within a minute.</exception>
    public void CountFailure(HttpContext context, string endpoints, string? gameId, string? cause = null)
    {
        var caller = context.Connection.RemoteIpAddress;
        if (_failures.CountFailure(caller) is var seconds and > 0)
        {
            throw new TooManyRequestsException("too many requests of this address were not accepted; try again later", seconds);
        }
        var app = apps.Find(gameId)?.App;
        cause ??= app is null or { Disabled: true } ? RefusalLog.App : !app.Allows(caller) ? RefusalLog.Address : RefusalLog.Signature;
        refusals.Count(endpoints, cause, caller, $"gameid {(app is null ? Short(gameId) : app.GameId)}");
    }

    private void Begin(HttpContext context, AppRequests requests)
    {
        if (!limiter.TryBegin(requests, out var inProgress))
        {
            throw new TooManyRequestsException();
        }
        if (inProgress is not null)
        {
            context.Response.RegisterForDispose(inProgress);
        }
    }

    private static string Short(string? text) => text is null ? "is missing" : text.Length <= 32 ? text : text[..32] + "…";

    private static App? Check(HttpContext context, App? app, ReadOnlySpan<string> protocols) =>
        app is { Disabled: false } && protocols.Contains(app.Protocol) && app.Allows(context.Connection.RemoteIpAddress) ? app : null;
}
