using System.Text.Json.Serialization;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>Callbacks (contract.md, "Native API").</summary>
internal sealed class CallbacksApi(AppCatalog apps, CallbackBook callbacks)
{
    public static void Map(RouteGroupBuilder group, CallbacksApi api)
    {
        group.MapGet("/callbacks", (Delegate)api.ListAsync).WithSummary("Deliveries: status, gameId").Produces<PageJson<CallbackJson>>();
        group.MapPost("/callbacks/{id}/redeliver", api.RedeliverAsync).WithSummary("Send a callback again now").Produces(202);
        group.MapPost("/callbacks/redeliver", (Delegate)api.RedeliverAllAsync).WithSummary("Send many again: a durable job").Accepts<RedeliverJson>("application/json").Produces<JobJson>(202);
        group.MapGet("/callbacks/jobs/{jobId}", api.JobAsync).WithSummary("Progress of a redelivery job").Produces<JobJson>();
        group.MapPost("/callbacks/jobs/{jobId}/cancel", api.CancelAsync).WithSummary("Cancel a redelivery job").Produces<JobJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal))
        {
            return refusal;
        }
        CallbackStatus? status = null;
        if (context.Request.Query["status"].ToString() is { Length: > 0 } text)
        {
            if (ParseStatus(text) is not { } parsed)
            {
                return Answer.Invalid("status", StatusForm);
            }
            status = parsed;
        }
        long? gameId = null;
        if (context.Request.Query["gameId"].ToString() is { Length: > 0 } game)
        {
            if (apps.Find(game) is not { } entry)
            {
                return Answer.Invalid("gameId", "must be the number or the alias of an app");
            }
            gameId = entry.App.GameId;
        }
        CallbackCursor? after = null;
        if (paging.After is { } key)
        {
            if (!CallbackId.TryParse(key.Id, out var id))
            {
                return Paging.OtherList;
            }
            after = new CallbackCursor(key.Ms, id);
        }
        var page = await callbacks.ListAsync(status, gameId, after, paging.Limit + 1, context.RequestAborted);
        return Paging.Page(page, paging.Limit, item => Show(item.Detail), item => new PageKey(item.CreatedMs, item.Detail.Callback.Id.ToString()), ApiJson.Readable.PageJsonCallbackJson);
    }

    private async Task<IResult> RedeliverAsync(string id, HttpContext context)
    {
        if (!CallbackId.TryParse(id, out var callbackId))
        {
            return Answer.NotFound("callback");
        }
        return await callbacks.RedeliverAsync(callbackId, Access.Actor(context), context.RequestAborted) switch
        {
            RedeliverOutcome.Queued => Answer.Json(StatusCodes.Status202Accepted, new RedeliveredJson(id), ApiJson.Readable.RedeliveredJson),
            RedeliverOutcome.UnderWay => Answer.Problem(StatusCodes.Status409Conflict, "the callback is being delivered at this moment"),
            RedeliverOutcome.NoLongerHolds => Answer.Problem(StatusCodes.Status409Conflict, "the order was refunded, or is held for review: the game must not be told that it is paid"),
            _ => Answer.NotFound("callback"),
        };
    }

    private async Task<IResult> RedeliverAllAsync(HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.RedeliverJson);
        if (body is null)
        {
            return refusal!;
        }
        if (apps.Find(Body.TextOrNumber(body.GameId)) is not { } entry)
        {
            return Answer.Invalid("gameId", "must be the number or the alias of an app");
        }
        if (ParseStatus(body.Status ?? "exhausted") is not { } status || status == CallbackStatus.Delivering)
        {
            return Answer.Invalid("status", "must be pending, delivered, exhausted, held or cancelled");
        }
        var sinceMs = 0L;
        if (body.Since is { } since && !Times.TryParse(since, out sinceMs))
        {
            return Answer.Invalid("since", "must be an RFC 3339 time, such as 2026-11-21T00:00:00Z");
        }
        var job = await callbacks.RedeliverAllAsync(entry.App.GameId, status, sinceMs, Access.Actor(context), context.RequestAborted);
        return Answer.Json(StatusCodes.Status202Accepted, Show(job), ApiJson.Readable.JobJson);
    }

    private async Task<IResult> JobAsync(string jobId, CancellationToken cancellationToken) =>
        await callbacks.FindJobAsync(jobId, cancellationToken) is { } job ? Answer.Json(StatusCodes.Status200OK, Show(job), ApiJson.Readable.JobJson) : Answer.NotFound("job");

    private async Task<IResult> CancelAsync(string jobId, CancellationToken cancellationToken) =>
        await callbacks.CancelJobAsync(jobId, cancellationToken) || await callbacks.FindJobAsync(jobId, cancellationToken) is { IsCancelled: true }
            ? await JobAsync(jobId, cancellationToken)
            : Answer.Problem(StatusCodes.Status409Conflict, "there is no such job, or it has ended");

    public static CallbackJson Show(CallbackDetail detail)
    {
        var callback = detail.Callback;
        return new CallbackJson(
            callback.Id.ToString(), callback.Id.OrderId.Value, callback.GameId, callback.Event, callback.Url, Name(callback.Status),
            callback.Status == CallbackStatus.Pending ? Times.Of(callback.DueMs) : null,
            [.. detail.Attempts.Select(attempt => new AttemptJson(
                attempt.Number, Times.Of(attempt.StartedMs), attempt.DurationMs, attempt.HttpStatus, attempt.Response, attempt.Error))]);
    }

    private const string StatusForm = "must be pending, delivering, delivered, exhausted, held or cancelled";

    private static JobJson Show(RedeliveryJob job) => new(
        job.JobId, job.GameId, Name(job.Status), Times.Of(job.SinceMs), job.Actor, job.Redelivered, job.IsDone ? "done" : job.IsCancelled ? "cancelled" : "running");

    private static string Name(CallbackStatus status) => status switch
    {
        CallbackStatus.Pending => "pending",
        CallbackStatus.Delivering => "delivering",
        CallbackStatus.Delivered => "delivered",
        CallbackStatus.Exhausted => "exhausted",
        CallbackStatus.Held => "held",
        _ => "cancelled",
    };

    private static CallbackStatus? ParseStatus(string text)
    {
        foreach (var status in Enum.GetValues<CallbackStatus>())
        {
            if (Name(status) == text)
            {
                return status;
            }
        }
        return null;
    }
}

/// <summary>A callback as the native API shows it.</summary>
internal sealed record CallbackJson(
    string Id, string OrderId, long GameId, string Event, string Url, string Status, DateTime? NextAttemptAt, IReadOnlyList<AttemptJson> Attempts);

/// <summary>An attempt; in flight it has neither status nor duration.</summary>
internal sealed record AttemptJson(
    int Number, DateTime StartedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? DurationMs, int? HttpStatus, string? Response, string? Error);

/// <summary>Body of <c>POST /callbacks/redeliver</c>.</summary>
internal sealed record RedeliverJson
{
    public System.Text.Json.JsonElement GameId { get; init; }
    public string? Status { get; init; }
    public string? Since { get; init; }
}

internal sealed record RedeliveredJson(string Id);

internal sealed record JobJson(string JobId, long GameId, string Status, DateTime Since, string Actor, long Redelivered, string State);
