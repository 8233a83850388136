using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Who acts, and why; kept with the order.</summary>
public sealed record ActBy(string Actor, string Reason);

/// <summary>What came of an act by hand.</summary>
public abstract record ActOutcome
{
    private ActOutcome()
    {
    }

    public sealed record Done : ActOutcome;

    /// <summary>The order was so already; nothing was done and nothing recorded.</summary>
    public sealed record AlreadySo : ActOutcome;

    public sealed record NotFound : ActOutcome;

    /// <summary>The order's state does not allow it; the reason says why.</summary>
    public sealed record NotAllowed(string Reason) : ActOutcome;
}

/// <summary>Acts by hand. Each is recorded with its actor and reason in the transaction that does it.</summary>
public sealed partial class OrderBook
{
    /// <summary>Says that an order was paid: an operator's word, or a trusted payment system's. Money or currency that is not the order's holds it.</summary>
    /// <param name="app">The app that the order must be of.</param>
    /// <param name="id">The order.</param>
    /// <param name="payment">What was paid.</param>
    /// <param name="by">Who says so, and why.</param>
    /// <param name="cancellationToken">Stops the wait for a place in the queue.</param>
    /// <param name="read">The order as it was read before; null: it was not.</param>
    public async Task<SettleOutcome> PayByHandAsync(App app, OrderId id, Payment payment, ActBy by, CancellationToken cancellationToken, Order? read = null)
    {
        string? contradiction = null;
        SettleOutcome? Judge(Order order)
        {
            contradiction = ContradictionOf(order, payment);
            return order.GameId != app.GameId ? new SettleOutcome.NotFound() : contradiction is null ? null : new SettleOutcome.Refused(contradiction);
        }
        var outcome = await RetryRacesAsync(
            read,
            async (transaction, known) =>
            {
                var applied = await TryApplyAsync(transaction, app, id, payment, lateKey: null, NowMs, by, Judge, known);
                // The order was paid by this payment before and is held since: nothing is left to do here either.
                return applied is SettleOutcome.Held ? new SettleOutcome.AlreadyPaid((await OrderTable.FindAsync(transaction, id))!.Order) : applied;
            },
            id,
            cancellationToken);
        if (contradiction is not null && outcome is not SettleOutcome.NotFound)
        {
            return await HoldAsync(id, payment, contradiction, cancellationToken, by);
        }
        if (outcome is SettleOutcome.Paid { Order: var order })
        {
            metrics.Count("paid");
            LogPaid(log, id, payment.Channel, payment.TransactionId, payment.Environment, order.State.Progress);
            LogAct(log, id, "marked paid", by.Actor, by.Reason);
        }
        return outcome;
    }

    /// <summary>Closes an unpaid order. A payment that comes later is not lost: the app's <see cref="LatePayment"/> policy decides.</summary>
    public Task<ActOutcome> CloseAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken) =>
        ActAsync(app, id, "close", by, static order => order.State switch
        {
            { Pay: PayState.Unpaid, Progress: Progress.Closed } => new Step.AlreadySo(),
            { Pay: PayState.Unpaid, Progress: Progress.Created or Progress.Review } => new Step.To(new OrderState(PayState.Unpaid, Progress.Closed), CallbackEvents.Closed),
            { Pay: PayState.Unpaid } => new Step.NotAllowed("the order has its final result"),
            _ => new Step.NotAllowed("the order was paid; refund it instead"),
        }, cancellationToken);

    /// <summary>Records that the player got the money back. What was delivered stays delivered; what was not is closed.</summary>
    public Task<ActOutcome> RefundAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken) =>
        ActAsync(
            app, id, "refund", by,
            static order => order.State.Pay == PayState.Unpaid ? new Step.NotAllowed("the order was not paid; close it instead") : DecideRefund(order), cancellationToken);

    /// <summary>Lets go of an order that was held for review: unpaid it can be paid again, paid it can be delivered.</summary>
    public Task<ActOutcome> ReleaseAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken) =>
        ActAsync(app, id, "release", by, static order => order.State.Progress == Progress.Review
            ? new Step.To(order.State with { Progress = Progress.Created }, order.State.Pay == PayState.Paid ? CallbackEvents.Paid : null)
            : new Step.NotAllowed("the order is not held for review"), cancellationToken);

    /// <summary>Holds a paid order for review before its goods are out; callbacks that wait are cancelled. <see cref="ReleaseAsync"/> lets it go.</summary>
    public Task<ActOutcome> HoldAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken) =>
        ActAsync(app, id, "hold", by, static order => order.State switch
        {
            { Progress: Progress.Review } => new Step.AlreadySo(),
            { IsDeliverable: true } => new Step.To(order.State with { Progress = Progress.Review }, null),
            { Pay: PayState.Unpaid } => new Step.NotAllowed("the order was not paid"),
            { Pay: PayState.Refunded } => new Step.NotAllowed("the payment was refunded"),
            _ => new Step.NotAllowed("the goods are out"),
        }, cancellationToken);

    /// <summary>Records an act that moves nothing by itself: that money was asked back at a store.</summary>
    internal Task RecordAsync(Order order, string action, ActBy by, CancellationToken cancellationToken)
    {
        LogAct(log, order.Id, action, by.Actor, by.Reason);
        return store.WriteAsync(
            async transaction =>
            {
                await ActTable.InsertAsync(transaction, new Act(order.Id, NowMs, by.Actor, action, by.Reason, order.State, order.State));
                return true;
            },
            cancellationToken);
    }

    private async Task<ActOutcome> ActAsync(App app, OrderId id, string action, ActBy by, Func<Order, Step> decide, CancellationToken cancellationToken)
    {
        var outcome = await RetryRacesAsync(transaction => TryActAsync(transaction, app, id, action, by, decide, NowMs), id, cancellationToken);
        if (outcome is ActOutcome.Done)
        {
            metrics.Count(action);
            LogAct(log, id, action, by.Actor, by.Reason);
        }
        return outcome;
    }

    private async ValueTask<ActOutcome?> TryActAsync(
        Transaction transaction, App app, OrderId id, string action, ActBy by, Func<Order, Step> decide, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { } row || row.Order.GameId != app.GameId)
        {
            return new ActOutcome.NotFound();
        }
        var order = row.Order;
        switch (decide(order))
        {
            case Step.AlreadySo:
                return new ActOutcome.AlreadySo();
            case Step.NotAllowed refused:
                return new ActOutcome.NotAllowed(refused.Reason);
            case Step.NotYet:
                return null;
            case Step.To { State: var to, Event: var told }:
                var plan = told is null ? null : planOf(app, order with { State = to }, told);
                to = plan is not null && told == CallbackEvents.Paid ? to with { Progress = Progress.Delivering } : to;
                var reason = to.Progress is Progress.Closed or Progress.Review ? by.Reason : null;
                var isGivenBack = told == CallbackEvents.Refunded && row.Payment is { } paid && _accounts.ContainsKey(paid.Channel);
                if (isGivenBack)
                {
                    // Written as it is, the order is this transaction's until the commit: what is given back cannot be for nothing.
                    if (!await OrderTable.NoteAsync(transaction, order, order.StateReason!))
                    {
                        return null;
                    }
                    if (!await _accounts[row.Payment!.Channel].GiveBack(transaction, order, by, nowMs))
                    {
                        return new ActOutcome.NotAllowed($"{row.Payment.Channel} cannot be given back: the balance would pass its limit");
                    }
                }
                if (!await OrderTable.MoveAsync(transaction, order, to, reason, deliveredMs: null, nowMs))
                {
                    if (isGivenBack)
                    {
                        // A neighbour of this batch moved the order meanwhile. Run by itself, what is given back and the move are one.
                        transaction.TakesBack();
                    }
                    return null;
                }
                await ActTable.InsertAsync(transaction, new Act(id, nowMs, by.Actor, action, by.Reason, order.State, to));
                await TellAsync(transaction, app, order with { State = to, StateReason = reason }, row.Payment, told, plan, nowMs);
                return new ActOutcome.Done();
            default:
                throw new InvalidOperationException("unknown step");
        }
    }

    /// <summary>What follows from an act: callbacks that no longer hold are cancelled, the one that tells of it is queued.</summary>
    private async ValueTask TellAsync(Transaction transaction, App app, Order order, Payment? payment, string? told, CallbackPlan? plan, long nowMs)
    {
        if (told == CallbackEvents.Refunded || order.State.Progress == Progress.Review)
        {
            await CallbackTable.CancelAsync(transaction, order.Id, CallbackEvents.Paid, nowMs);
        }
        if (told == CallbackEvents.Paid && payment is not null)
        {
            await FollowAsync(transaction, app, order, payment, plan, isFirst: false, nowMs);
        }
        else if (plan is not null)
        {
            await due.QueueAsync(transaction, order, payment, told!, plan, nowMs);
        }
    }

    private static string? ContradictionOf(Order order, Payment payment)
    {
        if (payment.Money is { } money && money != order.Money)
        {
            return $"the payment is over {money}, the order over {order.Money}";
        }
        return payment.Currency is { } currency && !Currency.Same(currency, order.Currency)
            ? $"the payment is in {currency}, the order in {order.Currency}"
            : null;
    }

    /// <summary>What an act does to an order in the state that was read.</summary>
    private abstract record Step
    {
        public sealed record To(OrderState State, string? Event) : Step;

        public sealed record AlreadySo : Step;

        public sealed record NotAllowed(string Reason) : Step;

        /// <summary>Another writer is about to move the order to where it can be.</summary>
        public sealed record NotYet : Step;
    }
}
