namespace OrderCenter.Channels.Google;

/// <summary>One product of a purchase.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">How many of it.</param>
internal sealed record PurchaseLine(string ProductId, int Quantity)
{
    public bool IsConsumed { get; init; }

    /// <summary>How many were not given back; null: Google does not say.</summary>
    public int? Refundable { get; init; }

    /// <summary>How many were given back; null: Google does not say.</summary>
    public int? Refunded => Refundable is { } left && left <= Quantity ? Quantity - left : null;
}
