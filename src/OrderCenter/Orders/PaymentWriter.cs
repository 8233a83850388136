using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>The statements that apply a payment to an order, or hold the order for one that contradicts it, inside the caller's
/// transaction.</summary>
public sealed class PaymentWriter(OrderSideEffects sideEffects, FulfilmentReportQueue reports)
{
    /// <summary>Reserves the payment's transaction ids for the order and marks it paid, with the side effects of that.</summary>
    /// <param name="transaction">The work item's transaction.</param>
    /// <param name="confirmed">The payment and its order.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="read">The order as it was read before; null: it was not.</param>
    /// <returns>Null: another writer changed the order in between.</returns>
    internal async ValueTask<PaymentOutcome?> TryApplyAsync(
        Transaction transaction, ConfirmedPayment confirmed, long nowMs, Order? read = null)
    {
        // 1. The order, and the payment's transaction ids: each belongs to one order for ever. The reservation is sent together with the
        // read, although it must be released if the order cannot be paid: that is rare. If the caller has just read the order as new, it is
        // not read again; the update below detects a conflict.
        var (id, payment) = (confirmed.OrderId, confirmed.Payment);
        var isKnown = transaction.IsOptimistic && read?.State == OrderState.New;
        var reading = isKnown ? null : OrderTable.FindAsync(transaction, id).AsTask();
        var reserving = PaymentTable.ReserveAsync(transaction, payment, id, nowMs, isExpected: isKnown).AsTask();
        var row = reading is null ? OrderRow.Of(read!, payment: null) : await reading;
        var (isReserved, holder) = await reserving;
        var refusal = row is null ? new PaymentOutcome.NotFound() : confirmed.Refuse?.Invoke(row.Order);
        if (isReserved && (refusal is not null || row!.Order.State.Pay != PayState.Unpaid))
        {
            await PaymentTable.ReleaseAsync(transaction, payment, id);
        }
        if (refusal is not null)
        {
            return refusal;
        }

        // 2. A paid or refunded order stays so. The same payment again changes nothing; another one is recorded as unapplied.
        var order = row!.Order;
        if (order.State.Pay != PayState.Unpaid)
        {
            return await RepeatAsync(transaction, order, payment, nowMs);
        }
        if (!isReserved)
        {
            // This order has reserved the transaction id already: a parallel request is applying the same payment. The retry reads the
            // order again and reports a repeat.
            return holder is { } other && other != id ? new PaymentOutcome.Refused(UsedBy(other, order)) : null;
        }

        // 3. The merchant order id, if it comes only now.
        var newKey = order.MerchantOrderId is null ? confirmed.DeferredId : null;
        if (newKey is not null
            && !await OrderKeyTable.InsertAsync(
                transaction, order.GameId, newKey.MerchantOrderId, id, ContentFingerprint.Of(newKey.ContentOf(order))))
        {
            await PaymentTable.ReleaseAsync(transaction, payment, id);
            return new PaymentOutcome.Refused("orderID belongs to another order");
        }

        // 4. The order itself.
        if (await TryMarkPaidAsync(transaction, confirmed, order, newKey?.MerchantOrderId, nowMs) is { } paid)
        {
            return new PaymentOutcome.Paid(paid);
        }
        await PaymentTable.ReleaseAsync(transaction, payment, id);
        if (newKey is not null)
        {
            await OrderKeyTable.DeleteAsync(transaction, order.GameId, newKey.MerchantOrderId, id);
        }
        return null;
    }

    /// <summary>Records a payment that contradicts the order as unapplied, and holds the order for review if it is new (unpaid and not
    /// closed).</summary>
    /// <returns>Null: another writer changed the order in between.</returns>
    internal async ValueTask<PaymentOutcome?> TryHoldAsync(
        Transaction transaction, OrderId id, Payment payment, string reason, AuditContext? by, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: var order })
        {
            return new PaymentOutcome.NotFound();
        }
        if (await PaymentTable.FindPaidOrderAsync(transaction, payment) is { } holder)
        {
            return new PaymentOutcome.Refused(UsedBy(holder, order));
        }
        var isNew = order.State == OrderState.New;
        var to = isNew ? new OrderState(order.State.Pay, Progress.Review) : order.State;
        if (isNew && !await OrderTable.MoveAsync(transaction, order, to, reason, deliveredMs: null, nowMs))
        {
            return null;
        }
        if (isNew)
        {
            await sideEffects.TellAsync(
                transaction, order with { State = to, StateReason = reason }, payment: null, ChangeEvent.Held, nowMs);
        }
        await PaymentTable.RecordUnappliedAsync(transaction, order, payment, reason, nowMs);
        if (by is not null)
        {
            await AuditLog.InsertAsync(
                transaction, order.GameId, new AuditEntry(id, nowMs, by.Actor, "paid, held", $"{by.Reason}: {reason}", order.State, to));
        }
        return to.Progress == Progress.Review
            ? new PaymentOutcome.Held(reason) { IsRefused = true }
            : new PaymentOutcome.Refused($"{reason}; it is recorded as extra") { IsUnapplied = true };
    }

    /// <summary>Marks the order paid if it is still as it was read, with its audit entry, its callback and its report to the
    /// store.</summary>
    /// <returns>Null: another writer changed the order in between; nothing of this is kept.</returns>
    private async ValueTask<Order?> TryMarkPaidAsync(
        Transaction transaction, ConfirmedPayment confirmed, Order order, string? merchantOrderId, long nowMs)
    {
        var (app, id, payment) = confirmed;
        var (to, reason) = StateWhenPaid(app, order, nowMs);
        var isTest = payment.Environment != Payment.Production;
        var paid = order with
        {
            MerchantOrderId = order.MerchantOrderId ?? merchantOrderId,
            Channel = payment.Channel,
            StateReason = reason,
            PaidMs = nowMs,
            IsTest = isTest,
        };
        var plan = to.Progress == Progress.Created ? sideEffects.Plan(app, paid, CallbackEvents.Paid) : null;
        to = plan is null ? to : to with { Progress = Progress.Delivering };
        var paying = OrderTable.PayAsync(
            transaction, order with { MerchantOrderId = paid.MerchantOrderId }, to, reason, payment, isTest, nowMs).AsTask();
        var act = confirmed.By is not { } by ? null
            : new AuditEntry(id, nowMs, by.Actor, "paid", by.Reason, order.State, to);
        var recording = act is null ? null : AuditLog.InsertOfOrderAsync(transaction, act, isFirst: order.Moves == 0).AsTask();
        var isPaid = await paying;
        int? entry = recording is null ? null : await recording;
        if (isPaid)
        {
            if (act is not null)
            {
                AuditLog.AppendToTrail(transaction, order.GameId, act);
                await PaymentTable.SettleUnappliedAsync(transaction, id, nowMs);
            }
            await reports.QueueAsync(transaction, app, paid, payment, nowMs);
            var isFirst = order.Moves == 0;
            await sideEffects.TellAsync(transaction, paid with { State = to }, payment, ChangeEvent.Paid, nowMs);
            return await sideEffects.AfterPaymentAsync(transaction, app, paid with { State = to }, payment, plan, isFirst, nowMs);
        }
        if (entry is { } number)
        {
            await AuditLog.DeleteAsync(transaction, id, number);
        }
        return null;
    }

    private static (OrderState State, string? Reason) StateWhenPaid(App app, Order order, long nowMs)
    {
        if (order.State.Progress is Progress.Review or Progress.Delivered or Progress.Failed)
        {
            // A held order stays held; one that was delivered or failed before its payment stays so.
            return (order.State with { Pay = PayState.Paid }, order.StateReason);
        }
        if (order.ErasedMs is not null)
        {
            return (new OrderState(PayState.Paid, Progress.Review), "paid after its player's data was erased");
        }
        var isLate = order.State.Progress == Progress.Closed || nowMs >= order.ExpiresMs;
        return isLate && app.LatePayment == LatePayment.Hold
            ? (new OrderState(PayState.Paid, Progress.Review), "paid after the order was closed or expired")
            : (new OrderState(PayState.Paid, Progress.Created), null);
    }

    private static async ValueTask<PaymentOutcome> RepeatAsync(Transaction transaction, Order order, Payment payment, long nowMs)
    {
        if (await PaymentTable.FindPaidOrderAsync(transaction, payment) is { } holder)
        {
            return holder != order.Id ? new PaymentOutcome.Refused(UsedBy(holder, order))
                : order.State switch
                {
                    { Pay: PayState.Refunded } => new PaymentOutcome.Refused("the payment was refunded"),
                    { Progress: Progress.Review } => new PaymentOutcome.Held(order.StateReason ?? "held for review"),
                    _ => new PaymentOutcome.AlreadyPaid(order),
                };
        }
        await PaymentTable.RecordUnappliedAsync(
            transaction, order, payment, "a second payment for an order that was paid already", nowMs);
        return new PaymentOutcome.Refused("the order was paid already by another payment; this one is recorded as extra")
        {
            IsUnapplied = true,
        };
    }

    private static string UsedBy(OrderId holder, Order order) =>
        holder == PaymentTable.Nobody ? "the payment was refunded before it paid an order"
        : holder == order.Id ? "the payment was used by this order already"
        : "the payment was used by another order already";
}
