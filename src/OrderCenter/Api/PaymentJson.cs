namespace OrderCenter.Api;

internal sealed record PaymentJson(
    string Channel, string TransactionId, string? StoreOrderId, string Environment, string? Money, string? Currency, string? ProductId,
    int Quantity, DateTime? PurchasedAt);
