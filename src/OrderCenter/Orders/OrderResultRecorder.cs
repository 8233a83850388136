using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Records the final result of an order, success or failure, as an upstream system or an operator reports it
/// (CardRecharge).</summary>
public sealed class OrderResultRecorder(Database database, OrderSideEffects sideEffects, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Applies the result; the first one is final. It needs no payment, since merchants settle in advance (protocols.md §4). The
    /// order, what comes with the result, the audit entry and the callback are one commit.</summary>
    /// <param name="app">The app that the order must belong to.</param>
    /// <param name="id">The order.</param>
    /// <param name="isSuccess">Delivered, or failed.</param>
    /// <param name="by">Who reports it, and why.</param>
    /// <param name="storeAttachment">Stores the cards that come with the result; null: none come.</param>
    /// <param name="cancellationToken">Gives up before the result is recorded.</param>
    /// <returns><see cref="OperationOutcome.Unchanged"/>: the order had this result before.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<OperationOutcome> ApplyAsync(
        App app, OrderId id, bool isSuccess, AuditContext by, StoreAttachment? storeAttachment, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteOrderAsync(
            id, transaction => TryApplyAsync(transaction, app, id, isSuccess, by, storeAttachment, clock.NowMs()), cancellationToken);
        if (outcome is OperationOutcome.Done)
        {
            telemetry.ResultRecorded(id, isSuccess, by);
        }
        return outcome;
    }

    /// <returns>Null: another writer changed the order in between.</returns>
    private async ValueTask<OperationOutcome?> TryApplyAsync(
        Transaction transaction, App app, OrderId id, bool isSuccess, AuditContext by, StoreAttachment? storeAttachment, long nowMs)
    {
        // 1. The first result is final: the same again changes nothing, another one is refused.
        if (await OrderTable.FindAsync(transaction, id) is not { } row || row.Order.GameId != app.GameId)
        {
            return new OperationOutcome.NotFound();
        }
        var order = row.Order;
        var to = order.State with { Progress = isSuccess ? Progress.Delivered : Progress.Failed };
        if (order.State.Progress == to.Progress)
        {
            return new OperationOutcome.Unchanged();
        }
        if (order.State.Progress != Progress.Created)
        {
            return new OperationOutcome.NotAllowed(WhyNot(order.State.Progress));
        }

        // 2. What comes with the result.
        var attributes = order.Attributes;
        Func<ValueTask>? undoAsync = null;
        switch (storeAttachment is null ? null : await storeAttachment(transaction, order, nowMs))
        {
            case AttachmentOutcome.Refused refused:
                return new OperationOutcome.NotAllowed(refused.Reason);
            case AttachmentOutcome.Attached attached:
                (attributes, undoAsync) = attached;
                break;
        }

        // 3. The order, if it still is as it was read.
        var finished = order with
        {
            State = to,
            StateReason = isSuccess ? null : by.Reason,
            DeliveredMs = isSuccess ? nowMs : order.DeliveredMs,
            Attributes = attributes,
        };
        if (!await OrderTable.MoveAsync(transaction, order, to, finished.StateReason, isSuccess ? nowMs : null, nowMs))
        {
            if (undoAsync is not null)
            {
                await undoAsync();
            }
            return null;
        }

        // 4. Its side effects, in the same commit.
        if (undoAsync is not null)
        {
            await OrderTable.SaveAttributesAsync(transaction, finished);
        }
        await AuditLog.InsertAsync(
            transaction, order.GameId, new AuditEntry(id, nowMs, by.Actor, "result", by.Reason, order.State, to));
        var plan = sideEffects.Plan(app, finished, CallbackEvents.Result);
        await sideEffects.AfterChangeAsync(transaction, app, finished, row.Payment, CallbackEvents.Result, plan, nowMs);
        await sideEffects.TellAsync(transaction, finished, row.Payment, ChangeEvents.Of(order.State, to), nowMs);
        return new OperationOutcome.Done();
    }

    private static string WhyNot(Progress progress) => progress switch
    {
        Progress.Delivered => "the order has its final result: success",
        Progress.Failed => "the order has its final result: failed",
        Progress.Closed => "the order is closed",
        Progress.Review => "the order is held for review; release it first",
        _ => "the order is being delivered",
    };
}
