using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary><c>POST /notify/{channel}/{gameId}</c> (contract.md, "Channels"): receives the notifications of all stores; <c>GET</c> those
/// that come in a query.</summary>
internal sealed class NotificationEndpoint(
    NotificationInbox inbox, AppCatalog apps, ChannelRegistry channels, RefusalLog refusals, TimeProvider clock)
{
    private const string Path = "/notify/{channel}/{gameId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = ActivatorUtilities.CreateInstance<NotificationEndpoint>(routes.ServiceProvider);
        routes.MapPost(Path, endpoint.ReceiveAsync).ExcludeFromDescription();
        routes.MapGet(Path, endpoint.ReceiveQueryAsync).ExcludeFromDescription();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        if (Find(context) is not var (channel, handler, app))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var (body, status) = await ReadBodyAsync(context);
        if (body is null)
        {
            refusals.Count(
                "notify", RefusalLog.CauseOf(status) ?? RefusalLog.Unreadable, context.Connection.RemoteIpAddress, channel.Name);
            var reception = status == StatusCodes.Status503ServiceUnavailable
                ? NotificationReception.TryLater
                : NotificationReception.Refused;
            await WriteAsync(context, handler.Respond(app, reception) with { HttpStatus = status });
            return;
        }
        var reached = await inbox.ReceiveAsync(channel, GameOf(context), ToNotification(context, body), context.RequestAborted);
        await WriteAsync(context, handler.Respond(app, reached));
    }

    private async Task ReceiveQueryAsync(HttpContext context)
    {
        if (Find(context) is not var (channel, handler, app) || !handler.TakesQueries)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        var notification = ToNotification(context, Encoding.UTF8.GetBytes(context.Request.QueryString.Value?.TrimStart('?') ?? ""));
        await WriteAsync(
            context,
            app is not null && handler.RespondToCheck(app, notification) is { } check
                ? check
                : handler.Respond(app, await inbox.ReceiveAsync(channel, GameOf(context), notification, context.RequestAborted)));
    }

    /// <returns>Null: no such channel is installed, nor described by the app that is named.</returns>
    private (IChannel Channel, INotificationHandler Handler, App? App)? Find(HttpContext context)
    {
        var name = context.Request.RouteValues["channel"] as string ?? "";
        var app = apps.Find(GameOf(context))?.App;
        var channel = app is null ? channels.All.FirstOrDefault(known => known.Name == name) : channels.Find(app, name);
        return channel is { Notifications: { } handler } ? (channel, handler, app) : null;
    }

    private static string GameOf(HttpContext context) => context.Request.RouteValues["gameId"] as string ?? "";

    private RawNotification ToNotification(HttpContext context, byte[] body)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (header, value) in context.Request.Headers)
        {
            headers[header.ToLowerInvariant()] = value.ToString();
        }
        return new RawNotification(headers, body, clock.NowMs()) { Caller = context.Connection.RemoteIpAddress };
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
