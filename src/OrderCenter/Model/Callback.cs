namespace OrderCenter.Model;

/// <summary>How far a callback is. Numbers as stored.</summary>
public enum CallbackStatus
{
    /// <summary>Waits for its due time.</summary>
    Pending = 0,

    /// <summary>Leased to a node that is calling, or about to.</summary>
    Delivering = 1,
    Delivered = 2,

    /// <summary>Every attempt of its schedule failed; it waits for a person.</summary>
    Exhausted = 3,

    /// <summary>Kept back: the app is disabled.</summary>
    Held = 4,

    /// <summary>No longer to be sent: the order was refunded before.</summary>
    Cancelled = 5,
}

/// <summary>What a callback tells the game.</summary>
public static class CallbackEvents
{
    public const string Paid = "order.paid";
    public const string Refunded = "order.refunded";
    public const string Closed = "order.closed";

    /// <summary>CardRecharge: the final result, success or failed.</summary>
    public const string Result = "order.result";
}

/// <summary>Which callback: the order's number and a count within the order. Its public name is <c>cb_ORDER_COUNT</c>, the same over all attempts.</summary>
public readonly record struct CallbackId(OrderId OrderId, int Number)
{
    private const string Prefix = "cb_";

    public override string ToString() => $"{Prefix}{OrderId}_{Number}";

    public static bool TryParse(string? text, out CallbackId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].Split('_') is not [var order, { Length: > 0 and <= 6 } number]
            || number.AsSpan().ContainsAnyExceptInRange('0', '9') || !OrderId.TryParse(order, out var orderId))
        {
            return false;
        }
        id = new CallbackId(orderId, int.Parse(number));
        return true;
    }
}

/// <summary>What an app's protocol says of an event: where it is told, and on which schedule; null: it is not told. So the orders know no protocol by name.</summary>
public delegate CallbackPlan? PlanCallback(App app, Order order, string @event);

/// <summary>That a callback is due, where to, and how often it is tried: what a protocol says of an event before it is queued.</summary>
/// <param name="Url">An absolute http or https address.</param>
/// <param name="WaitsMs">The wait before each attempt, milliseconds: the first from the event, the others from the start of the attempt before.</param>
public sealed record CallbackPlan(string Url, IReadOnlyList<long> WaitsMs)
{
    public const int WaitsMax = 200;

    /// <summary>The waits with the last one repeated until a time after the event is reached.</summary>
    public static IReadOnlyList<long> Until(long endMs, params IReadOnlyList<long> waitsMs)
    {
        var all = new List<long>(waitsMs);
        var last = waitsMs[^1];
        for (var at = waitsMs.Sum() + last; at <= endMs && all.Count < WaitsMax; at += last)
        {
            all.Add(last);
        }
        return all;
    }
}

/// <summary>A callback as it stands in the store.</summary>
public sealed record Callback
{
    public required CallbackId Id { get; init; }
    public required long GameId { get; init; }

    /// <summary>One of <see cref="CallbackEvents"/>.</summary>
    public required string Event { get; init; }

    public required string Url { get; init; }

    /// <summary>The wait before each attempt, milliseconds, as it was when the callback was queued.</summary>
    public required IReadOnlyList<long> WaitsMs { get; init; }

    /// <summary>When what it tells happened, Unix milliseconds.</summary>
    public required long EventMs { get; init; }

    public CallbackStatus Status { get; init; }

    /// <summary>How many attempts were begun.</summary>
    public int Attempts { get; init; }

    /// <summary>Which wait of the schedule comes next. An attempt whose outcome is unknown does not move it.</summary>
    public int Step { get; init; }

    /// <summary>When the next attempt is due, Unix milliseconds; null while none is.</summary>
    public long? DueMs { get; init; }

    /// <summary>Counts the leases: every write of an attempt says which lease it belongs to, so that a node that was too slow changes nothing.</summary>
    public long Lease { get; init; }

    /// <summary>When the attempt in flight was begun, Unix milliseconds; durable before the call leaves. It means something only while the callback is leased.</summary>
    public long? StartedMs { get; init; }

    /// <summary>The attempt that delivered it; null while it is not delivered.</summary>
    public Attempt? Delivered { get; init; }

    /// <summary>(App, scheme, host, port): what is limited and broken together.</summary>
    public required string Endpoint { get; init; }

    public static string EndpointOf(long gameId, string url) => $"{gameId} {new Uri(url).GetLeftPart(UriPartial.Authority).ToLowerInvariant()}";
}

/// <summary>One attempt. In flight it has neither status nor duration; one that a dying node left behind ends with an error that says so.</summary>
public sealed record Attempt(
    int Number, long StartedMs, long? DurationMs, int? HttpStatus, string? Response, string? Error);
