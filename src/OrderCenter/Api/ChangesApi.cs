using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using OrderCenter.Changes;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>The feed of what happened to a game's orders (docs/changes.md).</summary>
internal sealed class ChangesApi(AppCatalog apps, ChangeFeed feed)
{
    private const int LimitDefault = 100;
    private const int LimitMax = 500;
    private const int CursorMax = 64;

    private static Answer ForeignCursor => Answer.Invalid("cursor", "must be a nextCursor that this game's feed gave");

    public static void Map(RouteGroupBuilder group, ChangesApi api) =>
        group.MapGet("/changes", (Delegate)api.ReadAsync).WithMetadata(new GamesMayRead())
            .WithSummary("What happened to a game's orders since a cursor, complete and in order: gameId, cursor, limit (1 to 500, default 100)")
            .Produces<ChangesJson>().ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status410Gone);

    private async Task<IResult> ReadAsync(HttpContext context)
    {
        // 1. Whose feed: a game's own token opens its own only.
        var query = context.Request.Query;
        var named = query["gameId"].ToString() is { Length: > 0 } name ? apps.Find(name)?.App : null;
        if (Access.Game(context) is { } own)
        {
            if (query.ContainsKey("gameId") && named?.GameId != own.GameId)
            {
                return Answer.Problem(StatusCodes.Status403Forbidden, $"this token reads the feed of game {own.GameId} only");
            }
            named = own;
        }
        if (named is not { GameId: var gameId })
        {
            return Answer.Invalid("gameId", "must be the number or the alias of an app");
        }

        // 2. From where, and how much.
        var limit = LimitDefault;
        if (query["limit"].ToString() is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax))
        {
            return Answer.Invalid("limit", $"must be 1 to {LimitMax}");
        }
        long? after = null;
        if (query["cursor"].ToString() is { Length: > 0 } cursor && (after = Parse(cursor, gameId)) is null)
        {
            return ForeignCursor;
        }

        // 3. The page.
        return await feed.ReadAsync(gameId, after, limit, context.RequestAborted) switch
        {
            FeedOutcome.Page page => Answer.Json(
                StatusCodes.Status200OK, new ChangesJson([.. page.Items.Select(Show)], Write(gameId, page.Next), page.HasMore), ApiJson.Readable.ChangesJson),
            FeedOutcome.Gone gone => Answer.Gone(
                $"what came behind this cursor is no longer kept; the oldest number that can be had is {gone.Oldest}: compare with a search of the orders, and begin without a cursor",
                gone.Oldest),
            _ => ForeignCursor,
        };
    }

    private static ChangeJson Show(FeedItem item)
    {
        var (number, change) = item.Numbered;
        return new ChangeJson(
            number, change.OrderId.Value, item.MerchantOrderId, ChangeEvents.Name(change.Event), change.Move, OrderText.Name(change.State.Pay),
            OrderText.Name(change.State.Progress), change.Reason, Times.Of(change.AtMs));
    }

    private static string Write(long gameId, long number) => WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes($"{gameId}:{number}"));

    /// <returns>Null: not a cursor of that game.</returns>
    private static long? Parse(string cursor, long gameId)
    {
        try
        {
            var text = cursor.Length > CursorMax ? "" : Encoding.ASCII.GetString(WebEncoders.Base64UrlDecode(cursor));
            return text.Split(':') is [var game, var number] && game == gameId.ToString(CultureInfo.InvariantCulture)
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var after) && after < long.MaxValue
                ? after
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>A page of a game's feed.</summary>
/// <param name="Items">In the order of their numbers, without a gap.</param>
/// <param name="NextCursor">For the next request; also of an empty page.</param>
/// <param name="HasMore">Whether there is more now.</param>
internal sealed record ChangesJson(IReadOnlyList<ChangeJson> Items, string NextCursor, bool HasMore);

/// <summary>A change of an order, and how the order stood after it.</summary>
/// <param name="Number">Its place in the game's feed, from 1 on.</param>
/// <param name="OrderId">The order.</param>
/// <param name="MerchantOrderId">The game's own number of the order.</param>
/// <param name="Event">What happened.</param>
/// <param name="Move">Its place within the order; 0: its creation.</param>
/// <param name="PayState">As of the order.</param>
/// <param name="State">As of the order.</param>
/// <param name="StateReason">Why it was held, closed or failed.</param>
/// <param name="At">When it happened.</param>
internal sealed record ChangeJson(
    long Number, string OrderId, string? MerchantOrderId, string Event, int Move, string PayState, string State, string? StateReason, DateTime At);
