using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

/// <summary>The session's cookie, by ASP.NET Core's cookie authentication. It holds nothing but the session's secret, sealed.</summary>
internal static class SessionCookie
{
    public const string Name = "ordercenter_session";
    public const string Scheme = "session";
    private const string SecretClaim = "session";

    /// <summary>Signs in: sends the cookie.</summary>
    public static Task SendAsync(HttpContext context, Session session) =>
        context.SignInAsync(
            Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(SecretClaim, session.Secret)], Scheme)));

    /// <summary>Signs out: takes the cookie away.</summary>
    public static Task TakeAwayAsync(HttpContext context) => context.SignOutAsync(Scheme);

    public static bool IsSent(HttpContext context) => context.Request.Cookies.ContainsKey(Name);

    /// <summary>What the cookie holds; null: there is none, or it is not one of ours.</summary>
    public static async Task<string?> ReadAsync(HttpContext context) =>
        (await context.AuthenticateAsync(Scheme)).Principal?.FindFirstValue(SecretClaim);
}
