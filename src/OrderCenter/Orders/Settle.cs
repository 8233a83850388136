using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of a payment that was presented for an order. Reasons are written for the game's developers.</summary>
public abstract record SettleOutcome
{
    private SettleOutcome()
    {
    }

    /// <summary>The order became paid now.</summary>
    public sealed record Paid(Order Order) : SettleOutcome;

    /// <summary>This same payment had paid the order before; nothing was done.</summary>
    public sealed record AlreadyPaid(Order Order) : SettleOutcome;

    /// <summary>The money was seen, but the order is held for review and must not be delivered.</summary>
    public sealed record Held(string Reason) : SettleOutcome;

    public sealed record NotFound : SettleOutcome;

    public sealed record Refused(string Reason) : SettleOutcome;

    /// <summary>The store could not be asked; the same may succeed later.</summary>
    public sealed record TryLater(string Reason) : SettleOutcome;
}

/// <summary>A game's own order number that comes with the payment, and the content that a repeated create must then have.</summary>
public sealed record LateKey(string MerchantOrderId, Func<Order, IReadOnlyList<string>> ContentOf);

public sealed partial class OrderBook
{
    /// <summary>Judges a receipt for an order and, where it is good, marks the order paid: the payment's names are claimed and the order moves in one
    /// transaction, so that a receipt pays one order at most, however many ask at once.</summary>
    /// <param name="app">The app that asks; another app's order is not found.</param>
    /// <param name="id">The order.</param>
    /// <param name="receipt">What the client got from its store.</param>
    /// <param name="lateKey">The game's own order number where it is told only now; null: none.</param>
    /// <param name="cancellationToken">Stops the wait for the store; a settlement that has begun ends.</param>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<SettleOutcome> SettleAsync(App app, OrderId id, Receipt receipt, LateKey? lateKey, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } row || row.Order.GameId != app.GameId)
        {
            return new SettleOutcome.NotFound();
        }
        if (lateKey is not null && row.Order.MerchantOrderId is { } known && known != lateKey.MerchantOrderId)
        {
            return new SettleOutcome.Refused("the order has another orderID");
        }
        if (FindChannel(row.Order, receipt, out var fault) is not { } channel)
        {
            return Refuse(id, fault);
        }
        switch (await channel.VerifyAsync(app, row.Order, receipt, cancellationToken))
        {
            case Verdict.Paid paid:
                return await ApplyAsync(app, row.Order, paid.Payment, lateKey, cancellationToken);
            case Verdict.Contradicts contradicts:
                return await HoldAsync(id, contradicts.Payment, contradicts.Reason, cancellationToken);
            case Verdict.TryLater later:
                await KeepReceiptAsync(row.Order, receipt, lateKey, later.Reason);
                return new SettleOutcome.TryLater(later.Reason);
            case Verdict.Rejected rejected:
                return Refuse(id, rejected.Reason);
            case var other:
                throw new InvalidOperationException($"unknown verdict {other}");
        }
    }

    /// <summary>Applies a payment that is known to be real to an order as it was read.</summary>
    private async Task<SettleOutcome> ApplyAsync(App app, Order read, Payment payment, LateKey? lateKey, CancellationToken cancellationToken)
    {
        var id = read.Id;
        var outcome = await RetryRacesAsync(read, (transaction, known) => TryApplyAsync(transaction, app, id, payment, lateKey, NowMs, read: known), id, cancellationToken);
        switch (outcome)
        {
            case SettleOutcome.Paid { Order: var order }:
                metrics.Count("paid");
                LogPaid(log, id, payment.Channel, payment.TransactionId, payment.Environment, order.State.Progress);
                return order.State.Progress == Progress.Review ? new SettleOutcome.Held(order.StateReason ?? "held for review") : outcome;
            case SettleOutcome.Refused refused:
                return Refuse(id, refused.Reason);
        }
        return outcome;
    }

    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="app">The order's app.</param>
    /// <param name="id">The order.</param>
    /// <param name="payment">A payment that is known to be real.</param>
    /// <param name="lateKey">The game's own order number where it is told only now.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="by">Who says so, where a person does; kept with the order.</param>
    /// <param name="judge">Looks at the order as it was read, and may refuse.</param>
    /// <param name="read">The order as it was read before; null: it was not.</param>
    /// <returns>Null: another writer changed the order in between.</returns>
    private async ValueTask<SettleOutcome?> TryApplyAsync(
        Transaction transaction, App app, OrderId id, Payment payment, LateKey? lateKey, long nowMs, ActBy? by = null, Func<Order, SettleOutcome?>? judge = null,
        Order? read = null)
    {
        // 1. The order, and the payment's names: each belongs to one order for ever. Both are asked for together; it is seldom that a claim is then taken back. An
        // order that was new a moment ago is new in all likelihood, and read again only where it was not.
        var isKnown = transaction.Guesses && read?.State == OrderState.New;
        var reading = isKnown ? null : OrderTable.FindAsync(transaction, id).AsTask();
        var claiming = PaymentTable.ClaimAsync(transaction, payment, id, nowMs, isExpected: isKnown).AsTask();
        var row = reading is null ? OrderRow.Of(read!, payment: null) : await reading;
        var (isClaimed, holder) = await claiming;
        var refusal = row is null ? new SettleOutcome.NotFound() : judge?.Invoke(row.Order);
        if (isClaimed && (refusal is not null || row!.Order.State.Pay != PayState.Unpaid))
        {
            await PaymentTable.ReleaseAsync(transaction, payment, id);
        }
        if (refusal is not null)
        {
            return refusal;
        }

        // 2. What is paid or refunded stays so: the same payment again is an echo, another one is kept and shown but claims nothing.
        var order = row!.Order;
        if (order.State.Pay != PayState.Unpaid)
        {
            return await EchoAsync(transaction, row, payment, nowMs);
        }
        if (!isClaimed)
        {
            // This order's own: the same receipt pays it at this very moment, and is an echo when the order is read again.
            return holder is { } other && other != id ? new SettleOutcome.Refused(UsedBy(other, order)) : null;
        }

        // 3. The game's own order number, where it comes only now.
        var newKey = order.MerchantOrderId is null ? lateKey?.MerchantOrderId : null;
        if (newKey is not null && !await OrderTable.InsertKeyAsync(transaction, order.GameId, newKey, id, Fingerprint(lateKey!.ContentOf(order))))
        {
            await PaymentTable.ReleaseAsync(transaction, payment, id);
            return new SettleOutcome.Refused("orderID belongs to another order");
        }

        // 4. The order itself, if it still is as it was read; and what follows from it, in the same commit.
        var (to, reason) = StateWhenPaid(app, order, nowMs);
        var isTest = payment.Environment != Payment.Production;
        var paid = order with { MerchantOrderId = order.MerchantOrderId ?? newKey, Channel = payment.Channel, StateReason = reason, PaidMs = nowMs, IsTest = isTest };
        var plan = to.Progress == Progress.Created ? planOf(app, paid, CallbackEvents.Paid) : null;
        to = plan is null ? to : to with { Progress = Progress.Delivering };
        var paying = OrderTable.PayAsync(transaction, paid, to, reason, payment, isTest, nowMs).AsTask();
        var recording = by is null ? null : ActTable.InsertAsync(transaction, new Act(id, nowMs, by.Actor, "paid", by.Reason, order.State, to), isFirst: order.Moves == 0).AsTask();
        var isPaid = await paying;
        int? act = recording is null ? null : await recording;
        if (isPaid)
        {
            await BeginTellingAsync(transaction, app, paid, payment, nowMs);
            return new SettleOutcome.Paid(await FollowAsync(transaction, app, paid with { State = to }, payment, plan, isFirst: order.State == OrderState.New, nowMs));
        }
        await PaymentTable.ReleaseAsync(transaction, payment, id);
        if (act is { } number)
        {
            await ActTable.DeleteAsync(transaction, id, number);
        }
        if (newKey is not null)
        {
            await OrderTable.DeleteKeyAsync(transaction, order.GameId, newKey, id);
        }
        return null;
    }

    /// <summary>What follows from a payment: the callback is queued, or the protocol hands over by itself. An order that was new has no callback: only closing it
    /// queues one before its payment, and no way leads back from there.</summary>
    private async ValueTask<Order> FollowAsync(Transaction transaction, App app, Order paid, Payment payment, CallbackPlan? plan, bool isFirst, long nowMs)
    {
        if (plan is not null)
        {
            await due.QueueAsync(transaction, paid, payment, CallbackEvents.Paid, plan, nowMs, isFirst);
            return paid;
        }
        return paid.State.Progress == Progress.Created && _fulfilments.TryGetValue(app.Protocol, out var fulfilment)
            ? await fulfilment.FulfilAsync(transaction, app, paid, payment, nowMs)
            : paid;
    }

    private static (OrderState State, string? Reason) StateWhenPaid(App app, Order order, long nowMs)
    {
        if (order.State.Progress is Progress.Review or Progress.Delivered or Progress.Failed)
        {
            // Held orders stay held; what was delivered or failed in advance of its payment stays so.
            return (order.State with { Pay = PayState.Paid }, order.StateReason);
        }
        var isLate = order.State.Progress == Progress.Closed || nowMs >= order.ExpiresMs;
        return isLate && app.LatePayment == LatePayment.Hold
            ? (new OrderState(PayState.Paid, Progress.Review), "paid after the order was closed or expired")
            : (new OrderState(PayState.Paid, Progress.Created), null);
    }

    private static async ValueTask<SettleOutcome> EchoAsync(Transaction transaction, OrderRow row, Payment payment, long nowMs)
    {
        var order = row.Order;
        if (await PaymentTable.HolderAsync(transaction, payment) is { } holder)
        {
            if (holder != order.Id)
            {
                return new SettleOutcome.Refused(UsedBy(holder, order));
            }
            return order.State switch
            {
                { Pay: PayState.Refunded } => new SettleOutcome.Refused("the payment was refunded"),
                { Progress: Progress.Review } => new SettleOutcome.Held(order.StateReason ?? "held for review"),
                _ => new SettleOutcome.AlreadyPaid(order),
            };
        }
        await PaymentTable.RecordUnappliedAsync(transaction, order.Id, payment, "a second payment for an order that was paid already", nowMs);
        return new SettleOutcome.Refused("the order was paid already by another payment; this one is recorded as extra");
    }

    /// <summary>Keeps a payment that contradicts the order, and holds the order while it is unpaid.</summary>
    private async Task<SettleOutcome> HoldAsync(OrderId id, Payment payment, string reason, CancellationToken cancellationToken, ActBy? by = null)
    {
        var outcome = await RetryRacesAsync(transaction => TryHoldAsync(transaction, id, payment, reason, by, NowMs), id, cancellationToken);
        metrics.Count("held");
        LogUnapplied(log, id, payment.Channel, payment.TransactionId, reason);
        return outcome;
    }

    private static async ValueTask<SettleOutcome?> TryHoldAsync(Transaction transaction, OrderId id, Payment payment, string reason, ActBy? by, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: var order })
        {
            return new SettleOutcome.NotFound();
        }
        if (await PaymentTable.HolderAsync(transaction, payment) is { } holder)
        {
            return new SettleOutcome.Refused(UsedBy(holder, order));
        }
        var review = new OrderState(order.State.Pay, Progress.Review);
        if (order.State == OrderState.New && !await OrderTable.MoveAsync(transaction, order, review, reason, deliveredMs: null, nowMs))
        {
            return null;
        }
        await PaymentTable.RecordUnappliedAsync(transaction, id, payment, reason, nowMs);
        if (by is not null)
        {
            var to = order.State == OrderState.New ? review : order.State;
            await ActTable.InsertAsync(transaction, new Act(id, nowMs, by.Actor, "paid, held", $"{by.Reason}: {reason}", order.State, to));
        }
        return order.State == OrderState.New || order.State.Progress == Progress.Review
            ? new SettleOutcome.Held(reason)
            : new SettleOutcome.Refused($"{reason}; it is recorded as extra");
    }

    private IChannel? FindChannel(Order order, Receipt receipt, out string fault)
    {
        if (order.Channel is { } name)
        {
            fault = $"channel {name} takes no receipts";
            return _channels.GetValueOrDefault(name);
        }
        fault = "payreturndata has the shape of no known channel";
        return _channels.Values.FirstOrDefault(channel => channel.Recognises(receipt));
    }

    private static string UsedBy(OrderId holder, Order order) =>
        holder == PaymentTable.Nobody ? "the payment was refunded before it paid an order" : holder == order.Id ? "the payment was used by this order already" : "the payment was used by another order already";

    private SettleOutcome.Refused Refuse(OrderId id, string reason)
    {
        metrics.Count("refused");
        LogRefused(log, id, reason);
        return new SettleOutcome.Refused(reason);
    }

    /// <summary>The same for a unit that may go on with the order as it was read before. That is good for one try: who does not guess reads the order anew.</summary>
    private Task<T> RetryRacesAsync<T>(Order? read, Func<Transaction, Order?, ValueTask<T?>> work, OrderId id, CancellationToken cancellationToken)
        where T : class =>
        RetryRacesAsync(
            transaction =>
            {
                var known = read;
                read = transaction.Guesses ? read : null;
                return work(transaction, known);
            },
            id,
            cancellationToken);

    /// <summary>Runs a unit of work again for as long as it answers null: another writer was faster, and the order has to be read anew.</summary>
    private async Task<T> RetryRacesAsync<T>(Func<Transaction, ValueTask<T?>> work, OrderId id, CancellationToken cancellationToken)
        where T : class
    {
        for (var race = 0; race < RacesMax; race++)
        {
            if (await store.WriteAsync(work, cancellationToken) is { } outcome)
            {
                return outcome;
            }
        }
        throw new StoreBusyException($"order {id} is being changed by too many at once; try again");
    }
}
