using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.OpenWork;
using OrderCenter.Operators;

namespace OrderCenter.Api.Work;

/// <summary>What needs a person (contract.md, "Finding, counting, live").</summary>
internal sealed class WorkApi(AppCatalog apps, WorkCounts work)
{
    public static void Map(RouteGroupBuilder group, WorkApi api) =>
        group.MapGet("/work", (Delegate)api.GetAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("What needs a person, as counts by game, at most two seconds old: gameId").TakesQuery(RouteQueries.OneGame)
            .Produces<WorkJson>();

    private async Task<IResult> GetAsync(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var snapshot = await work.ReadAsync(context.RequestAborted);
        return ApiResult.Ok(
            new WorkJson([.. snapshot.Games.Values.Where(game => games.Allows(game.GameId)).Select(Show)], !snapshot.IsComplete),
            ApiJson.Readable.WorkJson);
    }

    private static GameWorkJson Show(GameWork game) => new()
    {
        GameId = game.GameId == 0 ? null : game.GameId,
        HeldOrders = game.HeldOrders,
        ExhaustedCallbacks = game.ExhaustedCallbacks,
        HeldCallbacks = game.HeldCallbacks,
        UnappliedPayments = game.UnappliedPayments,
        UnclaimedNotifications = game.UnclaimedNotifications,
        FailedNotifications = game.FailedNotifications,
        RefundQuestions =
        [
            .. game.RefundQuestions.Select(asked => new RefundQuestionJson(asked.OrderId, Rfc3339Time.Of(asked.DeadlineMs))),
        ],
        Differences = game.Differences,
        LowStock = game.LowStock,
        OpenAlerts = game.OpenAlerts,
        OldestWaitingCallbackAt = Rfc3339Time.Of(game.OldestWaitingMs),
        IsMore = game.IsMore,
    };
}
