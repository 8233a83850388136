using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>Answer of <c>POST /orders</c>.</summary>
/// <param name="OrderId">Its number.</param>
/// <param name="Pay">What the client hands to the platform's SDK; only for a channel whose payment begins with us.</param>
/// <param name="PayFault">Why there is no <c>pay</c>; the same request again tries again.</param>
/// <param name="Warnings">What was taken and will not work here.</param>
internal sealed record OrderCreatedJson(
    string OrderId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Pay = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PayFault = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings = null);
