using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Client;

/// <summary>Reads the feed of changes: what happened to a game's orders, complete and in order, whatever callbacks were missed. Safe for concurrent use. It
/// signs in with the game's own token, which it makes of the secret, and does not try again by itself.</summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the order center's.</param>
/// <param name="gameId">The app's number.</param>
/// <param name="secret">Any valid secret of the app.</param>
public sealed class ChangeFeedClient(HttpClient http, long gameId, string secret)
{
    private const int AnswerBytesMax = 8 << 20;
    private readonly string _token = Token(gameId, secret);

    /// <summary>The token that opens a game's feed and nothing else.</summary>
    /// <param name="gameId">The app's number.</param>
    /// <param name="secret">Any valid secret of the app.</param>
    public static string Token(long gameId, string secret) => string.Create(
        CultureInfo.InvariantCulture, $"{gameId}.{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"changes:{gameId}")))}");

    /// <summary>Reads one page. The same cursor gives the same changes, so it may be repeated after an <see cref="HttpRequestException"/> or a time-out.</summary>
    /// <param name="cursor">The <see cref="ChangesAnswer.Page.NextCursor"/> that was kept; null: from the oldest change there is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="limit">1 to 500.</param>
    public async Task<ChangesAnswer> ReadAsync(string? cursor, CancellationToken cancellationToken, int limit = 100)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"api/v1/changes?gameId={gameId}&limit={limit}") + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(query, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await response.Content.LoadIntoBufferAsync(AnswerBytesMax, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => Page(bytes),
            HttpStatusCode.Gone => Gone(bytes),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new ChangesAnswer.Busy(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1)),
            var status => new ChangesAnswer.Refused((int)status, Title(bytes)),
        };
    }

    /// <summary>Reads on to the end of what is there now, and hands over page after page, each once the one before was handled.</summary>
    /// <param name="cursor">The cursor that was kept; null: from the oldest change there is.</param>
    /// <param name="handle">Does what a page says and keeps its <see cref="ChangesAnswer.Page.NextCursor"/>, in one transaction. What it throws ends the
    /// reading; the page comes again from the cursor that was kept.</param>
    /// <param name="cancellationToken">Ends the reading between two pages.</param>
    /// <param name="limit">The changes of a page, 1 to 500.</param>
    /// <returns>The last page, whose <see cref="ChangesAnswer.Page.HasMore"/> is false; or what stopped the reading.</returns>
    public async Task<ChangesAnswer> ReadToEndAsync(
        string? cursor, Func<ChangesAnswer.Page, CancellationToken, Task> handle, CancellationToken cancellationToken, int limit = 100)
    {
        while (true)
        {
            var answer = await ReadAsync(cursor, cancellationToken, limit);
            if (answer is not ChangesAnswer.Page page)
            {
                return answer;
            }
            await handle(page, cancellationToken);
            if (!page.HasMore)
            {
                return page;
            }
            cursor = page.NextCursor;
        }
    }

    private static ChangesAnswer.Page Page(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            return new ChangesAnswer.Page(
                [.. json.GetProperty("items").EnumerateArray().Select(OrderChange.From)],
                json.GetProperty("nextCursor").GetString() ?? throw new FormatException("nextCursor is null"), json.GetProperty("hasMore").GetBoolean());
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HttpRequestException("the answer is no page of the feed", fault, HttpStatusCode.OK);
        }
    }

    private static ChangesAnswer.Gone Gone(byte[] bytes) =>
        new(Title(bytes), Member(bytes, "oldestNumber") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var oldest) ? oldest : null);

    private static string Title(byte[] bytes) => Member(bytes, "title") is { ValueKind: JsonValueKind.String } title ? title.GetString()! : "";

    private static JsonElement? Member(byte[] bytes, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var member) ? member.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What the feed answered: exactly one of its kinds.</summary>
public abstract record ChangesAnswer
{
    private ChangesAnswer()
    {
    }

    /// <summary>Changes in the order of their numbers, without a gap.</summary>
    /// <param name="Items">Empty: nothing happened since.</param>
    /// <param name="NextCursor">Where to read on, also of an empty page. Opaque: keep it as it is.</param>
    /// <param name="HasMore">Whether there is more now.</param>
    public sealed record Page(IReadOnlyList<OrderChange> Items, string NextCursor, bool HasMore) : ChangesAnswer;

    /// <summary>The cursor leads nowhere any more: what came behind it is no longer kept, or the order center was restored from a backup. Compare the orders of
    /// the time between with a search, then begin without a cursor.</summary>
    /// <param name="Message">What happened, in the order center's words.</param>
    /// <param name="OldestNumber">The oldest change that can be had, where it is told.</param>
    public sealed record Gone(string Message, long? OldestNumber) : ChangesAnswer;

    /// <summary>The order center has too much to do; ask again after a while.</summary>
    /// <param name="RetryAfter">After how long.</param>
    public sealed record Busy(TimeSpan RetryAfter) : ChangesAnswer;

    /// <summary>The request is wrong: the secret or the address (401, 403), or the cursor is another game's (400). Repeating it does not help.</summary>
    /// <param name="HttpStatus">The status of the answer.</param>
    /// <param name="Message">What is wrong.</param>
    public sealed record Refused(int HttpStatus, string Message) : ChangesAnswer;
}

/// <summary>A change of an order, and how the order stood after it.</summary>
public sealed record OrderChange
{
    /// <summary>Its place in the game's feed, from 1 on, without a gap.</summary>
    public required long Number { get; init; }

    /// <summary>The order's number.</summary>
    public required string OrderId { get; init; }

    /// <summary>The game's own number of the order; null where it has none.</summary>
    public string? MerchantOrderId { get; init; }

    /// <summary>What happened, such as <c>order.paid</c> or <c>order.refunded</c>; there may be newer ones than this package knows.</summary>
    public required string Event { get; init; }

    /// <summary>Its place within the order; 0: its creation.</summary>
    public required int Move { get; init; }

    /// <summary>After it: <c>unpaid</c>, <c>paid</c> or <c>refunded</c>.</summary>
    public required string PayState { get; init; }

    /// <summary>After it: <c>created</c>, <c>delivering</c>, <c>delivered</c>, <c>failed</c>, <c>closed</c> or <c>review</c> (held: grant nothing).</summary>
    public required string State { get; init; }

    /// <summary>Why it was held, closed or failed.</summary>
    public string? StateReason { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether goods are due if they were not granted yet: paid, and neither held nor failed.</summary>
    public bool GrantsGoods => PayState == "paid" && State is ("created" or "delivering" or "delivered");

    /// <summary>Whether the money went back: what was granted is to be taken back, and nothing is to be granted.</summary>
    public bool IsRefunded => PayState == "refunded";

    internal static OrderChange From(JsonElement json) => new()
    {
        Number = json.GetProperty("number").GetInt64(),
        OrderId = json.GetProperty("orderId").GetString()!,
        MerchantOrderId = json.GetProperty("merchantOrderId").GetString(),
        Event = json.GetProperty("event").GetString()!,
        Move = json.GetProperty("move").GetInt32(),
        PayState = json.GetProperty("payState").GetString()!,
        State = json.GetProperty("state").GetString()!,
        StateReason = json.GetProperty("stateReason").GetString(),
        At = json.GetProperty("at").GetDateTimeOffset(),
    };
}
