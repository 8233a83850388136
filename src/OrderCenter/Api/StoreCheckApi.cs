using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Asks a store whether it accepts an app's settings.</summary>
internal sealed class StoreCheckApi(AppCatalog apps, StoreCheck check)
{
    public static void Map(RouteGroupBuilder group, StoreCheckApi api) =>
        group.MapPost("/apps/{gameId}/channels/{channel}/test", api.TestAsync).For(Role.Admin, GameSource.Route)
            .WithSummary("Ask the channel's store now whether it accepts the app's settings; nothing is changed")
            .Produces<StoreCheckJson>();

    private async Task<IResult> TestAsync(string gameId, string channel, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        if (!app.Channels.ContainsKey(channel))
        {
            return ApiResult.NotFound("channel");
        }
        var answer = await check.RunAsync(app, channel, context.RequestAborted) switch
        {
            (true, _) => new StoreCheckJson("accepted", null),
            (false, var reason) => new StoreCheckJson("refused", reason),
            null => new StoreCheckJson("notAsked", null),
        };
        return ApiResult.Ok(answer, ApiJson.Readable.StoreCheckJson);
    }
}

/// <summary>What a store says of an app's settings.</summary>
/// <param name="Verdict"><c>accepted</c>; <c>refused</c>: the store refuses them, or could not be asked; <c>notAsked</c>: with these
/// settings receipts are verified here alone, and the store is never asked.</param>
/// <param name="Reason">Why it is refused; null: it is not.</param>
internal sealed record StoreCheckJson(string Verdict, string? Reason);
