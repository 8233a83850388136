using System.Text.Unicode;
using System.Text;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;
using OrderCenter.Persistence.Lists;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>The inbox of the stores' notifications: what was received, its outcome, and processing it again.</summary>
internal sealed class NotificationsApi(AppCatalog apps, NotificationStore store, NotificationProcessor processor)
{
    private const int KeyLength = 40;

    public static void Map(RouteGroupBuilder group, NotificationsApi api)
    {
        group.MapGet("/notifications", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Notifications of stores: channel, gameId, state")
            .TakesQuery(RouteQueries.Notifications).Produces<PageJson<NotificationJson>>();
        group.MapGet("/notifications/{id}", api.GetAsync).For(Role.Viewer, GameSource.Notification)
            .WithSummary("Read a notification with its body").Produces<NotificationJson>();
        group.MapPost("/notifications/{id}/replay", api.ReplayAsync).For(Role.Support, GameSource.Notification)
            .WithSummary("Read a notification again, now; a reason is kept in the audit log")
            .WithMetadata(new OptionalReason())
            .Produces<NotificationJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var (channel, games, state) = ListFilters.Notifications(query, apps, CallerAccess.Of(context).Games);
        var after = query.After<ListKey>(key => new ListKey(key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await store.ListAsync(channel, games, state, after, query.Limit, context.RequestAborted);
        return ListQuery.Page(part, Show, ApiJson.Readable.PageJsonNotificationJson);
    }

    private async Task<IResult> GetAsync(string id, HttpContext context) =>
        Show(IsKey(id) ? await store.FindAsync(id, CallerAccess.Of(context).Games, context.RequestAborted) : null);

    private Task<IResult> ReplayAsync(string id, HttpContext context) => RequestBody.ServeReasonAsync(
        context,
        async reason => Show(
            IsKey(id)
                ? await processor.ReplayAsync(
                    id, CallerAccess.Of(context).Actor, CallerAccess.Of(context).Games, reason, context.RequestAborted)
                : null));

    private static bool IsKey(string id) => id.Length == KeyLength && id.All(char.IsAsciiHexDigitLower);

    private static ApiResult Show(NotificationDetail? detail) => detail is null
        ? ApiResult.NotFound("notification")
        : ApiResult.Ok(
            Show(detail.Notification) with { Headers = detail.Headers, Body = Text(detail.Body.Span) }, ApiJson.Readable.NotificationJson);

    /// <summary>What came as text; where it is none, in base64.</summary>
    private static string Text(ReadOnlySpan<byte> body) =>
        Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body);

    internal static NotificationJson Show(Notification notification) => new()
    {
        Id = notification.Key,
        Channel = notification.Channel,
        GameId = notification.GameId,
        NoticeId = notification.NotificationId,
        ReceivedAt = Rfc3339Time.Of(notification.ReceivedMs),
        Seen = notification.Receptions,
        State = EnumTexts.Notification[notification.State],
        Tries = notification.Tries,
        NextTryAt = Rfc3339Time.Of(notification.DueMs),
        Outcome = notification.Outcome,
        OrderId = notification.OrderId?.Value,
        TransactionId = notification.TransactionId,
        DoneAt = Rfc3339Time.Of(notification.DoneMs),
    };
}
