using System.Text.Json;

namespace OrderCenter.Api;

/// <summary>Body of <c>POST /orders/{orderId}/paid</c>.</summary>
internal sealed record PaidJson
{
    public string? Channel { get; init; }
    public string? TransactionId { get; init; }
    public JsonElement Money { get; init; }
    public string? Currency { get; init; }
    public string? Reason { get; init; }
}
