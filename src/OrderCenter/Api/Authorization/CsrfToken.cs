using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

/// <summary>The token that writes under a session carry, bound to the session: an HMAC under what the cookie holds, which no script can
/// read. Another site can make a browser send the cookie, but cannot know the token.</summary>
internal static class CsrfToken
{
    public const string Header = "X-CSRF-Token";
    public const int CharactersMax = 43;

    public static string Of(Session session) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(session.Secret), "OrderCenter CSRF v1"u8));

    public static bool IsRight(Session session, string sent) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(Of(session)));

    /// <summary>Whether a browser says that another site caused the request. Requests of other programs say nothing.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
        {
            return true;
        }
        // The scheme is not compared: behind a proxy that ends TLS this service sees http.
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var site)
                && string.Equals(site.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
