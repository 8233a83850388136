namespace OrderCenter.Api;

/// <summary>A receipt that was presented for an order and refused. <c>authentic</c>: the store attests the purchase; false: the numbers
/// are what the receipt says of itself, and may be invented.</summary>
internal sealed record RefusedReceiptJson(
    string? Channel, string? TransactionId, string? StoreOrderId, string? Environment, string? ProductId, bool Authentic, string Reason,
    DateTime FirstAt, DateTime LastAt, long Count);
