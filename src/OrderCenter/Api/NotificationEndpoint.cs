using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary><c>POST /notify/{channel}/{gameId}</c> (contract.md, "Channels"): receives the notifications of all stores. Some send them by
/// <c>GET</c>, and some ask by <c>GET</c> first whether the address is ours.</summary>
internal sealed class NotificationEndpoint(
    NotificationInbox inbox, ChannelRegistry channels, AppCatalog apps, AppRequestLimiter limiter, RefusalLog refusals, TimeProvider clock)
{
    private const string Route = "/notify/{channel}/{gameId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = ActivatorUtilities.CreateInstance<NotificationEndpoint>(routes.ServiceProvider);
        routes.MapPost(Route, endpoint.ReceiveAsync).ExcludeFromDescription();
        routes.MapGet(Route, endpoint.ReceiveQueryAsync).ExcludeFromDescription();
    }

    private Task ReceiveAsync(HttpContext context) => ServeAsync(context, async (channel, handler, app) =>
    {
        var (body, status) = await ReadBodyAsync(context);
        if (body is null)
        {
            refusals.Count(
                "notify", RefusalLog.CauseOf(status) ?? RefusalLog.Unreadable, context.Connection.RemoteIpAddress, channel.Name);
            var reception = status == StatusCodes.Status503ServiceUnavailable
                ? NotificationReception.TryLater
                : NotificationReception.Refused;
            return handler.Respond(app, reception, notification: null) with { HttpStatus = status };
        }
        return await StoreAsync(channel, handler, app, Raw(context, body), context);
    });

    private Task ReceiveQueryAsync(HttpContext context) => ServeAsync(context, async (channel, handler, app) =>
    {
        if (!handler.TakesQueries)
        {
            return inbox.Confirm(channel, GameOf(context), Raw(context, [])) ?? new NotificationResponse(404, "text/plain", "");
        }
        var notification = Raw(context, Encoding.UTF8.GetBytes(context.Request.QueryString.Value?.TrimStart('?') ?? ""));
        return app is not null && handler.Confirm(app, notification) is { } confirmation
            ? confirmation
            : await StoreAsync(channel, handler, app, notification, context);
    });

    private async Task<NotificationResponse> StoreAsync(
        IChannel channel, INotificationHandler handler, App? app, RawNotification notification, HttpContext context) =>
        handler.Respond(
            app, await inbox.ReceiveAsync(channel, GameOf(context), notification, context.RequestAborted), notification);

    /// <summary>Finds the channel that is installed, or described by the app that is named, and answers, within the limits.</summary>
    private async Task ServeAsync(
        HttpContext context, Func<IChannel, INotificationHandler, App?, Task<NotificationResponse>> serve)
    {
        var name = context.Request.RouteValues["channel"] as string ?? "";
        var app = apps.Find(GameOf(context))?.App;
        var found = app is null ? channels.All.FirstOrDefault(known => known.Name == name) : channels.Find(app, name);
        if (found is not { Notifications: { } handler } channel)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!limiter.TryBegin(new AppRequests(RequestKind.Notification, app?.GameId ?? 0), out var inProgress))
        {
            refusals.Count("notify", RefusalLog.TooMany, context.Connection.RemoteIpAddress, channel.Name);
            context.Response.Headers.RetryAfter = "1";
            var later = handler.Respond(app, NotificationReception.TryLater, notification: null);
            await WriteAsync(context, later with { HttpStatus = StatusCodes.Status429TooManyRequests });
            return;
        }
        using var untilAnswered = inProgress;
        await WriteAsync(context, await serve(channel, handler, app));
    }

    private static string GameOf(HttpContext context) => context.Request.RouteValues["gameId"] as string ?? "";

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
