using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Orders.Refunds;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>What operators do to orders: mark paid, close, refund, release, hold, settle. Each action is recorded with its actor and
/// reason in the same transaction.</summary>
public sealed class ManualActions(
    Database database, OrderStateChange changes, PaymentApplication payments, PaymentWriter writer, RefundRecorder refunds,
    OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>The only action that leaves the decision about an order open.</summary>
    private const string HoldAction = "hold";
    private const string SettleAction = "settle";

    /// <summary>Marks an order paid by a payment that an operator or a trusted system vouches for. A payment that contradicts the order
    /// holds it.</summary>
    /// <param name="app">The app that the order must belong to.</param>
    /// <param name="id">The order.</param>
    /// <param name="payment">The payment.</param>
    /// <param name="by">Who vouches for it, and why.</param>
    /// <param name="cancellationToken">Cancels the work item while it is queued; once it runs, it is not cancelled.</param>
    /// <param name="read">The order as it was read before; null: it was not.</param>
    public async Task<PaymentOutcome> MarkPaidAsync(
        App app, OrderId id, Payment payment, AuditContext by, CancellationToken cancellationToken, Order? read = null)
    {
        string? contradiction = null;
        PaymentOutcome? Refuse(Order order)
        {
            contradiction = PaymentApplication.ContradictionOf(order, payment);
            return order.GameId != app.GameId ? new PaymentOutcome.NotFound()
                : contradiction is null ? null
                : new PaymentOutcome.Refused(contradiction);
        }
        var confirmed = new ConfirmedPayment(app, id, payment) { By = by, Refuse = Refuse };
        var outcome = await database.WriteOrderAsync(
            id,
            read,
            async (transaction, known) =>
            {
                var applied = await writer.TryApplyAsync(transaction, confirmed, clock.NowMs(), known);
                // This payment has already paid the order, which was then held for review: marking it paid again changes nothing.
                return applied is not PaymentOutcome.Held ? applied
                    : new PaymentOutcome.AlreadyPaid((await OrderTable.FindAsync(transaction, id))!.Order);
            },
            cancellationToken);
        if (contradiction is not null && outcome is not PaymentOutcome.NotFound)
        {
            return await payments.HoldAsync(id, payment, contradiction, cancellationToken, by);
        }
        if (outcome is PaymentOutcome.Paid { Order: var order })
        {
            telemetry.Paid(order, payment);
            telemetry.OperationLogged(id, "marked paid", by);
        }
        return outcome;
    }

    /// <summary>Closes an unpaid order. A payment that comes later is not lost: the app's <see cref="LatePayment"/> policy
    /// decides.</summary>
    public Task<OperationOutcome> CloseAsync(App app, OrderId id, AuditContext by, CancellationToken cancellationToken) =>
        ApplyAsync(app, id, "close", by, static order => order.State switch
        {
            { Pay: PayState.Unpaid, Progress: Progress.Closed } => new StateDecision.Unchanged(),
            { Pay: PayState.Unpaid, Progress: Progress.Created or Progress.Review } =>
                new StateDecision.Move(new OrderState(PayState.Unpaid, Progress.Closed), CallbackEvents.Closed),
            { Pay: PayState.Unpaid } => new StateDecision.NotAllowed("the order has its final result"),
            _ => new StateDecision.NotAllowed("the order was paid; refund it instead"),
        }, cancellationToken);

    /// <summary>Records that the player got money back elsewhere: so much, or all that is left. Once that is all of it, what was delivered
    /// stays delivered, and what was not is closed. One that a statement tells of is recorded once.</summary>
    public Task<OperationOutcome> RefundAsync(
        App app, OrderId id, AuditContext by, CancellationToken cancellationToken, Money? money = null, StatedRefund? stated = null) =>
        refunds.RecordAsync(app, id, money, by, cancellationToken, stated);

    /// <summary>Ends the review of a held order: unpaid it can be paid again, paid it can be delivered.</summary>
    public Task<OperationOutcome> ReleaseAsync(App app, OrderId id, AuditContext by, CancellationToken cancellationToken) =>
        ApplyAsync(app, id, "release", by, static order => order.State.Progress == Progress.Review
            ? new StateDecision.Move(
                order.State with { Progress = Progress.Created }, order.State.Pay == PayState.Paid ? CallbackEvents.Paid : null)
            : new StateDecision.NotAllowed("the order is not held for review"), cancellationToken);

    /// <summary>Holds a paid order for review before its goods are out, and cancels callbacks that wait. <see cref="ReleaseAsync"/> ends
    /// it.</summary>
    public Task<OperationOutcome> HoldAsync(App app, OrderId id, AuditContext by, CancellationToken cancellationToken) =>
        ApplyAsync(app, id, HoldAction, by, static order => order.State switch
        {
            { Progress: Progress.Review } => new StateDecision.Unchanged(),
            { IsDeliverable: true } => new StateDecision.Move(order.State with { Progress = Progress.Review }, null),
            { Pay: PayState.Unpaid } => new StateDecision.NotAllowed("the order was not paid"),
            { Pay: PayState.Refunded } => new StateDecision.NotAllowed("the payment was refunded"),
            _ => new StateDecision.NotAllowed("the goods are out"),
        }, cancellationToken);

    /// <summary>Records that a person has dealt with the payments that the order did not take, as by giving the money back: nobody need
    /// look at them any more. The order stays as it is. Of a held order that is what <see cref="ReleaseAsync"/>,
    /// <see cref="CloseAsync"/> and <see cref="RefundAsync"/> say.</summary>
    public async Task<OperationOutcome> SettleAsync(App app, OrderId id, AuditContext by, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteOrderAsync<OperationOutcome>(
            id,
            async transaction =>
            {
                if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } || order.GameId != app.GameId)
                {
                    return new OperationOutcome.NotFound();
                }
                if (order.State.Progress == Progress.Review)
                {
                    return new OperationOutcome.NotAllowed("the order is held for review; decide about it: release, close or refund it");
                }
                if (await PaymentTable.SettleUnappliedAsync(transaction, id, clock.NowMs()) == 0)
                {
                    return new OperationOutcome.NotAllowed("the order has no payment that somebody has to look at");
                }
                await AuditLog.InsertAsync(
                    transaction, order.GameId,
                    new AuditEntry(id, clock.NowMs(), by.Actor, SettleAction, by.Reason, order.State, order.State));
                return new OperationOutcome.Done();
            },
            cancellationToken);
        if (outcome is OperationOutcome.Done)
        {
            telemetry.OperationCounted(id, SettleAction, by);
        }
        return outcome;
    }

    /// <summary>Writes only the audit entry of an action that changes no state: that a store's question was answered.</summary>
    internal Task RecordAuditOnlyAsync(Order order, string action, AuditContext by, CancellationToken cancellationToken)
    {
        telemetry.OperationLogged(order.Id, action, by);
        var entry = new AuditEntry(order.Id, clock.NowMs(), by.Actor, action, by.Reason, order.State, order.State);
        return database.WriteAsync(
            async transaction =>
            {
                await AuditLog.InsertAsync(transaction, order.GameId, entry);
                return true;
            },
            cancellationToken);
    }

    private async Task<OperationOutcome> ApplyAsync(
        App app, OrderId id, string action, AuditContext by, Func<Order, StateDecision> decide, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteOrderAsync(
            id,
            async transaction =>
            {
                var applied = await changes.TryApplyAsync(transaction, app, id, action, by, decide, clock.NowMs());
                if (applied is OperationOutcome.Done && action != HoldAction)
                {
                    await PaymentTable.SettleUnappliedAsync(transaction, id, clock.NowMs());
                }
                return applied;
            },
            cancellationToken);
        if (outcome is OperationOutcome.Done)
        {
            telemetry.OperationCounted(id, action, by);
        }
        return outcome;
    }
}
