namespace OrderCenter.Domain.Refunds;

/// <summary>What the refunds of one payment add up to.</summary>
/// <param name="Back">What went back: the store's own sum, or that of the single refunds, whichever is more.</param>
/// <param name="Open">What is asked for and may go back.</param>
public readonly record struct RefundBalance(Money Back, Money Open)
{
    public static RefundBalance Of(IReadOnlyCollection<Refund> refunds)
    {
        decimal Sum(Func<Refund, bool> counts) => refunds.Where(counts).Sum(refund => (decimal)refund.Money.AmountE4);
        var all = Sum(refund => refund.Number == Refund.SumNumber);
        var single = Sum(refund => refund is { State: RefundState.Done, Number: not Refund.SumNumber });
        return new RefundBalance(MoneyOf(Math.Max(all, single)), MoneyOf(Sum(refund => refund.IsOpen)));
    }

    /// <summary>What of the whole neither went back nor is asked for.</summary>
    public Money LeftOf(Money whole) =>
        new((long)Math.Max(0, (decimal)whole.AmountE4 - Back.AmountE4 - Open.AmountE4));

    private static Money MoneyOf(decimal amountE4) => new((long)Math.Min(amountE4, long.MaxValue));
}
