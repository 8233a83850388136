using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of keeping what a result brings along (cards), in the result's own transaction.</summary>
public abstract record KeepOutcome
{
    private KeepOutcome()
    {
    }

    /// <summary>Kept; the order's attributes say so. The undo takes it back where the order moved in between.</summary>
    public sealed record Kept(IReadOnlyDictionary<string, string> Attributes, Func<ValueTask> UndoAsync) : KeepOutcome;

    /// <summary>Nothing was kept, and the order must not get its result.</summary>
    public sealed record Refused(string Reason) : KeepOutcome;
}

/// <summary>Keeps what a result brings along. The orders know nothing of cards; like every unit of work it awaits nothing but its transaction.</summary>
public delegate ValueTask<KeepOutcome> Keep(Transaction transaction, Order order, long nowMs);

public sealed partial class OrderBook
{
    /// <summary>Records an order's final result as an upstream or a person says it (CardRecharge). It needs no payment: merchants settle in advance
    /// (protocols.md §4). The order, what comes with the result, the act and the callback are one commit; the first result is the last.</summary>
    /// <param name="app">The app that the order must belong to.</param>
    /// <param name="id">The order.</param>
    /// <param name="isSuccess">Delivered, or failed.</param>
    /// <param name="by">Who says so, and why.</param>
    /// <param name="keep">Keeps the cards that come with the result; null: none come.</param>
    /// <param name="cancellationToken">Gives up before the result is recorded.</param>
    /// <returns><see cref="ActOutcome.AlreadySo"/>: the order had this result before.</returns>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<ActOutcome> FinishAsync(App app, OrderId id, bool isSuccess, ActBy by, Keep? keep, CancellationToken cancellationToken)
    {
        var outcome = await RetryRacesAsync(transaction => TryFinishAsync(transaction, app, id, isSuccess, by, keep, NowMs), id, cancellationToken);
        if (outcome is ActOutcome.Done)
        {
            metrics.Count(isSuccess ? "delivered" : "failed");
            LogAct(log, id, isSuccess ? "result success" : "result failed", by.Actor, by.Reason);
        }
        return outcome;
    }

    /// <summary>Reads an order by the game's own number for it; null when there is none.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public Task<OrderRow?> FindAsync(App app, string merchantOrderId, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async transaction => await OrderTable.FindKeyAsync(transaction, app.GameId, merchantOrderId) is { } key
                && await OrderTable.FindAsync(transaction, key.OrderId) is { } row && row.Order.MerchantOrderId == merchantOrderId
                ? row
                : null,
            cancellationToken);

    /// <returns>Null: another writer changed the order in between.</returns>
    private async ValueTask<ActOutcome?> TryFinishAsync(Transaction transaction, App app, OrderId id, bool isSuccess, ActBy by, Keep? keep, long nowMs)
    {
        // 1. The first result is the last: the same again is an echo, another one is refused.
        if (await OrderTable.FindAsync(transaction, id) is not { } row || row.Order.GameId != app.GameId)
        {
            return new ActOutcome.NotFound();
        }
        var order = row.Order;
        var to = order.State with { Progress = isSuccess ? Progress.Delivered : Progress.Failed };
        if (order.State.Progress == to.Progress)
        {
            return new ActOutcome.AlreadySo();
        }
        if (order.State.Progress != Progress.Created)
        {
            return new ActOutcome.NotAllowed(order.State.Progress switch
            {
                Progress.Delivered => "the order has its final result: success",
                Progress.Failed => "the order has its final result: failed",
                Progress.Closed => "the order is closed",
                Progress.Review => "the order is held for review; release it first",
                _ => "the order is being delivered",
            });
        }

        // 2. What comes with the result.
        var attributes = order.Attributes;
        Func<ValueTask>? undoAsync = null;
        if (keep is not null)
        {
            switch (await keep(transaction, order, nowMs))
            {
                case KeepOutcome.Refused refused:
                    return new ActOutcome.NotAllowed(refused.Reason);
                case KeepOutcome.Kept kept:
                    (attributes, undoAsync) = kept;
                    break;
            }
        }

        // 3. The order, if it still is as it was read.
        var finished = order with
        {
            State = to, StateReason = isSuccess ? null : by.Reason, DeliveredMs = isSuccess ? nowMs : order.DeliveredMs, Attributes = attributes,
        };
        if (!await OrderTable.MoveAsync(transaction, order, to, finished.StateReason, isSuccess ? nowMs : null, nowMs))
        {
            if (undoAsync is not null)
            {
                await undoAsync();
            }
            return null;
        }

        // 4. What follows from it, in the same commit.
        if (undoAsync is not null)
        {
            await OrderTable.KeepAttributesAsync(transaction, finished);
        }
        await ActTable.InsertAsync(transaction, new Act(id, nowMs, by.Actor, "result", by.Reason, order.State, to));
        if (planOf(app, finished, CallbackEvents.Result) is { } plan)
        {
            await due.QueueAsync(transaction, finished, row.Payment, CallbackEvents.Result, plan, nowMs);
        }
        return new ActOutcome.Done();
    }
}
