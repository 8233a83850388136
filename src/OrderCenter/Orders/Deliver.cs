using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of a game's word that it has handed the goods over.</summary>
public enum DeliverOutcome
{
    /// <summary>The first time: the game may take this answer as its permission to grant the goods.</summary>
    First,
    Repeated,
    NotFound,
    Unpaid,
    Refunded,
    Held,
}

public sealed partial class OrderBook
{
    /// <summary>Records that the goods were handed over. However many say so at once, one of them is the first.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<DeliverOutcome> DeliverAsync(App app, OrderId id, CancellationToken cancellationToken)
    {
        for (var race = 0; race < RacesMax; race++)
        {
            var outcome = await store.WriteAsync(transaction => TryDeliverAsync(transaction, app, id, NowMs), cancellationToken);
            if (outcome == DeliverOutcome.First)
            {
                metrics.Count("delivered");
                LogDelivered(log, id);
            }
            if (outcome is { } known)
            {
                return known;
            }
        }
        throw new StoreBusyException($"order {id} is being changed by too many at once; try again");
    }

    private async ValueTask<DeliverOutcome?> TryDeliverAsync(Transaction transaction, App app, OrderId id, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } || order.GameId != app.GameId)
        {
            return DeliverOutcome.NotFound;
        }
        switch (order.State)
        {
            case { Pay: PayState.Refunded }:
                return DeliverOutcome.Refunded;
            case { Progress: Progress.Delivered }:
                return DeliverOutcome.Repeated;
            case { Progress: Progress.Review }:
                return DeliverOutcome.Held;
            case { IsDeliverable: false }:
                return DeliverOutcome.Unpaid;
            default:
                var delivered = order.State with { Progress = Progress.Delivered };
                if (!await OrderTable.MoveAsync(transaction, order, delivered, reason: null, nowMs, nowMs))
                {
                    return null;
                }
                await HastenTellingAsync(transaction, app, order, nowMs);
                return DeliverOutcome.First;
        }
    }
}
