using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refunds;

/// <summary>The statements of a store's reversal of its refunds, inside the caller's transaction. What a method cannot finish it
/// undoes.</summary>
public sealed class RefundReversals(OrderStateChange changes)
{
    /// <summary>The store took its refunds of a payment back. An order of which a part went back stays as it is, and its game is told;
    /// one that was refunded follows the store's event.</summary>
    /// <returns>What went back still, by what the store reported since, and whether a part was taken back; null: another writer was
    /// faster, and everything must be read again.</returns>
    internal async ValueTask<ReversedRefund?> TryReverseAsync(
        Transaction transaction, App app, Payment payment, long reportedMs, long nowMs)
    {
        var holder = await PaymentTable.FindPaidOrderAsync(transaction, payment);
        var row = holder is { } id && id != PaymentTable.Nobody ? await OrderTable.FindAsync(transaction, id) : null;
        var before = await RefundTable.OfPaymentAsync(transaction, payment, app.GameId);
        await RefundTable.ReverseAsync(transaction, payment, app.GameId, reportedMs, nowMs);
        var after = await RefundTable.OfPaymentAsync(transaction, payment, app.GameId);
        var back = RefundBalance.Of(after).Back;
        var isPart = row is { Order.State.Pay: PayState.Paid } && row.Order.GameId == app.GameId && back < RefundBalance.Of(before).Back;
        if (!isPart || await changes.TryNoteReversalAsync(transaction, row!, nowMs))
        {
            return new ReversedRefund(back, isPart);
        }
        foreach (var changed in after.Except(before))
        {
            var old = before.Find(refund => refund.Number == changed.Number);
            await (old is null ? RefundTable.DeleteAsync(transaction, changed) : RefundTable.RestoreAsync(transaction, old));
        }
        return null;
    }

    /// <summary>Notes what went back of an order after its refund was reversed.</summary>
    internal async ValueTask NoteRestAsync(Transaction transaction, OrderId id, Money back, long nowMs)
    {
        if (back > Money.Zero && await OrderTable.FindAsync(transaction, id) is { Order.State.Pay: PayState.Paid } row
            && !await changes.TryNotePartAsync(transaction, row, back, by: null, nowMs))
        {
            throw new InvalidOperationException($"order {id} moved in the transaction that had moved it");
        }
    }
}
