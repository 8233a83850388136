using OrderCenter.Domain;

namespace OrderCenter.Orders.Refunds;

/// <summary>What a store's reversal of its refunds led to.</summary>
/// <param name="Back">What went back still, since it was reported later.</param>
/// <param name="IsPart">Whether the order was refunded in part, so that it stays as it is.</param>
internal sealed record ReversedRefund(Money Back, bool IsPart);
