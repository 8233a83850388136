using System.Text.Json.Serialization;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>Callbacks (contract.md, "Native API").</summary>
internal sealed class CallbacksApi(AppCatalog apps, CallbackAdministration callbacks, RedeliveryJobRunner redeliveries)
{
    public static void Map(RouteGroupBuilder group, CallbacksApi api)
    {
        group.MapGet("/callbacks", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Deliveries: status, gameId").TakesQuery(RouteQueries.Callbacks)
            .Produces<PageJson<CallbackJson>>();
        group.MapPost("/callbacks/{id}/redeliver", api.RedeliverAsync).For(Role.Support, GameSource.Callback)
            .WithSummary("Send a callback again now; a reason is kept in the audit log")
            .WithMetadata(new OptionalReason()).Produces(202);
        group.MapPost("/callbacks/redeliver", (Delegate)api.RedeliverAllAsync).For(Role.Support, GameSource.Body)
            .WithSummary("Send many again: a durable job")
            .Accepts<RedeliverJson>("application/json").Produces<JobJson>(202);
        group.MapGet("/callbacks/jobs/{jobId}", api.JobAsync).For(Role.Viewer, GameSource.Job)
            .WithSummary("Progress of a redelivery job").Produces<JobJson>();
        group.MapPost("/callbacks/jobs/{jobId}/cancel", api.CancelAsync).For(Role.Support, GameSource.Job)
            .WithSummary("Cancel a redelivery job").Produces<JobJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var status = query.Choice("status", EnumTexts.Callback);
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        var after = query.After<CallbackCursor>(key => CallbackId.TryParse(key.Id, out var id) ? new CallbackCursor(key.Ms, id) : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var page = await callbacks.ListAsync(status, games, after, query.ReadLimit, context.RequestAborted);
        return query.Page(
            page, item => Show(item.Detail), item => new PageKey(item.CreatedMs, item.Detail.Callback.Id.ToString()),
            ApiJson.Readable.PageJsonCallbackJson);
    }

    private Task<IResult> RedeliverAsync(string id, HttpContext context) => RequestBody.ServeReasonAsync(context, async reason =>
    {
        if (!CallbackId.TryParse(id, out var callbackId))
        {
            return ApiResult.NotFound("callback");
        }
        var by = CallerAccess.Of(context);
        return await callbacks.RedeliverAsync(callbackId, by.Actor, by.Games, reason, context.RequestAborted) switch
        {
            RedeliverOutcome.Queued => ApiResult.Json(
                StatusCodes.Status202Accepted, new RedeliveredJson(id), ApiJson.Readable.RedeliveredJson),
            RedeliverOutcome.InProgress => ApiResult.Conflict("the callback is being delivered at this moment"),
            RedeliverOutcome.NotAllowed => ApiResult.Conflict(
                "the order was refunded, or is held for review: the game must not be told that it is paid"),
            _ => ApiResult.NotFound("callback"),
        };
    });

    private Task<IResult> RedeliverAllAsync(HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.RedeliverJson, async body =>
        {
            var checks = new FieldChecks();
            var app = checks.App(apps, CallerAccess.Of(context).Games, RequestBody.TextOrNumber(body.GameId));
            if (!EnumTexts.Callback.TryParse(body.Status ?? "exhausted", out var status) || status == CallbackStatus.Delivering)
            {
                checks.Refuse("status", "must be pending, delivered, exhausted, held or cancelled");
            }
            var sinceMs = 0L;
            if (body.Since is { } since && !Rfc3339Time.TryParse(since, out sinceMs))
            {
                checks.Refuse("since", "must be an RFC 3339 time, such as 2026-11-21T00:00:00Z");
            }
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            var job = await redeliveries.StartAsync(
                app!.GameId, status, sinceMs, CallerAccess.Of(context).Actor, context.RequestAborted);
            return ApiResult.Json(StatusCodes.Status202Accepted, Show(job), ApiJson.Readable.JobJson);
        });

    private async Task<IResult> JobAsync(string jobId, HttpContext context) =>
        await redeliveries.FindAsync(jobId, CallerAccess.Of(context).Games, context.RequestAborted) is { } job
            ? ApiResult.Ok(Show(job), ApiJson.Readable.JobJson)
            : ApiResult.NotFound("job");

    private async Task<IResult> CancelAsync(string jobId, HttpContext context) =>
        await redeliveries.CancelAsync(jobId, CallerAccess.Of(context).Games, context.RequestAborted)
            || await redeliveries.FindAsync(jobId, CallerAccess.Of(context).Games, context.RequestAborted) is { IsCancelled: true }
            ? await JobAsync(jobId, context)
            : ApiResult.Conflict("there is no such job, or it has ended");

    public static CallbackJson Show(CallbackDetail detail)
    {
        var callback = detail.Callback;
        return new CallbackJson(
            callback.Id.ToString(), callback.Id.OrderId.Value, callback.GameId, callback.Event, callback.Url,
            EnumTexts.Callback[callback.Status],
            callback.Status == CallbackStatus.Pending ? Rfc3339Time.Of(callback.DueMs) : null,
            [.. detail.Attempts.Select(attempt => new AttemptJson(
                attempt.Number, Rfc3339Time.Of(attempt.StartedMs), attempt.DurationMs, attempt.HttpStatus, attempt.Response,
                attempt.Error))]);
    }

    private static JobJson Show(RedeliveryJob job) => new(
        job.JobId, job.GameId, EnumTexts.Callback[job.Status], Rfc3339Time.Of(job.SinceMs), job.Actor, job.Queued,
        job.IsDone ? "done" : job.IsCancelled ? "cancelled" : "running");
}

/// <summary>An attempt; in flight it has neither status nor duration.</summary>
internal sealed record AttemptJson(
    int Number, DateTime StartedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? DurationMs,
    int? HttpStatus, string? Response, string? Error);

/// <summary>Body of <c>POST /callbacks/redeliver</c>.</summary>
internal sealed record RedeliverJson
{
    public System.Text.Json.JsonElement GameId { get; init; }
    public string? Status { get; init; }
    public string? Since { get; init; }
}

internal sealed record RedeliveredJson(string Id);

internal sealed record JobJson(string JobId, long GameId, string Status, DateTime Since, string Actor, long Redelivered, string State);
