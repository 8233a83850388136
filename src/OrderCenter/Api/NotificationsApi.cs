using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>The inbox of the stores' notifications: what came, what came of it, and reading it again.</summary>
internal sealed class NotificationsApi(AppCatalog apps, Inbox inbox)
{
    private const string StateForm = "must be waiting, applied, ignored, unclaimed, unapplied, held or failed";
    private const int ChannelMax = 64;
    private const int KeyLength = 40;

    public static void Map(RouteGroupBuilder group, NotificationsApi api)
    {
        group.MapGet("/notifications", (Delegate)api.ListAsync).WithSummary("Notifications of stores: channel, gameId, state").Produces<PageJson<NoticeJson>>();
        group.MapGet("/notifications/{id}", api.GetAsync).WithSummary("Read a notification with its body").Produces<NoticeJson>();
        group.MapPost("/notifications/{id}/replay", api.ReplayAsync).WithSummary("Read a notification again, now").Produces<NoticeJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal))
        {
            return refusal;
        }
        var query = context.Request.Query;
        var channel = query["channel"].ToString();
        if (channel.Length > ChannelMax)
        {
            return Answer.Invalid("channel", $"must be at most {ChannelMax} characters");
        }
        long? gameId = null;
        if (query["gameId"].ToString() is { Length: > 0 } game)
        {
            if (apps.Find(game) is not { } entry)
            {
                return Answer.Invalid("gameId", "must be the number or the alias of an app");
            }
            gameId = entry.App.GameId;
        }
        NoticeState? state = null;
        if (query["state"].ToString() is { Length: > 0 } text)
        {
            if (!Enum.GetValues<NoticeState>().Any(known => Inbox.Name(known) == text))
            {
                return Answer.Invalid("state", StateForm);
            }
            state = Enum.GetValues<NoticeState>().First(known => Inbox.Name(known) == text);
        }
        NoticeCursor? after = paging.After is { } key ? new NoticeCursor(key.Ms, key.Id) : null;
        var page = await inbox.ListAsync(channel.Length == 0 ? null : channel, gameId, state, after, paging.Limit + 1, context.RequestAborted);
        return Paging.Page(page, paging.Limit, Show, notice => new PageKey(notice.ReceivedMs, notice.Key), ApiJson.Readable.PageJsonNoticeJson);
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancellationToken) =>
        Show(IsKey(id) ? await inbox.FindAsync(id, cancellationToken) : null);

    private async Task<IResult> ReplayAsync(string id, HttpContext context) =>
        Show(IsKey(id) ? await inbox.ReplayAsync(id, Access.Actor(context), context.RequestAborted) : null);

    private static bool IsKey(string id) => id.Length == KeyLength && id.All(char.IsAsciiHexDigitLower);

    private static Answer Show(NoticeDetail? detail) => detail is null
        ? Answer.NotFound("notification")
        : Answer.Json(StatusCodes.Status200OK, Show(detail.Notice) with { Headers = detail.Headers, Body = Text(detail.Body.Span) }, ApiJson.Readable.NoticeJson);

    /// <summary>What came as text; where it is none, in base64.</summary>
    private static string Text(ReadOnlySpan<byte> body) => Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body);

    internal static NoticeJson Show(Notice notice) => new()
    {
        Id = notice.Key,
        Channel = notice.Channel,
        GameId = notice.GameId,
        NoticeId = notice.NoticeId,
        ReceivedAt = Times.Of(notice.ReceivedMs),
        Seen = notice.Seen,
        State = Inbox.Name(notice.State),
        Tries = notice.Tries,
        NextTryAt = Times.Of(notice.DueMs),
        Outcome = notice.Outcome,
        OrderId = notice.OrderId?.Value,
        TransactionId = notice.TransactionId,
        DoneAt = Times.Of(notice.DoneMs),
    };
}

/// <summary>A notification as the native API shows it.</summary>
internal sealed record NoticeJson
{
    public required string Id { get; init; }
    public required string Channel { get; init; }
    public required long GameId { get; init; }

    /// <summary>The store's own id of it.</summary>
    public required string NoticeId { get; init; }

    public required DateTime ReceivedAt { get; init; }

    /// <summary>How often it came.</summary>
    public required int Seen { get; init; }

    /// <summary>waiting, applied, ignored, unclaimed, unapplied, held or failed.</summary>
    public required string State { get; init; }

    public required int Tries { get; init; }
    public DateTime? NextTryAt { get; init; }
    public string? Outcome { get; init; }
    public string? OrderId { get; init; }
    public string? TransactionId { get; init; }
    public DateTime? DoneAt { get; init; }

    /// <summary>Only where one notification is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>As it came; only where one notification is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Body { get; init; }
}
