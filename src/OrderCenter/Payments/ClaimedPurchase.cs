using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>The purchase that a receipt names, not proven.</summary>
/// <param name="TransactionId">As <see cref="Payment.TransactionId"/>.</param>
/// <param name="StoreOrderId">As <see cref="Payment.StoreOrderId"/>.</param>
/// <param name="ProductId">The product.</param>
public sealed record ClaimedPurchase(string TransactionId, string? StoreOrderId = null, string? ProductId = null);
