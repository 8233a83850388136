using OrderCenter.Domain.Refunds;

namespace OrderCenter.Reconciliation;

/// <summary>A refund in a statement.</summary>
/// <param name="Number">The merchant's number or the store's; null: the store repeats none.</param>
/// <param name="AmountE4">How much.</param>
/// <param name="Line">The line of the file.</param>
/// <param name="AtMs">When, Unix milliseconds; null: the store does not say.</param>
internal sealed record StatementRefund(string? Number, long AmountE4, long Line, long? AtMs)
{
    /// <summary>The refund of that number here, which is over another amount; null: none has that number.</summary>
    public Refund? Other { get; init; }
}
