using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary><c>POST /notify/{channel}/{gameId}</c> (contract.md, "Channels"): receives the notifications of all stores. Some ask by GET
/// first whether the address is ours.</summary>
internal sealed class NotificationEndpoint(
    NotificationInbox inbox, ChannelRegistry channels, AppCatalog apps, AppRequestLimiter limiter, RefusalLog refusals, TimeProvider clock)
{
    private const string Route = "/notify/{channel}/{gameId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = ActivatorUtilities.CreateInstance<NotificationEndpoint>(routes.ServiceProvider);
        routes.MapPost(Route, endpoint.ReceiveAsync).ExcludeFromDescription();
        routes.MapGet(Route, endpoint.ConfirmAsync).ExcludeFromDescription();
    }

    private Task ConfirmAsync(HttpContext context)
    {
        if (channels.Find(RouteText(context, "channel")) is { Notifications: not null } channel
            && inbox.Confirm(channel, RouteText(context, "gameId"), Raw(context, [])) is { } answer)
        {
            return WriteAsync(context, answer);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        if (channels.Find(RouteText(context, "channel")) is not { Notifications: { } handler } channel)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var gameId = RouteText(context, "gameId");
        if (!limiter.TryBegin(new AppRequests(RequestKind.Notification, apps.Find(gameId)?.App.GameId ?? 0), out var inProgress))
        {
            refusals.Count("notify", RefusalLog.TooMany, context.Connection.RemoteIpAddress, channel.Name);
            context.Response.Headers.RetryAfter = "1";
            var later = handler.Respond(NotificationReception.TryLater);
            await WriteAsync(context, later with { HttpStatus = StatusCodes.Status429TooManyRequests });
            return;
        }
        using var untilAnswered = inProgress;
        var (body, status) = await ReadBodyAsync(context);
        if (body is null)
        {
            refusals.Count(
                "notify", RefusalLog.CauseOf(status) ?? RefusalLog.Unreadable, context.Connection.RemoteIpAddress, channel.Name);
            var reception = status == StatusCodes.Status503ServiceUnavailable
                ? NotificationReception.TryLater
                : NotificationReception.Refused;
            await WriteAsync(context, handler.Respond(reception) with { HttpStatus = status });
            return;
        }
        var notification = Raw(context, body);
        var received = await inbox.ReceiveAsync(channel, gameId, notification, context.RequestAborted);
        await WriteAsync(context, handler.Respond(received, notification));
    }

    private static string RouteText(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private RawNotification Raw(HttpContext context, byte[] body)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (header, value) in context.Request.Headers)
        {
            headers[header.ToLowerInvariant()] = value.ToString();
        }
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.Request.Query)
        {
            query[name] = value.ToString();
        }
        return new RawNotification(headers, body, clock.NowMs()) { Caller = context.Connection.RemoteIpAddress, Query = query };
    }

    private static async Task<(byte[]? Bytes, int Status)> ReadBodyAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.TryReadBytesAsync(context, NotificationInbox.BodyBytesMax);
        }
        catch (BadHttpRequestException malformed)
        {
            return (null, malformed.StatusCode);
        }
    }

    private static Task WriteAsync(HttpContext context, NotificationResponse answer)
    {
        var response = context.Response;
        response.StatusCode = answer.HttpStatus;
        if (answer.Body.Length == 0)
        {
            return Task.CompletedTask;
        }
        var bytes = Encoding.UTF8.GetBytes(answer.Body);
        response.ContentType = answer.ContentType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
