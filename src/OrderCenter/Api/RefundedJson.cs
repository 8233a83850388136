using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>A refund of an order's payment.</summary>
/// <param name="Number">Its number at the store: ours where we asked for it or recorded it.</param>
/// <param name="Money">How much, in the payment's currency.</param>
/// <param name="State"><c>asked</c>, <c>done</c>, <c>failed</c>, <c>closed</c> (for good), <c>unknown</c> or
/// <c>reversed</c>.</param>
/// <param name="AtStore">Whether the store gives it back; false: it was made elsewhere and recorded.</param>
/// <param name="AskedAt">When it was asked for, recorded or first reported.</param>
internal sealed record RefundedJson(string Number, string Money, string State, bool AtStore, DateTime AskedAt)
{
    /// <summary>When the money was known to be back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? DoneAt { get; init; }

    /// <summary>Who wanted it; absent: the store reported it by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Actor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What the store said last, where that needs words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Outcome { get; init; }

    /// <summary>The store's own number, beside ours.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StoreNumber { get; init; }

    /// <summary>When the store is asked again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? NextAt { get; init; }
}
