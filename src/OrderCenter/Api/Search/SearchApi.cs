using OrderCenter.Accounts;
using OrderCenter.Api.Authorization;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Operators;
using OrderCenter.Orders.Queries;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api.Search;

/// <summary>One box for whatever number somebody has in his hand (contract.md, "Finding, counting, live"). Each look-up is by a key or an
/// index, so that it costs the same however many orders there are.</summary>
internal sealed class SearchApi(OrderQueries orders, CallbackAdministration callbacks, NotificationStore notifications, Users users)
{
    /// <summary>A purchase token of Google may be so long.</summary>
    public const int CharactersMax = 2048;
    private const int ItemsMax = 50;

    public static void Map(RouteGroupBuilder group, SearchApi api) =>
        group.MapGet("/search", (Delegate)api.SearchAsync).For(Role.Viewer, GameSource.Query)
            .TakesQuery(RouteQueries.Search).Produces<SearchJson>()
            .WithSummary("Orders, players, callbacks and notifications that a number names, exactly");

    private async Task<IResult> SearchAsync(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var text = query.Text("q");
        if (!RequestBody.IsText(text, CharactersMax) || text.Any(char.IsControl))
        {
            query.Refuse("q", $"must be 1 to {CharactersMax} characters, none of them a control character");
            return query.Fault!;
        }
        var (games, cancellationToken) = (CallerAccess.Of(context).Games, context.RequestAborted);
        var found = orders.FindNamedAsync(text, games, ItemsMax, cancellationToken);
        var players = FindPlayersAsync(text, games, cancellationToken);
        var named = notifications.FindNamedAsync(text, games, cancellationToken);
        var callback = CallbackId.TryParse(text, out var id) ? callbacks.FindAsync(id, games, cancellationToken) : null;
        await Task.WhenAll(found, players, named, callback ?? Task.CompletedTask);
        IEnumerable<SearchItemJson> items =
        [
            .. (await found).Select(row => SearchItems.Of(row.Order)),
            .. await players,
            .. callback is not null && await callback is { } one ? new[] { SearchItems.Of(one) } : [],
            .. (await named).Select(SearchItems.Of),
        ];
        return ApiResult.Ok(new SearchJson([.. items.Take(ItemsMax)]), ApiJson.Readable.SearchJson);
    }

    /// <summary>A player in each game in which he ordered or has an openId.</summary>
    private async Task<List<SearchItemJson>> FindPlayersAsync(string text, GameLimit games, CancellationToken cancellationToken)
    {
        var ordering = orders.ListPlayerGamesAsync(text, games, cancellationToken);
        var signing = users.FindPlayersAsync(text, games, cancellationToken);
        var (ordered, players) = (await ordering, await signing);
        var openIds = players.Where(player => player.Uid == text).DistinctBy(player => player.GameId)
            .ToDictionary(player => player.GameId, player => player.OpenId);
        return
        [
            .. ordered.Select(order => SearchItems.Of(text, order.GameId, order.NewestMs, openIds.GetValueOrDefault(order.GameId))),
            .. players.Where(player => player.Uid != text || !ordered.Exists(order => order.GameId == player.GameId))
                .Select(player => SearchItems.Of(player.Uid, player.GameId, newestMs: null, player.OpenId)),
        ];
    }
}
