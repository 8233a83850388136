using System.Globalization;
using System.Text.Json.Serialization;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain.Changes;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The change feed of a game's orders (docs/changes.md).</summary>
internal sealed class ChangesApi(AppCatalog apps, FeedReader feed)
{
    internal const int LimitDefault = 100;
    internal const int LimitMax = 500;

    /// <summary>Beyond any number: it is added to.</summary>
    private const long NumberMax = long.MaxValue / 2;

    public static void Map(RouteGroupBuilder group, ChangesApi api) =>
        group.MapGet("/changes", (Delegate)api.ReadAsync).For(Role.Viewer, GameSource.Query).WithMetadata(new GameTokenAllowed())
            .WithSummary(
                "What happened to a game's orders since a cursor, complete and in order: gameId, cursor, limit (1 to 500, default 100)")
            .TakesQuery(RouteQueries.Changes).Produces<ChangesJson>().ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status410Gone);

    private async Task<IResult> ReadAsync(HttpContext context)
    {
        // 1. Whose feed: a game's own token reads its own feed only.
        var query = new QueryFields(context.Request.Query);
        var access = CallerAccess.Of(context);
        var named = query.Text("gameId") is { } name ? apps.Find(name)?.App : null;
        if (access.Game is { } own)
        {
            if (context.Request.Query.ContainsKey("gameId") && named?.GameId != own.GameId)
            {
                return ApiResult.Problem(StatusCodes.Status403Forbidden, $"this token reads the feed of game {own.GameId} only");
            }
            named = own;
        }
        if (named is not { GameId: var gameId } || !access.Games.Allows(gameId))
        {
            return ApiResult.Invalid("gameId", "must be the number or the alias of an app");
        }

        // 2. From where, and how much.
        var limit = query.Number("limit", LimitDefault, LimitMax);
        FeedPosition? after = null;
        if (query.Text("cursor") is { } cursor && (after = ParseCursor(cursor, gameId)) is null)
        {
            query.Refuse("cursor", "must be a nextCursor that this game's feed gave");
        }
        if (query.Fault is { } fault)
        {
            return fault;
        }

        // 3. The page.
        return await feed.ReadAsync(gameId, after, limit, context.RequestAborted) switch
        {
            FeedOutcome.Page page => ApiResult.Ok(
                new ChangesJson([.. page.Items.Select(Show)], Cursor.Write($"{gameId}:{page.Next.Number}:{page.Next.Chain}"), page.HasMore),
                ApiJson.Readable.ChangesJson),
            FeedOutcome.Gone gone => ApiResult.Gone(
                $"what came behind this cursor is no longer kept; the oldest number that can be had is {gone.Oldest}: "
                + "compare with a search of the orders, and begin without a cursor",
                gone.Oldest),
            FeedOutcome.OtherHistory other => ApiResult.Gone(
                "this cursor is of a feed that this database does not have: it was restored to an earlier time, "
                + $"or the cursor is of an older form; the oldest number that can be had is {other.Oldest}: "
                + "begin without a cursor, and take each order as its last change says",
                other.Oldest),
            var unknown => throw new InvalidOperationException($"unknown outcome {unknown}"),
        };
    }

    private static ChangeJson Show(NumberedChange numbered)
    {
        var (number, change) = numbered;
        return new ChangeJson(
            number, change.OrderId.Value, change.MerchantOrderId, ChangeEvents.Name(change.Event), change.Move,
            EnumTexts.Pay[change.State.Pay],
            EnumTexts.Progress[change.State.Progress], change.Reason, Rfc3339Time.Of(change.AtMs))
        {
            RefundedMoney = change.RefundedMoney?.ToString(),
        };
    }

    /// <returns>Null: not a cursor of that game.</returns>
    private static FeedPosition? ParseCursor(string cursor, long gameId) =>
        Cursor.Parse(cursor) is [var game, var number, .. { Length: <= 1 } chain] && game == gameId.ToString(CultureInfo.InvariantCulture)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var after) && after < NumberMax
            ? new FeedPosition(after, chain.Length == 0 ? "" : chain[0])
            : null;
}

/// <summary>A page of a game's feed.</summary>
/// <param name="Items">In the order of their numbers, without a gap.</param>
/// <param name="NextCursor">For the next request; also of an empty page.</param>
/// <param name="HasMore">Whether there is more now.</param>
internal sealed record ChangesJson(IReadOnlyList<ChangeJson> Items, string NextCursor, bool HasMore);

/// <summary>A change of an order, and how the order stood after it.</summary>
/// <param name="Number">Its place in the game's feed, from 1 on.</param>
/// <param name="OrderId">The order.</param>
/// <param name="MerchantOrderId">The game's own number of the order, as far as it was known then.</param>
/// <param name="Event">What happened.</param>
/// <param name="Move">Its place within the order; 0: its creation.</param>
/// <param name="PayState">As of the order.</param>
/// <param name="State">As of the order.</param>
/// <param name="StateReason">Why it was held, closed or failed.</param>
/// <param name="At">When it happened.</param>
internal sealed record ChangeJson(
    long Number, string OrderId, string? MerchantOrderId, string Event, int Move, string PayState, string State, string? StateReason,
    DateTime At)
{
    /// <summary>What went back so far; only of <c>order.partiallyRefunded</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefundedMoney { get; init; }
}
