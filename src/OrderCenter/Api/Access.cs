using System.Security.Cryptography;
using System.Text;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>The bearer token of the native API; null: the API is closed.</summary>
internal sealed record AdminToken(Secret? Token);

/// <summary>Marks an endpoint where a game may read what is its own, with its own token.</summary>
internal sealed record GamesMayRead;

/// <summary>Lets in who bears the token, compared in constant time; and, where an endpoint says so, the game that bears its own.</summary>
internal sealed class Access(AdminToken admin, AppCatalog apps, TimeProvider clock) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private const string ActorHeader = "X-Actor";
    private const string ActorDefault = "admin";
    private const int ActorMax = 128;
    private const string ActorItem = "OrderCenter.Actor";
    private const string GameItem = "OrderCenter.Game";

    private readonly byte[]? _digest = admin.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal())) : null;

    /// <summary>Who acts, as the caller that bears the token says.</summary>
    public static string Actor(HttpContext context) => (string)context.Items[ActorItem]!;

    /// <summary>The game that asks with its own token, and may read nothing else; null: the bearer of the token of everything.</summary>
    public static App? Game(HttpContext context) => (App?)context.Items[GameItem];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var sent = http.Request.Headers.Authorization.ToString();
        if (http.GetEndpoint()?.Metadata.GetMetadata<GamesMayRead>() is not null && sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && GameToken.Find(apps, sent[Scheme.Length..].Trim(), http.Connection.RemoteIpAddress, clock) is { } game)
        {
            http.Items[GameItem] = game;
            http.Items[ActorItem] = $"game {game.GameId}";
            return await next(context);
        }
        if (_digest is null)
        {
            return Answer.Problem(StatusCodes.Status403Forbidden, "the native API is closed: Admin:Token is not set");
        }
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
