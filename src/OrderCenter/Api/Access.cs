using System.Security.Cryptography;
using System.Text;
using OrderCenter.Model;

namespace OrderCenter.Api;

/// <summary>The bearer token of the native API; null: the API is closed.</summary>
internal sealed record AdminToken(Secret? Token);

/// <summary>Lets in who bears the token, compared in constant time.</summary>
internal sealed class Access(AdminToken admin) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private const string ActorHeader = "X-Actor";
    private const string ActorDefault = "admin";
    private const int ActorMax = 128;
    private const string ActorItem = "OrderCenter.Actor";

    private readonly byte[]? _digest = admin.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal())) : null;

    /// <summary>Who acts, as the caller that bears the token says.</summary>
    public static string Actor(HttpContext context) => (string)context.Items[ActorItem]!;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (_digest is null)
        {
            return Answer.Problem(StatusCodes.Status403Forbidden, "the native API is closed: Admin:Token is not set");
        }
        var sent = http.Request.Headers.Authorization.ToString();
        if (!sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent[Scheme.Length..].Trim())), _digest))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Answer.Problem(StatusCodes.Status401Unauthorized, "Authorization must be: Bearer TOKEN, with the token of the setting Admin:Token");
        }
        var actor = http.Request.Headers[ActorHeader].ToString();
        if (actor.Length > ActorMax || actor.Any(char.IsControl))
        {
            return Answer.Invalid(ActorHeader, $"must be at most {ActorMax} characters");
        }
        http.Items[ActorItem] = actor.Length == 0 ? ActorDefault : actor;
        return await next(context);
    }
}
