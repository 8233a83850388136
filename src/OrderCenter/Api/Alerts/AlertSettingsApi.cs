using OrderCenter.Alerts;
using OrderCenter.Alerts.Settings;
using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api.Alerts;

/// <summary>Where alerts go, and from which values on (contract.md, "Finding, counting, live").</summary>
internal sealed class AlertSettingsApi(AlertSettings settings, AlertTest test)
{
    public static void Map(RouteGroupBuilder group, AlertSettingsApi api)
    {
        group.MapGet("/alert-sinks", (Delegate)api.SinksAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("Where alerts go, secrets masked").Produces<AlertSinksJson>();
        group.MapPut("/alert-sinks", (Delegate)api.ReplaceSinksAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("Replace the sinks of alerts; a secret that comes back as *** is kept").Accepts<AlertSinksJson>("application/json")
            .Produces<AlertSinksJson>().ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/alert-sinks/{name}/test", api.TestAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("Send a test message to a sink now, and say whether it took it").Produces<AlertTestJson>();
        group.MapGet("/alert-conditions", (Delegate)api.ConditionsAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("What is watched, from which values on").Produces<AlertConditionsJson>();
        group.MapPut("/alert-conditions", (Delegate)api.ReplaceThresholdsAsync).For(Role.Admin, GameSource.Body)
            .WithSummary("Replace the thresholds that are set for all games or for one")
            .Accepts<AlertThresholdsJson>("application/json").Produces<AlertConditionsJson>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private async Task<IResult> SinksAsync(HttpContext context) =>
        await ShowSinksAsync(CallerAccess.Of(context).Games, context.RequestAborted);

    private Task<IResult> ReplaceSinksAsync(HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.AlertSinksJson, async body =>
        {
            if (body.Items is not { Count: <= AlertSettings.SinksMax } items || items.Any(item => item is null))
            {
                return ApiResult.Invalid("items", $"must be a list of at most {AlertSettings.SinksMax} sinks");
            }
            var games = CallerAccess.Of(context).Games;
            return WhyNot(await settings.ReplaceSinksAsync(items, games, context.RequestAborted), "items")
                ?? await ShowSinksAsync(games, context.RequestAborted);
        });

    private async Task<IResult> TestAsync(string name, HttpContext context)
    {
        var (isFound, fault) = await test.SendAsync(name, CallerAccess.Of(context).Games, context.RequestAborted);
        return isFound
            ? ApiResult.Ok(new AlertTestJson(fault is null, fault), ApiJson.Readable.AlertTestJson)
            : ApiResult.NotFound("alert sink");
    }

    private async Task<IResult> ConditionsAsync(HttpContext context) =>
        await ShowConditionsAsync(CallerAccess.Of(context).Games, context.RequestAborted);

    private Task<IResult> ReplaceThresholdsAsync(HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.AlertThresholdsJson, async body =>
        {
            if (body.Thresholds is not { Count: <= AlertThresholds.ItemsMax } items || items.Any(item => item is null))
            {
                return ApiResult.Invalid("thresholds", $"must be a list of at most {AlertThresholds.ItemsMax} thresholds");
            }
            var games = CallerAccess.Of(context).Games;
            return WhyNot(await settings.ReplaceThresholdsAsync(items, games, context.RequestAborted), "thresholds")
                ?? await ShowConditionsAsync(games, context.RequestAborted);
        });

    private async Task<ApiResult> ShowSinksAsync(GameLimit games, CancellationToken cancellationToken) => ApiResult.Ok(
        new AlertSinksJson { Items = [.. (await settings.SinksAsync(games, cancellationToken)).Select(SinkSecrets.Masked)] },
        ApiJson.Readable.AlertSinksJson);

    private async Task<ApiResult> ShowConditionsAsync(GameLimit games, CancellationToken cancellationToken) => ApiResult.Ok(
        new AlertConditionsJson(
            [
                .. AlertConditions.All.Select(condition => new AlertConditionJson(
                    condition.Name, condition.English, condition.Chinese, AlertTexts.Severity[condition.Severity],
                    AlertTexts.Unit[condition.Unit], condition.Threshold, condition.ThresholdMax, condition.RunbookPath,
                    condition.IsOfGame, condition.IsBelow)),
            ],
            await settings.ThresholdsAsync(games, cancellationToken)),
        ApiJson.Readable.AlertConditionsJson);

    private static ApiResult? WhyNot(SettingsOutcome outcome, string list) => outcome switch
    {
        SettingsOutcome.Invalid invalid => ApiResult.Invalid($"{list}[{invalid.Index}].{invalid.Field}", invalid.Allowed),
        SettingsOutcome.Busy => ApiResult.Conflict("others change this at the same moment; read it again"),
        _ => null,
    };
}
