using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.PlayerData;

namespace OrderCenter.Api;

/// <summary>Body of <c>POST /apps/{gameId}/players/erase</c> and <c>…/export</c>.</summary>
internal sealed record PlayerJson
{
    public string? UserId { get; init; }
    public string? Reason { get; init; }
}

/// <summary>An erasure and how far it is. <c>marker</c> stands in place of the player's id.</summary>
internal sealed record ErasureJson(
    string ErasureId, long GameId, string Marker, string State, long Erased, long Waiting, IReadOnlyList<string> WaitingOrders,
    string Actor, DateTime CreatedAt, DateTime? FinishedAt);

/// <summary>Players' personal data: erasure and export (docs/operating.md, "Player data").</summary>
internal sealed class PlayerDataApi(AppCatalog apps, Erasures erasures, PlayerDataExport export)
{
    /// <summary>In place of an erasure's id: the one by age.</summary>
    private const string OfAge = "age";

    public static void Map(RouteGroupBuilder group, PlayerDataApi api)
    {
        group.MapPost("/apps/{gameId}/players/erase", api.EraseAsync).For(Role.Admin, GameSource.Route)
            .WithSummary("Erase a player's personal data; the books are kept").Accepts<PlayerJson>("application/json")
            .Produces<ErasureJson>(202);
        group.MapGet("/apps/{gameId}/players/erasures/{erasureId}", api.GetAsync).For(Role.Admin, GameSource.Route)
            .WithSummary("Progress of an erasure; 'age' is the one by age").Produces<ErasureJson>();
        group.MapPost("/apps/{gameId}/players/export", api.ExportAsync).For(Role.Admin, GameSource.Route)
            .WithMetadata(new ResponseNotStored())
            .WithSummary("A player's data as one JSON document").Accepts<PlayerJson>("application/json");
    }

    private Task<IResult> EraseAsync(string gameId, HttpContext context) => ServeAsync(gameId, context, async (app, userId, reason) =>
    {
        var erasure = await erasures.StartAsync(
            app.GameId, userId, CallerAccess.Of(context).Actor, reason, context.RequestAborted);
        return ApiResult.Json(StatusCodes.Status202Accepted, Show(erasure), ApiJson.Readable.ErasureJson);
    });

    private async Task<IResult> GetAsync(string gameId, string erasureId, HttpContext context)
    {
        if (apps.Find(gameId)?.App is not { } app)
        {
            return ApiResult.NotFound("app");
        }
        var found = erasureId == OfAge
            ? await erasures.FindOfAgeAsync(app.GameId, context.RequestAborted)
            : RequestBody.IsText(erasureId, FieldChecks.IdMax)
                ? await erasures.FindAsync(app.GameId, erasureId, context.RequestAborted)
                : null;
        return found is null ? ApiResult.NotFound("erasure") : ApiResult.Ok(Show(found), ApiJson.Readable.ErasureJson);
    }

    private Task<IResult> ExportAsync(string gameId, HttpContext context) =>
        ServeAsync(gameId, context, (app, userId, reason) => export.SendAsync(context, app, userId, reason));

    private async Task<IResult> ServeAsync(string gameId, HttpContext context, Func<App, string, string, Task<IResult>> serveAsync) =>
        apps.Find(gameId)?.App is not { } app
            ? ApiResult.NotFound("app")
            : await RequestBody.ServeAsync(context, ApiJson.Readable.PlayerJson, async body =>
            {
                var checks = new FieldChecks();
                var userId = checks.Required("userId", body.UserId, FieldChecks.IdMax);
                var reason = checks.Reason(body.Reason);
                return checks.Fault ?? await serveAsync(app, userId, reason);
            });

    private static ErasureJson Show(Erasure erasure) => new(
        erasure.Id, erasure.GameId, erasure.Marker, erasure.State.ToString().ToLowerInvariant(), erasure.Erased, erasure.Waiting,
        erasure.WaitingOrders, erasure.Actor, Rfc3339Time.Of(erasure.CreatedMs), Rfc3339Time.Of(erasure.FinishedMs));
}
