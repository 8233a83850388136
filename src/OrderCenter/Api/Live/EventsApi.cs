using Microsoft.AspNetCore.Connections;
using OrderCenter.Api.Authorization;
using OrderCenter.Operators;
using OrderCenter.Persistence;

namespace OrderCenter.Api.Live;

/// <summary><c>GET /events</c>: what changes, as server-sent events for the console (contract.md, "Finding, counting, live"). A stream ends
/// with its session, with its reader, or with the service; the browser opens the next one by itself.</summary>
internal sealed partial class EventsApi(
    LiveHub hub, AccessRecheck recheck, LiveOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<EventsApi> log)
{
    private const int RetryAfterSeconds = 30;

    public static void Map(RouteGroupBuilder group, EventsApi api) =>
        group.MapGet("/events", (Delegate)api.StreamAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("What changes, as server-sent events: ready once nothing is missed any more, then changes, at most four a second")
            .Produces<LiveJson>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private async Task<IResult> StreamAsync(HttpContext context)
    {
        var access = CallerAccess.Of(context);
        if (access.Session is not null && CsrfToken.IsForeign(context.Request))
        {
            return ApiResult.Problem(StatusCodes.Status403Forbidden, "another site caused this request");
        }

        // The bearer of the installation's token may say that he is anybody: all of them are one holder.
        var holder = access.Via == CallerAccess.Installation ? access.Via : $"{access.Via} {access.Actor}";
        var (stream, isHolderFull) = hub.TryOpen(holder, access.Games);
        if (stream is null)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return isHolderFull
                ? ApiResult.Problem(
                    StatusCodes.Status429TooManyRequests, $"{options.StreamsOfCallerMax} streams are open already; close one first")
                : ApiResult.Problem(StatusCodes.Status503ServiceUnavailable, "too many streams are open on this node; try again later");
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await RunAsync(context, stream, end.Token);
        }
        catch (Exception ended) when (
            ended is IOException or ConnectionResetException || (ended is OperationCanceledException && end.IsCancellationRequested))
        {
            // The reader has left, or the service stops.
        }
        catch (TimeoutException late)
        {
            LogDropped(log, access.Actor, late.Message);
            context.Abort();
        }
        catch (DatabaseBusyException busy)
        {
            LogDropped(log, access.Actor, busy.Message);
        }
        finally
        {
            hub.Close(stream);
        }
        return Results.Empty;
    }

    private async Task RunAsync(HttpContext context, LiveSubscription stream, CancellationToken cancellationToken)
    {
        var writer = new LiveWriter(context.Response, options, clock);
        await writer.BeginAsync(cancellationToken);
        var checkedAt = clock.GetTimestamp();
        while (true)
        {
            // 1. What there is, and no more than a message at a time.
            var (isReady, changes) = stream.Take();
            if (isReady)
            {
                await writer.ReadyAsync(cancellationToken);
            }
            if (changes is not null)
            {
                await writer.ChangesAsync(changes, cancellationToken);
                await Task.Delay(options.BetweenMessages, clock, cancellationToken);
            }
            else if (writer.UntilHeartbeat <= TimeSpan.Zero)
            {
                await writer.HeartbeatAsync(cancellationToken);
            }

            // 2. Whether he still may.
            if (clock.GetElapsedTime(checkedAt) >= options.Recheck)
            {
                if (!await recheck.HoldsAsync(context, cancellationToken))
                {
                    return;
                }
                checkedAt = clock.GetTimestamp();
            }

            // 3. Until there is more, or one of both is due.
            var untilRecheck = options.Recheck - clock.GetElapsedTime(checkedAt);
            var wait = writer.UntilHeartbeat < untilRecheck ? writer.UntilHeartbeat : untilRecheck;
            await stream.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the live stream of {Actor} was closed: {Reason}")]
    private static partial void LogDropped(ILogger logger, string actor, string reason);
}
