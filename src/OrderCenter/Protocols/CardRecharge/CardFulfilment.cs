using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Orders;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>Delivers cards (protocols.md §4): in the transaction of the payment where stock suffices and no order waits before it;
/// otherwise the order joins the backlog and gets its cards after an import. A direct recharge waits for its result.</summary>
internal sealed class CardFulfilment(
    CardInventory cards, CardRechargeProtocol protocol, CallbackOutbox outbox, OrderEventOutbox events, OrderMetrics metrics)
    : IFulfilment
{
    public const string WaitingReason = "waiting for stock";

    /// <summary>How many orders that need nothing any more one payment's transaction removes from the head of the backlog.</summary>
    private const int LeaversMax = 32;

    string IFulfilment.Protocol => CardRechargeProtocol.ProtocolName;

    public async ValueTask<Order> FulfilAsync(Transaction transaction, App app, Order order, Payment payment, long nowMs)
    {
        if (order.Attributes.ContainsKey(CardRechargeEndpoints.AccountField))
        {
            return order;
        }
        if (order.Quantity > CardInventory.IssueMax)
        {
            // Only the native API takes such an order; it must not block those behind it.
            return await WaitAsync(
                transaction, order, $"more than {CardInventory.IssueMax} cards are not issued by themselves: give the result by hand");
        }
        var reason = WaitingReason;
        if (!await HasEarlierOrderAsync(transaction, order))
        {
            switch (await cards.IssueAsync(transaction, order, nowMs))
            {
                case IssueOutcome.Issued issued when await DeliverAsync(
                    transaction, app, order, payment, issued, nowMs) is { } delivered:
                    return delivered;
                case IssueOutcome.Unreadable unreadable:
                    reason = $"{WaitingReason}: {unreadable.Reason}";
                    break;
            }
        }
        await CardBacklog.JoinAsync(transaction, order, nowMs);
        return await WaitAsync(transaction, order, reason);
    }

    /// <summary>Delivers to the first order of a product's backlog. Each order is a transaction of its own.</summary>
    public async ValueTask<FulfilmentOutcome> DeliverNextAsync(Transaction transaction, App app, string productId, long nowMs)
    {
        if (await CardBacklog.OldestAsync(transaction, app.GameId, productId) is not { } first)
        {
            return FulfilmentOutcome.Done;
        }
        if (await OrderTable.FindAsync(transaction, first.OrderId) is not { } row || !IsWaiting(row.Order))
        {
            await CardBacklog.LeaveAsync(transaction, app.GameId, productId, first.OrderId);
            return FulfilmentOutcome.Again;
        }
        switch (await cards.IssueAsync(transaction, row.Order, nowMs))
        {
            case IssueOutcome.Issued issued:
                if (await DeliverAsync(transaction, app, row.Order, row.Payment, issued, nowMs) is null)
                {
                    return FulfilmentOutcome.Again;
                }
                await CardBacklog.LeaveAsync(transaction, app.GameId, productId, first.OrderId);
                return FulfilmentOutcome.Delivered;
            case IssueOutcome.Unreadable unreadable:
                await OrderTable.NoteAsync(transaction, row.Order, $"{WaitingReason}: {unreadable.Reason}");
                return FulfilmentOutcome.Done;
            default:
                return FulfilmentOutcome.Done;
        }
    }

    /// <summary>Whether a product's backlog can advance: stock suffices for its first order, or that needs nothing any more. Only
    /// reads.</summary>
    public async ValueTask<bool> HasWorkAsync(Transaction transaction, Product product) =>
        await CardBacklog.OldestAsync(transaction, product.GameId, product.ProductId) is { } first
        && (await OrderTable.FindAsync(transaction, first.OrderId) is not { Order: var order } || !IsWaiting(order)
            || await cards.HasAsync(transaction, product.GameId, product.ProductId, first.Quantity));

    /// <returns>The order with its cards, its callback queued; null: its state changed meanwhile, and the cards are back in
    /// stock.</returns>
    private async ValueTask<Order?> DeliverAsync(
        Transaction transaction, App app, Order order, Payment? payment, IssueOutcome.Issued issued, long nowMs)
    {
        var delivered = order with
        {
            State = order.State with { Progress = Progress.Delivered },
            StateReason = null,
            DeliveredMs = nowMs,
            Attributes = cards.Attach(order, issued.Cards),
        };
        if (!await OrderTable.MoveAsync(transaction, order, delivered.State, reason: null, nowMs, nowMs))
        {
            await cards.ReleaseAsync(transaction, order, issued.Keys);
            return null;
        }
        await OrderTable.SaveAttributesAsync(transaction, delivered);
        if (protocol.Plan(app, delivered, CallbackEvents.Result) is { } plan)
        {
            await outbox.QueueAsync(transaction, delivered, payment, CallbackEvents.Result, plan, nowMs);
        }
        await events.QueueAsync(transaction, app, delivered, payment, ChangeEvent.Delivered, back: null, nowMs);
        transaction.AfterCommit(() => metrics.Count("delivered"));
        return delivered;
    }

    private static async ValueTask<bool> HasEarlierOrderAsync(Transaction transaction, Order order)
    {
        for (var leavers = 0; leavers < LeaversMax; leavers++)
        {
            if (await CardBacklog.OldestAsync(transaction, order.GameId, order.ProductId) is not { } first || first.OrderId == order.Id)
            {
                return false;
            }
            if (await OrderTable.FindAsync(transaction, first.OrderId) is { Order: var other } && IsWaiting(other))
            {
                return true;
            }
            await CardBacklog.LeaveAsync(transaction, order.GameId, order.ProductId, first.OrderId);
        }
        return true;
    }

    private static async ValueTask<Order> WaitAsync(Transaction transaction, Order order, string reason)
    {
        await OrderTable.NoteAsync(transaction, order, reason);
        return order with { StateReason = reason };
    }

    private static bool IsWaiting(Order order) => order.State == new OrderState(PayState.Paid, Progress.Created);
}
