using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

public sealed partial class OrderBook
{
    private const string HeldAct = "hold";

    /// <summary>Holds a paid order for review before its goods are out; callbacks that wait are cancelled. <see cref="ReleaseAsync"/> lets it go.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<ActOutcome> HoldAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken)
    {
        var outcome = await RetryRacesAsync(transaction => TryHoldByHandAsync(transaction, app, id, by, NowMs), id, cancellationToken);
        if (outcome is ActOutcome.Done)
        {
            metrics.Count(HeldAct);
            LogAct(log, id, HeldAct, by.Actor, by.Reason);
        }
        return outcome;
    }

    /// <returns>Null: another writer changed the order in between.</returns>
    private static async ValueTask<ActOutcome?> TryHoldByHandAsync(Transaction transaction, App app, OrderId id, ActBy by, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } || order.GameId != app.GameId)
        {
            return new ActOutcome.NotFound();
        }
        if (order.State.Progress == Progress.Review)
        {
            return new ActOutcome.AlreadySo();
        }
        if (!order.State.IsDeliverable)
        {
            return new ActOutcome.NotAllowed(order.State.Pay switch
            {
                PayState.Unpaid => "the order was not paid",
                PayState.Refunded => "the payment was refunded",
                _ => "the goods are out",
            });
        }
        var to = order.State with { Progress = Progress.Review };
        if (!await OrderTable.MoveAsync(transaction, order, to, by.Reason, deliveredMs: null, nowMs))
        {
            return null;
        }
        await CallbackTable.CancelAsync(transaction, id, CallbackEvents.Paid, nowMs);
        await ActTable.InsertAsync(transaction, new Act(id, nowMs, by.Actor, HeldAct, by.Reason, order.State, to));
        return new ActOutcome.Done();
    }
}
