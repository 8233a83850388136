using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refunds;

/// <summary>What a wish to give money back means for an order as it was read with its refunds.</summary>
/// <param name="Refusal">Why it is not allowed; null: it is.</param>
/// <param name="Money">How much.</param>
/// <param name="Known">The refund that it is, under its own number; null: a new one.</param>
internal sealed record RefundPlan(string? Refusal, Money Money, Refund? Known)
{
    /// <summary>What was paid: all refunds together are never more.</summary>
    public static Money WholeOf(OrderRow row) => row.Payment?.Money ?? row.Order.Money;

    /// <summary>1. One of the same money whose end is awaited is the same refund asked for again. 2. So is one that failed. 3. Otherwise a
    /// new one, as far as enough is left.</summary>
    /// <param name="row">The order and what paid it.</param>
    /// <param name="refunds">All refunds of the payment.</param>
    /// <param name="money">Null: all that is left.</param>
    /// <param name="isAtStore">Whether the store is asked; otherwise it was made elsewhere, and is a new one each time.</param>
    /// <param name="isWholeOnly">Whether the store knows no refund in part.</param>
    public static RefundPlan Of(OrderRow row, IReadOnlyList<Refund> refunds, Money? money, bool isAtStore, bool isWholeOnly)
    {
        var (whole, balance) = (WholeOf(row), RefundBalance.Of(refunds));
        var left = balance.LeftOf(whole);
        var own = refunds.Where(refund => refund.OrderId == row.Order.Id && refund.IsAtStore).ToList();
        var open = own.FindLast(refund => refund.IsOpen && (money is { } asked ? refund.Money == asked : left == Money.Zero));
        if (isAtStore && open is not null)
        {
            return new RefundPlan(null, open.Money, open);
        }
        var wanted = money ?? left;
        if (wanted > left || (wanted == Money.Zero && (isAtStore || balance.Open > Money.Zero)))
        {
            var awaited = balance.Open > Money.Zero ? $", and {balance.Open} is asked for at the store" : "";
            return Refuse($"of {whole} that was paid {balance.Back} went back{awaited}: at most {left} can be given back");
        }
        if (isWholeOnly && wanted != whole)
        {
            return Refuse($"channel {row.Payment!.Channel} gives back the whole payment of {whole} only; leave out money");
        }
        var failed = isAtStore ? own.FindLast(refund => refund.State == RefundState.Failed && refund.Money == wanted) : null;
        return failed is null && row.Order.Refunds >= Refund.CountMax
            ? Refuse($"an order is refunded {Refund.CountMax} times at most")
            : new RefundPlan(null, wanted, failed);
    }

    private static RefundPlan Refuse(string reason) => new(reason, Money.Zero, null);
}
