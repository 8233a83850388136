namespace OrderCenter.Domain;

/// <summary>A query that is to be made at a store: whether an order was paid, or whether a pending receipt is
/// good.</summary>
public sealed record PaymentLookup
{
    /// <summary>The wait before the first query, milliseconds.</summary>
    public const long FirstWaitMs = 30_000;

    /// <summary>The <see cref="Key"/> of the query without a receipt.</summary>
    public const string OrderKey = "order";

    public required OrderId OrderId { get; init; }

    /// <summary>Which inquiry of the order: one without a receipt, or one for each receipt.</summary>
    public required string Key { get; init; }

    public required long GameId { get; init; }

    /// <summary>The channel that is queried; null: found by the receipt's shape.</summary>
    public string? Channel { get; init; }

    /// <summary>The receipt, encrypted; null: the query is by the order's own number.</summary>
    public string? Sealed { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>The lease that a write belongs to.</summary>
    public long Lease { get; init; }

    public required long SinceMs { get; init; }

    /// <summary>When it is made next; null: only when an operator requests it.</summary>
    public required long? DueMs { get; init; }

    /// <summary>The last result.</summary>
    public string? Outcome { get; init; }

    /// <summary>The query by the order's own number, which begins now.</summary>
    public static PaymentLookup Of(Order order, string channel, long nowMs) => new()
    {
        OrderId = order.Id,
        Key = OrderKey,
        GameId = order.GameId,
        Channel = channel,
        SinceMs = nowMs,
        DueMs = nowMs + FirstWaitMs,
    };
}
