using OrderCenter.Alerts;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Api.Alerts;

/// <summary>Alerts, open and past (contract.md, "Finding, counting, live").</summary>
internal sealed class AlertsApi(AppCatalog apps, AlertQueries alerts)
{
    public static void Map(RouteGroupBuilder group, AlertsApi api)
    {
        group.MapGet("/alerts", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Open and past alerts, newest first: state, gameId, condition").TakesQuery(RouteQueries.Alerts)
            .Produces<PageJson<AlertEntryJson>>();
        group.MapPost("/alerts/{id}/acknowledge", api.AcknowledgeAsync).For(Role.Support, GameSource.Alert)
            .WithSummary("Say that somebody looks after an alert: it is not repeated; a reason is kept in the audit log")
            .WithMetadata(new OptionalReason()).Produces<AlertEntryJson>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>The filters of the list, and of the same list as CSV.</summary>
    public static AlertFilter FilterOf(QueryFields query, AppCatalog apps, GameLimit games) => new()
    {
        Games = query.Games(apps, games),
        IsOpen = query.Choice("state", RouteQueries.OpenOrPast) is { } state ? state == RouteQueries.OpenOrPast[0] : null,
        Condition = query.Choice("condition", AlertConditions.Names),
    };

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var filter = FilterOf(query, apps, CallerAccess.Of(context).Games);
        var after = query.After<ListKey>(key => new ListKey(key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await alerts.ListAsync(filter, after, query.Limit, context.RequestAborted);
        return ListQuery.Page(part, Show, ApiJson.Readable.PageJsonAlertEntryJson);
    }

    private Task<IResult> AcknowledgeAsync(string id, HttpContext context) => RequestBody.ServeReasonAsync(context, async reason =>
    {
        if (!RequestBody.IsText(id, FieldChecks.IdMax))
        {
            return ApiResult.NotFound("alert");
        }
        var by = CallerAccess.Of(context);
        return await alerts.AcknowledgeAsync(id, by.Games, by.Actor, reason, context.RequestAborted) switch
        {
            AcknowledgeOutcome.Done done => ApiResult.Ok(Show(done.Alert), ApiJson.Readable.AlertEntryJson),
            AcknowledgeOutcome.Over => ApiResult.Conflict("the alert is over: there is nothing to acknowledge"),
            _ => ApiResult.NotFound("alert"),
        };
    });

    private static AlertEntryJson Show(Alert alert)
    {
        var condition = AlertConditions.Find(alert.Condition);
        return new AlertEntryJson(
            alert.Id, alert.Condition, condition?.English ?? alert.Condition, condition?.Chinese ?? alert.Condition,
            AlertTexts.Severity[alert.Severity], alert.Subject, alert.GameId == 0 ? null : alert.GameId, alert.Value, alert.Threshold,
            AlertTexts.Unit[condition?.Unit ?? AlertUnit.Count], alert.Detail.Length == 0 ? null : alert.Detail,
            condition?.RunbookPath, Rfc3339Time.Of(alert.RaisedMs), Rfc3339Time.Of(alert.SeenMs), alert.Told, Rfc3339Time.Of(alert.NextMs),
            Rfc3339Time.Of(alert.AcknowledgedMs), alert.AcknowledgedBy, Rfc3339Time.Of(alert.RecoveredMs));
    }
}
