using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Operators;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Api;

/// <summary>Callbacks (contract.md, "Native API").</summary>
internal sealed class CallbacksApi(
    AppCatalog apps, CallbackAdministration callbacks, CallbackRequestBuilder requests, RedeliveryJobRunner redeliveries)
{
    private const string Note =
        "built anew from the order and the app as they are now: the time, signatures over it, and whatever has changed since "
        + "may differ from what was sent";

    public static void Map(RouteGroupBuilder group, CallbacksApi api)
    {
        group.MapGet("/callbacks", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Deliveries: status, gameId, endpoint, httpStatus, from, to").TakesQuery(RouteQueries.Callbacks)
            .Produces<PageJson<CallbackJson>>();
        group.MapGet("/callbacks/{id}/request", api.ShowRequestAsync).For(Role.Viewer, GameSource.Callback)
            .WithSummary("What is sent: method, URL, headers, body and the text that is signed; secrets and cards masked")
            .Produces<CallbackRequestJson>();
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
        var filter = ListFilters.Callbacks(query, apps, CallerAccess.Of(context).Games);
        var after = query.After<ListKey>(
            key => CallbackId.TryParse(key.Id, out var id) ? new ListKey(key.Ms, id.OrderId.Value, id.Number) : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await callbacks.ListAsync(filter, after, query.Limit, isBrief: false, context.RequestAborted);
        return ListQuery.Page(
            part, Show, ApiJson.Readable.PageJsonCallbackJson,
            key => new CallbackId(OrderId.FromStore(key.Id), key.Number).ToString());
    }

    /// <summary>Who may sign with an app's secrets sees signatures too.</summary>
    private async Task<IResult> ShowRequestAsync(string id, HttpContext context)
    {
        var by = CallerAccess.Of(context);
        if (!CallbackId.TryParse(id, out var callbackId)
            || await requests.BuildAsync(callbackId, by.Games, by.Role >= Role.Admin, context.RequestAborted) is not { } request)
        {
            return ApiResult.NotFound("callback");
        }
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.Ok(Show(request), ApiJson.Readable.CallbackRequestJson);
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
                "the order was refunded, or is held for review, so that the game must not be told that it is paid; "
                + "or its player's data was erased"),
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
            callback.Id.ToString(), callback.Id.OrderId.Value, callback.GameId,
            callback.IsTold ? "event" : "callback", CallbackEvents.NameOf(callback.Event), callback.Url,
            EnumTexts.Callback[callback.Status],
            callback.Status == CallbackStatus.Pending ? Rfc3339Time.Of(callback.DueMs) : null,
            [.. detail.Attempts.Select(attempt => new AttemptJson(
                attempt.Number, Rfc3339Time.Of(attempt.StartedMs), attempt.DurationMs, attempt.HttpStatus, attempt.Response,
                attempt.Error))]);
    }

    private static CallbackRequestJson Show(RebuiltRequest request)
    {
        var (callback, isText) = (request.Callback, Utf8.IsValid(request.Body.Span));
        return new CallbackRequestJson
        {
            Id = callback.Id.ToString(),
            OrderId = callback.Id.OrderId.Value,
            GameId = callback.GameId,
            Event = CallbackEvents.NameOf(callback.Event),
            Status = EnumTexts.Callback[callback.Status],
            Attempts = callback.Attempts,
            Rebuilt = true,
            Note = Note,
            Method = request.Method,
            Url = callback.Url,
            Headers = request.Headers.ToDictionary(StringComparer.Ordinal),
            Body = isText ? Encoding.UTF8.GetString(request.Body.Span) : Convert.ToBase64String(request.Body.Span),
            BodyEncoding = isText ? "utf-8" : "base64",
            BodyText = request.Readable,
            Masked = request.IsMasked,
            SignedText = request.Signed[0].Text,
            Signatures = [.. request.Signed.Select(signed => new SignedTextJson(signed.Name, signed.Rule, signed.Text))],
        };
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
