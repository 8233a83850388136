namespace OrderCenter.Api.Work;

/// <summary>Body of <c>PUT /orders/{orderId}/consumption</c>.</summary>
internal sealed record ConsumptionJson
{
    /// <summary>How much of the order's goods the player has used, in thousandths of a percent, 0 to 100,000.</summary>
    public int? ConsumedMilliPercent { get; init; }

    public string? Reason { get; init; }
}
