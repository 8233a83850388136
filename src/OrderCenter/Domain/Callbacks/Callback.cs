namespace OrderCenter.Domain.Callbacks;

/// <summary>A callback as the database holds it.</summary>
public sealed record Callback
{
    public required CallbackId Id { get; init; }
    public required long GameId { get; init; }

    /// <summary>One of <see cref="CallbackEvents"/>.</summary>
    public required string Event { get; init; }

    public required string Url { get; init; }

    /// <summary>The wait before each attempt, milliseconds, as it was when the callback was queued.</summary>
    public required IReadOnlyList<long> WaitsMs { get; init; }

    /// <summary>When the event happened, Unix milliseconds.</summary>
    public required long EventMs { get; init; }

    public CallbackStatus Status { get; init; }

    /// <summary>How many attempts were begun.</summary>
    public int Attempts { get; init; }

    /// <summary>Which wait of the schedule comes next. An attempt whose outcome is unknown does not move it.</summary>
    public int Step { get; init; }

    /// <summary>When the next attempt is due, Unix milliseconds; null while none is.</summary>
    public long? DueMs { get; init; }

    /// <summary>Counts the leases: every write of an attempt names its lease, so that a node that was too slow changes nothing.</summary>
    public long Lease { get; init; }

    /// <summary>When the attempt in flight was begun, Unix milliseconds; durable before the call leaves. It means something only while
    /// the callback is leased.</summary>
    public long? StartedMs { get; init; }

    /// <summary>The attempt that delivered it; null while it is not delivered.</summary>
    public Attempt? Delivered { get; init; }

    /// <summary>App, scheme, host and port: they share one limiter and one breaker.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The body, where it was fixed when the callback was queued; null: the app's protocol writes it.</summary>
    public string? Content { get; init; }

    /// <summary>Whether it tells at the app's <c>eventsUrl</c> what happened.</summary>
    public bool IsTold => CallbackEvents.IsTold(Event);

    /// <summary>What is told has an endpoint of its own, also where it goes to the same host: neither delays the other.</summary>
    public static string EndpointOf(long gameId, string url, bool isTold = false) =>
        $"{gameId} {new Uri(url).GetLeftPart(UriPartial.Authority).ToLowerInvariant()}{(isTold ? "#events" : "")}";

    /// <summary>The app that an endpoint belongs to.</summary>
    public static long GameIdOf(string endpoint) => long.Parse(endpoint.AsSpan(0, endpoint.IndexOf(' ', StringComparison.Ordinal)));
}
