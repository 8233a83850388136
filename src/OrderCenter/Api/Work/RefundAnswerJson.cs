namespace OrderCenter.Api.Work;

/// <summary>Body of <c>POST /orders/{orderId}/refund-answer</c>.</summary>
internal sealed record RefundAnswerJson
{
    /// <summary><c>decline</c>, <c>approve</c> or <c>neutral</c>.</summary>
    public string? Preference { get; init; }

    public string? Reason { get; init; }

    /// <summary>How much of the purchase the player has used, in thousandths of a percent, 0 to 100,000; null: not said.</summary>
    public int? ConsumedMilliPercent { get; init; }

    /// <summary>Whether the player has agreed that this is reported; Apple takes no answer without it. Default false.</summary>
    public bool CustomerConsented { get; init; }
}
