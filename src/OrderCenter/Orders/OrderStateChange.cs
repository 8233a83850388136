using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Moves an order to another state inside the caller's transaction, with its audit entry and its callback.</summary>
public sealed class OrderStateChange(OrderSideEffects sideEffects)
{
    /// <returns>Null: another writer changed the order in between.</returns>
    internal async ValueTask<OperationOutcome?> TryApplyAsync(
        Transaction transaction, App app, OrderId id, string action, AuditContext by, Func<Order, StateDecision> decide, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { } row || row.Order.GameId != app.GameId)
        {
            return new OperationOutcome.NotFound();
        }
        return decide(row.Order) switch
        {
            StateDecision.Unchanged => new OperationOutcome.Unchanged(),
            StateDecision.NotAllowed refused => new OperationOutcome.NotAllowed(refused.Reason),
            StateDecision.ReadAgain => null,
            StateDecision.Move move => await TryMoveAsync(transaction, app, row, action, by, move, nowMs),
            var other => throw new InvalidOperationException($"unknown decision {other}"),
        };
    }

    private async ValueTask<OperationOutcome?> TryMoveAsync(
        Transaction transaction, App app, OrderRow row, string action, AuditContext by, StateDecision.Move move, long nowMs)
    {
        var (order, (to, @event)) = (row.Order, move);
        var plan = @event is null ? null : sideEffects.Plan(app, order with { State = to }, @event);
        to = plan is not null && @event == CallbackEvents.Paid ? to with { Progress = Progress.Delivering } : to;
        var reason = to.Progress is Progress.Closed or Progress.Review ? by.Reason : null;
        if (!await OrderTable.MoveAsync(transaction, order, to, reason, deliveredMs: null, nowMs))
        {
            return null;
        }
        await AuditLog.InsertAsync(
            transaction, order.GameId, new AuditEntry(order.Id, nowMs, by.Actor, action, by.Reason, order.State, to));
        var changed = order with { State = to, StateReason = reason };
        await sideEffects.AfterChangeAsync(transaction, app, changed, row.Payment, @event, plan, nowMs);
        Money? back = to.Pay == PayState.Refunded ? row.Payment?.Money ?? order.Money : null;
        await sideEffects.TellAsync(transaction, changed, row.Payment, ChangeEvents.Of(order.State, to), nowMs, back);
        return new OperationOutcome.Done();
    }

    /// <summary>Notes that a part of an order's money went back; it stays as it is.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="row">The order as it was read.</param>
    /// <param name="back">What went back so far.</param>
    /// <param name="by">Who gave it back, for the audit log; null: the store's report is the record.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: another writer changed the order in between; nothing was done.</returns>
    internal async ValueTask<bool> TryNotePartAsync(
        Transaction transaction, OrderRow row, Money back, AuditContext? by, long nowMs)
    {
        var order = row.Order;
        if (!await OrderRefundTable.NoteAsync(transaction, order, ChangeEvent.PartiallyRefunded, back, nowMs))
        {
            return false;
        }
        await sideEffects.TellAsync(transaction, order, row.Payment, ChangeEvent.PartiallyRefunded, nowMs, back);
        if (by is not null)
        {
            await AuditLog.InsertAsync(
                transaction, order.GameId,
                new AuditEntry(order.Id, nowMs, by.Actor, "refund in part", by.Reason, order.State, order.State));
        }
        return true;
    }

    /// <summary>Notes that the store took back what went back of an order in parts; it stays as it is.</summary>
    /// <returns>False: another writer changed the order in between; nothing was done.</returns>
    internal async ValueTask<bool> TryNoteReversalAsync(Transaction transaction, OrderRow row, long nowMs)
    {
        if (!await OrderRefundTable.NoteAsync(transaction, row.Order, ChangeEvent.RefundReversed, back: null, nowMs))
        {
            return false;
        }
        await sideEffects.TellAsync(transaction, row.Order, row.Payment, ChangeEvent.RefundReversed, nowMs);
        return true;
    }
}
