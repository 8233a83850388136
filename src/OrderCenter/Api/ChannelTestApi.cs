using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;
using OrderCenter.Payments;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Asks a store whether an app's settings for it work.</summary>
internal sealed class ChannelTestApi(AppCatalog apps, ChannelRegistry channels, SettingsTests tests)
{
    public static void Map(RouteGroupBuilder group, ChannelTestApi api) =>
        group.MapPost("/apps/{gameId}/channels/{channel}/test", api.TestAsync).For(Role.Admin, GameSource.Route)
            .WithMetadata(new ResponseNotStored())
            .WithSummary("Ask the channel's store now whether it accepts the app's settings; nothing is changed")
            .Produces<ChannelTestJson>();

    private async Task<IResult> TestAsync(string gameId, string channel, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app } || !app.Channels.TryGetValue(channel, out var settings)
            || channels.Find(channel) is not { } known)
        {
            return ApiResult.NotFound("channel of this app");
        }
        var result = await tests.TestAsync(app, known, context.RequestAborted);
        var verdict = result switch
        {
            null => "notAsked",
            { Works: true } => "accepted",
            _ => "refused",
        };
        return ApiResult.Ok(
            new ChannelTestJson(verdict, result?.Message, [.. known.Warnings(settings)]), ApiJson.Readable.ChannelTestJson);
    }
}

/// <summary>Answer of <c>POST /apps/{gameId}/channels/{channel}/test</c>.</summary>
/// <param name="Verdict"><c>accepted</c>: the store accepts what we send, and what it answers can be verified; <c>refused</c>: it does not,
/// or could not be asked; <c>notAsked</c>: with these settings receipts are verified here alone, and the store is never asked.</param>
/// <param name="Reason">What the store said, or what to change; null: it was not asked.</param>
/// <param name="Warnings">What of the settings will not work, or not for long.</param>
internal sealed record ChannelTestJson(string Verdict, string? Reason, IReadOnlyList<string> Warnings);
