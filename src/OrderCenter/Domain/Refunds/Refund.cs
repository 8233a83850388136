namespace OrderCenter.Domain.Refunds;

/// <summary>Money of a payment that goes back, or shall go back: asked for at the store by us, made elsewhere and recorded by a person, or
/// only reported by the store.</summary>
public sealed record Refund
{
    /// <summary>The most that an order is asked for.</summary>
    public const int CountMax = 50;

    /// <summary>The number of the row that holds the store's own sum of all refunds, where it reports that and no single ones.</summary>
    public const string SumNumber = "";

    public required string Channel { get; init; }
    public required string Environment { get; init; }
    public required string TransactionId { get; init; }
    public required long GameId { get; init; }

    /// <summary>Its number at the store: ours where we gave it one, otherwise the one that the store reports.</summary>
    public required string Number { get; init; }

    /// <summary>The order, where we asked for it or recorded it; null: the store only reported it.</summary>
    public OrderId? OrderId { get; init; }

    public required Money Money { get; init; }
    public RefundState State { get; init; }

    /// <summary>Whether the store gives it back. False: it was made elsewhere.</summary>
    public bool IsAtStore { get; init; } = true;

    /// <summary>Who wanted it; null: the store reported it.</summary>
    public string? Actor { get; init; }

    public string? Reason { get; init; }

    /// <summary>What the store said last; null: nothing that needs words.</summary>
    public string? Outcome { get; init; }

    /// <summary>The store's own number, beside ours; null: not known.</summary>
    public string? StoreNumber { get; init; }

    /// <summary>How often it was opened: 1, and once more each time that it was asked for again after it had failed. 0: reported.</summary>
    public int Asks { get; init; }

    /// <summary>When it was asked for or first reported, Unix milliseconds.</summary>
    public required long SeenMs { get; init; }

    /// <summary>When the store said last how it stands, Unix milliseconds.</summary>
    public required long ReportedMs { get; init; }

    /// <summary>When the money was known to be back, Unix milliseconds; null: it is not.</summary>
    public long? DoneMs { get; init; }

    /// <summary>When the store is asked again, Unix milliseconds; null: no more.</summary>
    public long? DueMs { get; init; }

    /// <summary>How often the store was asked again.</summary>
    public int Attempts { get; init; }

    public long Lease { get; init; }

    /// <summary>Whether its end is awaited.</summary>
    public bool IsOpen => State is RefundState.Asked or RefundState.Unknown;

    /// <summary>The number of an order's next refund: the same however often it is derived from the same order.</summary>
    public static string NumberOf(OrderId orderId, int ask) => $"{orderId}R{ask}";
}
