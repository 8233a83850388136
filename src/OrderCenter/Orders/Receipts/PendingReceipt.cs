using System.Text.Json.Serialization;

namespace OrderCenter.Orders.Receipts;

/// <summary>A receipt that could not be verified yet, as it is stored encrypted, with the merchant order id that came with it.</summary>
internal sealed record PendingReceipt(string Receipt, string? MerchantOrderId, IReadOnlyList<string>? Content)
{
    [JsonIgnore]
    public DeferredMerchantOrderId? DeferredId =>
        MerchantOrderId is null ? null : new DeferredMerchantOrderId(MerchantOrderId, _ => Content!);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PendingReceipt))]
internal sealed partial class PendingReceiptJson : JsonSerializerContext;
