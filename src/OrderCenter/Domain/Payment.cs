namespace OrderCenter.Domain;

/// <summary>One purchase as a store or payment platform attests it.</summary>
public sealed record Payment
{
    public const string Production = "Production";
    public const string Sandbox = "Sandbox";

    /// <summary>The channel's name.</summary>
    public required string Channel { get; init; }

    /// <summary><see cref="Production"/>, <see cref="Sandbox"/> or another name of the store's.</summary>
    public required string Environment { get; init; }

    /// <summary>Where the app has several accounts of the channel, the name of the one that proved the payment; null: the app has one, or
    /// nobody proved it, such as a payment that a person recorded.</summary>
    public string? Account { get; init; }

    /// <summary>What names this purchase at the store (Google: the purchase token; Apple: the transaction id). Pays one order at
    /// most.</summary>
    public required string TransactionId { get; init; }

    /// <summary>Other numbers that name the same purchase (Google's <c>GPA.…</c> order id); each pays one order at most, together with
    /// the first.</summary>
    public string? StoreOrderId { get; init; }

    public string? ProductId { get; init; }
    public int Quantity { get; init; } = 1;

    /// <summary>What was charged, where the receipt says so.</summary>
    public Money? Money { get; init; }

    public string? Currency { get; init; }

    /// <summary>When the player paid, Unix milliseconds, where the receipt says so.</summary>
    public long? PurchasedMs { get; init; }

    /// <summary>Every name that this purchase claims: the same receipt under another name must not pay twice.</summary>
    public IReadOnlyList<string> Names =>
        StoreOrderId is null || StoreOrderId == TransactionId ? [TransactionId] : [TransactionId, StoreOrderId];
}
