using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>An order as the native API shows it.</summary>
internal sealed record OrderJson
{
    public required string OrderId { get; init; }
    public required long GameId { get; init; }
    public required string Protocol { get; init; }
    public string? MerchantOrderId { get; init; }
    public required string ProductId { get; init; }
    public required string ProductName { get; init; }
    public required string Money { get; init; }
    public required string Currency { get; init; }
    public required string UserId { get; init; }
    public required int Quantity { get; init; }
    public string? Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public required string PayState { get; init; }
    public required string State { get; init; }
    public string? StateReason { get; init; }
    public required bool Test { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime ExpiresAt { get; init; }
    public DateTime? PaidAt { get; init; }
    public DateTime? DeliveredAt { get; init; }

    /// <summary>When its player's personal data was erased; only where it was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? ErasedAt { get; init; }
    public PaymentJson? Payment { get; init; }

    /// <summary>What else the game sent, by its protocol's field names; the native <c>extra</c> as it was sent.</summary>
    public required JsonObject Attributes { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<CallbackJson> Callbacks { get; init; }

    /// <summary>Authentic payments that paid nothing here; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnappliedJson>? UnappliedPayments { get; init; }

    /// <summary>Receipts that were presented for it and refused, in the order of their first time; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusedReceiptJson>? RefusedReceipts { get; init; }

    /// <summary>The audit log of the order, oldest first; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AuditEntryJson>? Acts { get; init; }

    /// <summary>The stores' notifications of it, oldest first, without the bodies; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NotificationJson>? Notifications { get; init; }

    /// <summary>The refunds of its payment by their numbers, oldest first; only where one order is read and there are some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefundedJson>? Refunds { get; init; }

    /// <summary>What went back so far; only where one order is read and there is such a refund.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefundedMoney { get; init; }
}
