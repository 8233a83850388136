using OrderCenter.Domain;

namespace OrderCenter.Orders.Receipts;

/// <summary>A merchant order id that comes only with the payment, and the content with which a later create request under this id is
/// compared (idempotency).</summary>
public sealed record DeferredMerchantOrderId(string MerchantOrderId, Func<Order, IReadOnlyList<string>> ContentOf);
