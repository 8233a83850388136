namespace OrderCenter.Payments.Statements;

/// <summary>A line of a statement that is compared with orders.</summary>
public sealed record StatementLine
{
    /// <summary>Where it stands in the file, from 1.</summary>
    public long Number { get; init; }

    public required LineKind Kind { get; init; }

    /// <summary>The store's number of the transaction; a product where the store lists no transactions (Apple).</summary>
    public required string Key { get; init; }

    /// <summary>Our order's number, where the store repeats it.</summary>
    public string? OrderNumber { get; init; }

    /// <summary>Of a refund: its number, the merchant's or the store's. Null: the store repeats none.</summary>
    public string? RefundNumber { get; init; }

    /// <summary>Never negative: what it means is the kind's.</summary>
    public long AmountE4 { get; init; }

    public string Currency { get; init; } = "";

    /// <summary>Pieces: more than one only in aggregates.</summary>
    public long Units { get; init; } = 1;

    /// <summary>When it happened, Unix milliseconds; null in aggregates.</summary>
    public long? AtMs { get; init; }

    /// <summary>What was sold, as the store names it: Google's product id, Alipay's and WeChat's title. Null: it does not say.</summary>
    public string? Product { get; init; }

    /// <summary>The days of an aggregate.</summary>
    public (DateOnly First, DateOnly Last)? Days { get; init; }
}
