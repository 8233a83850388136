using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using OrderCenter.Api.Authorization;
using OrderCenter.Operators;

namespace OrderCenter.Hosting;

/// <summary>Registers ASP.NET Core's cookie authentication for the session, and nothing that it would bring along: no default scheme, so
/// that requests of games are not looked at, and no key ring on this machine's disk.</summary>
internal static class SessionCookieRegistration
{
    public static void AddSessionCookie(this IServiceCollection services)
    {
        services.AddSingleton<IDataProtectionProvider>(provider =>
            new VaultDataProtection(provider.GetRequiredService<Persistence.Vault>()));
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        new AuthenticationBuilder(services).AddCookie(SessionCookie.Scheme, options =>
        {
            options.Cookie.Name = SessionCookie.Name;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.Path = "/";
            options.ExpireTimeSpan = Sessions.LastsMax;
            options.SlidingExpiration = false;
        });
    }
}
