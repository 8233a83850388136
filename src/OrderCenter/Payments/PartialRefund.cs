using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>How much of a payment was refunded.</summary>
/// <param name="RefundId">The number of this refund: the merchant's where the store names that, otherwise the store's own. Reported again,
/// it counts once. Null: the store reports the sum of all refunds so far.</param>
/// <param name="Money">By this refund; by all of them where <paramref name="RefundId"/> is null.</param>
public sealed record PartialRefund(string? RefundId, Money Money)
{
    /// <summary>The merchant's number of the refund that a report of the sum is about; null: not known.</summary>
    public string? Latest { get; init; }

    /// <summary>The store's own number, where <see cref="RefundId"/> is the merchant's.</summary>
    public string? StoreNumber { get; init; }
}
