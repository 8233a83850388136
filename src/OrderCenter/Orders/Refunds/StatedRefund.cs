using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;

namespace OrderCenter.Orders.Refunds;

/// <summary>A refund in part that a store's statement tells of, to be recorded once.</summary>
/// <param name="StatementId">The reconciliation that compared the statement.</param>
/// <param name="Place">Its place among what that reconciliation found.</param>
/// <param name="RefundNumber">The refund's number in the statement, ours or the store's; null: the statement gives none.</param>
/// <param name="BackBefore">What had gone back of the payment when the statement was compared; null: it is not known.</param>
public sealed record StatedRefund(string StatementId, long Place, string? RefundNumber, Money? BackBefore)
{
    /// <summary>The number under which it is recorded.</summary>
    public string Key => $"{Prefix}{Place}";

    private string Prefix => $"{StatementId}-";

    /// <summary>The refund that it is; null: none that is known.</summary>
    public Refund? Find(IEnumerable<Refund> refunds) => refunds.FirstOrDefault(refund => refund.Number == Key
        || (RefundNumber is not null && (refund.Number == RefundNumber || refund.StoreNumber == RefundNumber)));

    /// <summary>Why it cannot be recorded; null: it can.</summary>
    public string? RefusalOf(IReadOnlyCollection<Refund> refunds, Money? money) => Find(refunds) switch
    {
        { State: RefundState.Reversed } => $"the store has reversed refund {RefundNumber}",
        { } known when known.Money != money => $"refund {RefundNumber} is known here over {known.Money}",
        null when IsOutdated(refunds) =>
            "refunds of the payment became known since the statement was compared, and this may be one of them: compare the order's "
            + "refunds with the statement; ignore this, or record what is missing at the order",
        _ => null,
    };

    /// <summary>Whether refunds became known since the statement was compared, beside those that were recorded from it.</summary>
    private bool IsOutdated(IReadOnlyCollection<Refund> refunds)
    {
        var recordedE4 = refunds.Where(refund => refund.Number.StartsWith(Prefix, StringComparison.Ordinal))
            .Sum(refund => (decimal)refund.Money.AmountE4);
        return BackBefore is { } before && RefundBalance.Of(refunds).Back.AmountE4 - recordedE4 != before.AmountE4;
    }
}
