using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Moves an order to another state inside the caller's transaction, with its audit entry, its callback and, for a refund, the
/// money that goes back to an internal account.</summary>
public sealed class OrderStateChange(OrderSideEffects sideEffects, ChannelRegistry channels)
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
        var account = @event == CallbackEvents.Refunded && row.Payment is { } payment
            ? channels.Find(payment.Channel)?.InternalAccount
            : null;
        if (account is not null)
        {
            // This update changes nothing but locks the row until the commit, so that the account is not credited for a state change that
            // then fails.
            if (!await OrderTable.NoteAsync(transaction, order, order.StateReason!))
            {
                return null;
            }
            if (!await account.RefundAsync(transaction, order, by.Actor, by.Reason, nowMs))
            {
                return new OperationOutcome.NotAllowed(
                    $"the refund to {row.Payment!.Channel} was refused: the balance would exceed its limit, "
                    + "or the player's data was erased");
            }
        }
        if (!await OrderTable.MoveAsync(transaction, order, to, reason, deliveredMs: null, nowMs))
        {
            if (account is not null)
            {
                // Another work item of this batch changed the order after the account was credited. The transaction is rolled back; the
                // retry runs alone, so that the credit and the state change commit together.
                transaction.MarkRolledBack();
            }
            return null;
        }
        await AuditLog.InsertAsync(
            transaction, order.GameId, new AuditEntry(order.Id, nowMs, by.Actor, action, by.Reason, order.State, to));
        await sideEffects.AfterChangeAsync(
            transaction, app, order with { State = to, StateReason = reason }, row.Payment, @event, plan, nowMs);
        return new OperationOutcome.Done();
    }
}
