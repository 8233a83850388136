using System.Text.Json.Serialization;

namespace OrderCenter.Api;

internal sealed record PaymentJson(
    string Channel, string TransactionId, string? StoreOrderId, string Environment, string? Money, string? Currency, string? ProductId,
    int Quantity, DateTime? PurchasedAt)
{
    /// <summary>The channel's account that proved it, where the app has several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }
}
