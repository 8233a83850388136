namespace OrderCenter.Payments.RefundQuestions;

/// <summary>The answer to a store's question about a refund.</summary>
/// <param name="Preference">What the store should do.</param>
/// <param name="IsConsented">Whether the player has agreed that consumption is reported; Apple takes no answer without it.</param>
public sealed record RefundAnswer(RefundPreference Preference, bool IsConsented)
{
    /// <summary>How much of the purchase was used, in thousandths of a percent, 0 to 100,000; null: not known.</summary>
    public int? ConsumedShare { get; init; }
}
