using OrderCenter.Domain;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Receipts;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.Orders;

/// <summary>Applies payments that a store has confirmed: marks the order paid, or holds it for review if the payment contradicts
/// it.</summary>
public sealed class PaymentApplication(
    Database database, OrderQueries orders, PaymentWriter payments, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Applies a store's answer about an order.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="id">The order.</param>
    /// <param name="verdict">The store's answer.</param>
    /// <param name="cancellationToken">Cancels the work item while it is queued; once it runs, it is not cancelled.</param>
    /// <param name="holdsContradictions">Whether a purchase that contradicts the order holds it for review. False for unauthenticated
    /// callers: otherwise anyone could block an order by naming another player's purchase. A contradiction is then refused and changes
    /// nothing.</param>
    public async Task<PaymentOutcome> ApplyAsync(
        App app, OrderId id, Verdict verdict, CancellationToken cancellationToken, bool holdsContradictions = true)
    {
        switch (verdict)
        {
            case Verdict.Paid { Payment: var payment }:
                var (order, fault) = await FindPayableAsync(app, id, payment, cancellationToken);
                return order is null ? new PaymentOutcome.Refused(fault)
                    : order.State.Pay != PayState.Unpaid || ContradictionOf(order, payment) is not { } contradiction
                        ? await ApplyAsync(app, order, payment, deferredId: null, cancellationToken)
                    : holdsContradictions ? await HoldAsync(id, payment, contradiction, cancellationToken)
                    : new PaymentOutcome.Refused(contradiction);
            case Verdict.Contradicts { Payment: var payment, Reason: var reason }:
                return holdsContradictions && (await FindPayableAsync(app, id, payment, cancellationToken)).Order is not null
                    ? await HoldAsync(id, payment, reason, cancellationToken)
                    : new PaymentOutcome.Refused(reason);
            case Verdict.TryLater later:
                return new PaymentOutcome.TryLater(later.Reason);
            case Verdict.Rejected rejected:
                return new PaymentOutcome.Refused(rejected.Reason);
            default:
                throw new InvalidOperationException($"unknown verdict {verdict}");
        }
    }

    /// <summary>Applies a payment that is known to be real to an order as it was read.</summary>
    internal async Task<PaymentOutcome> ApplyAsync(
        App app, Order read, Payment payment, DeferredMerchantOrderId? deferredId, CancellationToken cancellationToken)
    {
        var confirmed = new ConfirmedPayment(app, read.Id, payment) { DeferredId = deferredId };
        var outcome = await database.WriteOrderAsync(
            read.Id, read, (transaction, known) => payments.TryApplyAsync(transaction, confirmed, clock.NowMs(), known), cancellationToken);
        if (outcome is not PaymentOutcome.Paid { Order: var order })
        {
            return outcome;
        }
        telemetry.Paid(order, payment);
        return order.State.Progress == Progress.Review ? new PaymentOutcome.Held(order.StateReason ?? "held for review") : outcome;
    }

    /// <summary>Records a payment that contradicts the order as unapplied, and holds the order for review if it is new (unpaid and not
    /// closed).</summary>
    internal async Task<PaymentOutcome> HoldAsync(
        OrderId id, Payment payment, string reason, CancellationToken cancellationToken, AuditContext? by = null)
    {
        var outcome = await database.WriteOrderAsync(
            id, transaction => payments.TryHoldAsync(transaction, id, payment, reason, by, clock.NowMs()), cancellationToken);
        if (outcome is PaymentOutcome.Held or PaymentOutcome.Refused { IsUnapplied: true })
        {
            telemetry.Contradicted(id, payment, reason, isHeld: outcome is PaymentOutcome.Held);
        }
        return outcome;
    }

    /// <returns>The order that the payment may be applied to; null and why not.</returns>
    internal async Task<(Order? Order, string Fault)> FindPayableAsync(
        App app, OrderId id, Payment payment, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { Order: var order } || order.GameId != app.GameId)
        {
            return (null, $"this app has no order {id}");
        }
        // The channel of a paid order says who paid it; a further payment is recorded as unapplied whatever its channel.
        if (order.State.Pay == PayState.Unpaid && order.Channel is { } wanted && wanted != payment.Channel)
        {
            return (null, $"the order is to be paid by {wanted}, not by {payment.Channel}");
        }
        return payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId)
            ? (null, $"the payment is of the environment {payment.Environment}, which this app does not accept")
            : (order, "");
    }

    /// <summary>Why a payment cannot be the order's; null: it can.</summary>
    internal static string? ContradictionOf(Order order, Payment payment)
    {
        if (payment.Money is { } money && money != order.Money)
        {
            return $"the payment is over {money}, the order over {order.Money}";
        }
        return payment.Currency is { } currency && !Currency.Same(currency, order.Currency)
            ? $"the payment is in {currency}, the order in {order.Currency}"
            : null;
    }
}
