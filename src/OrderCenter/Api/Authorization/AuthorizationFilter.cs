using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Persistence;

namespace OrderCenter.Api.Authorization;

/// <summary>The one place where calls of the native API are authorized: who calls (a game's own token, a bearer token, a session), whether
/// the session's writes are its own (CSRF), whether the role suffices, and, where the game stands in the address, whether it is his. The
/// rest of the limit to games is a condition of each query (<see cref="CallerAccess.Games"/>).</summary>
internal sealed class AuthorizationFilter(BearerTokens tokens, Sessions sessions, AppCatalog apps, TimeProvider clock) : IEndpointFilter
{
    private const string GameIdValue = "gameId";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<AccessRule>() is not { } rule)
        {
            return ApiResult.Problem(StatusCodes.Status403Forbidden, "nobody may call this: it declares no role");
        }
        var (access, refusal) = await AuthenticateAsync(http, rule);
        if (access is null)
        {
            return refusal;
        }
        access.Set(http);
        if (WhyNot(http, rule, access) is { } refused)
        {
            return refused;
        }
        AuditScope.Caller = access.Role is { } role
            ? new Caller(access.Actor, access.Via, RoleTexts.All[role], http.Connection.RemoteIpAddress?.ToString())
            : null;
        return await next(context);
    }

    private async Task<(CallerAccess? Access, ApiResult? Refusal)> AuthenticateAsync(HttpContext http, AccessRule rule)
    {
        if (rule.IsOpen)
        {
            return (new CallerAccess { Actor = "", Via = "" }, null);
        }
        if (http.GetEndpoint()!.Metadata.GetMetadata<GameTokenAllowed>() is not null
            && GameToken.Find(apps, BearerTokens.Sent(http), http.Connection.RemoteIpAddress, clock) is { } game)
        {
            return (new CallerAccess { Actor = $"game {game.GameId}", Via = CallerAccess.GameText, Game = game }, null);
        }

        // A bearer token counts alone: a cookie that comes with it is not looked at.
        if (http.Request.Headers.Authorization.Count > 0 || (rule.Role is not null && !SessionCookie.IsSent(http)))
        {
            return await tokens.FindAsync(http);
        }
        return await SessionCookie.ReadAsync(http) is { } secret && await sessions.FindAsync(secret, http.RequestAborted) is { } session
            ? (new CallerAccess
            {
                Actor = session.Operator.Name, Via = CallerAccess.SessionText, Role = session.Operator.Role,
                Games = session.Operator.Games, Session = session,
            }, null)
            : (null, BearerTokens.Unknown(http, "there is no session, or it has ended: sign in"));
    }

    private ApiResult? WhyNot(HttpContext http, AccessRule rule, CallerAccess access)
    {
        var isWrite = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (isWrite && (access.Session is not null || rule.IsOpen) && CsrfToken.IsForeign(http.Request))
        {
            return Forbidden("another site caused this request");
        }
        if (isWrite && access.Session is { } session && !CsrfToken.IsRight(session, http.Request.Headers[CsrfToken.Header].ToString()))
        {
            return Forbidden($"{CsrfToken.Header} must be the csrfToken that the session was given");
        }
        if (access.Session?.Operator.MustChangePassword == true && !rule.AllowsFirstPassword)
        {
            return Forbidden("the first password must be changed before anything else");
        }
        if (access.Role is { } role && rule.Role is { } least && role < least)
        {
            return Forbidden($"this needs the role {RoleTexts.All[least]}; yours is {RoleTexts.All[role]}");
        }
        return rule.Game == GameSource.Route && !IsWithin(access.Games, http.Request.RouteValues[GameIdValue] as string)
            ? ApiResult.NotFound("app")
            : null;
    }

    /// <summary>Whether an app in the address, by its number or its alias, is within the limit. What is no app at all is the endpoint's to
    /// say, where there is no limit.</summary>
    private bool IsWithin(GameLimit games, string? name) =>
        games.Games is null
        || (AppCatalog.TryGameId(name ?? "", out var number) ? games.Allows(number)
            : apps.Find(name) is { App.GameId: var gameId } && games.Allows(gameId));

    private static ApiResult Forbidden(string title) => ApiResult.Problem(StatusCodes.Status403Forbidden, title);
}
