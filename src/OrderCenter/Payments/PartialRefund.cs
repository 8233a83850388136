using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>How much of a payment was refunded.</summary>
/// <param name="RefundId">The store's own number of this refund: reported again, it counts once. Null: the store reports the sum of all
/// refunds so far.</param>
/// <param name="Money">By this refund; by all of them where <paramref name="RefundId"/> is null.</param>
public sealed record PartialRefund(string? RefundId, Money Money);
