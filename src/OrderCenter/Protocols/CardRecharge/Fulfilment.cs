using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>What came of one look at a product's waiting list.</summary>
internal enum ServeOutcome
{
    Served,

    /// <summary>The first of the list needed nothing any more, or changed meanwhile: look again.</summary>
    Again,

    /// <summary>Nobody waits, or stock lacks for the first of the list.</summary>
    Done,
}

/// <summary>Hands cards over (protocols.md §4): to an order in the transaction of its payment where stock suffices and nobody waits before it; otherwise the
/// order waits, visibly, and is served when cards come in. A direct recharge waits for its result.</summary>
internal sealed class Fulfilment(CardInventory cards, CardRechargeProtocol protocol, DueWork due, OrderMetrics metrics) : IFulfilment
{
    public const string WaitingReason = "waiting for stock";

    /// <summary>How many orders that need nothing any more are dropped from the head of a list in one payment's transaction.</summary>
    private const int LeaversMax = 32;

    string IFulfilment.Protocol => CardRechargeProtocol.ProtocolName;

    public async ValueTask<Order> FulfilAsync(Transaction transaction, App app, Order order, Payment payment, long nowMs)
    {
        if (order.Attributes.ContainsKey(Endpoints.AccountField))
        {
            return order;
        }
        if (order.Quantity > CardInventory.IssueMax)
        {
            // Only the native API takes such an order; it must not block those behind it.
            return await WaitAsync(transaction, order, $"more than {CardInventory.IssueMax} cards are not issued by themselves: give the result by hand");
        }
        var reason = WaitingReason;
        if (!await IsSomebodyBeforeAsync(transaction, order))
        {
            switch (await cards.IssueAsync(transaction, order, nowMs))
            {
                case IssueOutcome.Issued issued when await HandOverAsync(transaction, app, order, payment, issued.Cards, nowMs) is { } delivered:
                    return delivered;
                case IssueOutcome.Unreadable unreadable:
                    reason = $"{WaitingReason}: {unreadable.Reason}";
                    break;
            }
        }
        await WaitingList.JoinAsync(transaction, order, nowMs);
        return await WaitAsync(transaction, order, reason);
    }

    /// <summary>Serves the first of a product's waiting list; a unit of its own for each order.</summary>
    public async ValueTask<ServeOutcome> ServeNextAsync(Transaction transaction, App app, string productId, long nowMs)
    {
        if (await WaitingList.OldestAsync(transaction, app.GameId, productId) is not { } first)
        {
            return ServeOutcome.Done;
        }
        if (await OrderTable.FindAsync(transaction, first.OrderId) is not { } row || !IsWaiting(row.Order))
        {
            await WaitingList.LeaveAsync(transaction, app.GameId, productId, first.OrderId);
            return ServeOutcome.Again;
        }
        switch (await cards.IssueAsync(transaction, row.Order, nowMs))
        {
            case IssueOutcome.Issued issued:
                if (await HandOverAsync(transaction, app, row.Order, row.Payment, issued.Cards, nowMs) is null)
                {
                    return ServeOutcome.Again;
                }
                await WaitingList.LeaveAsync(transaction, app.GameId, productId, first.OrderId);
                return ServeOutcome.Served;
            case IssueOutcome.Unreadable unreadable:
                await OrderTable.NoteAsync(transaction, row.Order, $"{WaitingReason}: {unreadable.Reason}");
                return ServeOutcome.Done;
            default:
                return ServeOutcome.Done;
        }
    }

    /// <summary>Whether a product's waiting list has something to do: stock suffices for its first, or its first needs nothing any more. Only reads.</summary>
    public async ValueTask<bool> HasWorkAsync(Transaction transaction, Product product) =>
        await WaitingList.OldestAsync(transaction, product.GameId, product.ProductId) is { } first
        && (await OrderTable.FindAsync(transaction, first.OrderId) is not { Order: var order } || !IsWaiting(order)
            || await cards.HasAsync(transaction, product.GameId, product.ProductId, first.Quantity));

    /// <returns>The order with its cards, told of; null: it moved in between, and the cards are back in stock.</returns>
    private async ValueTask<Order?> HandOverAsync(Transaction transaction, App app, Order order, Payment? payment, IReadOnlyList<Card> issued, long nowMs)
    {
        var delivered = order with
        {
            State = order.State with { Progress = Progress.Delivered }, StateReason = null, DeliveredMs = nowMs, Attributes = cards.Attach(order, issued),
        };
        if (!await OrderTable.MoveAsync(transaction, order, delivered.State, reason: null, nowMs, nowMs))
        {
            await cards.ReleaseAsync(transaction, order);
            return null;
        }
        await OrderTable.KeepAttributesAsync(transaction, delivered);
        if (protocol.Plan(app, delivered, CallbackEvents.Result) is { } plan)
        {
            await due.QueueAsync(transaction, delivered, payment, CallbackEvents.Result, plan, nowMs);
        }
        transaction.AfterCommit(() => metrics.Count("delivered"));
        return delivered;
    }

    private static async ValueTask<bool> IsSomebodyBeforeAsync(Transaction transaction, Order order)
    {
        for (var leavers = 0; leavers < LeaversMax; leavers++)
        {
            if (await WaitingList.OldestAsync(transaction, order.GameId, order.ProductId) is not { } first || first.OrderId == order.Id)
            {
                return false;
            }
            if (await OrderTable.FindAsync(transaction, first.OrderId) is { Order: var other } && IsWaiting(other))
            {
                return true;
            }
            await WaitingList.LeaveAsync(transaction, order.GameId, order.ProductId, first.OrderId);
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
