using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of giving money back through its store.</summary>
public abstract record StoreRefundOutcome
{
    private StoreRefundOutcome()
    {
    }

    /// <summary>The store gave it back, and the order says so.</summary>
    public sealed record Done : StoreRefundOutcome;

    /// <summary>The store has accepted it and tells the end later; the order still says paid.</summary>
    public sealed record UnderWay : StoreRefundOutcome;

    public sealed record NotFound : StoreRefundOutcome;

    public sealed record NotAllowed(string Reason) : StoreRefundOutcome;

    /// <summary>The store could not be asked; the same again is safe, since it is one refund however often it is asked for.</summary>
    public sealed record TryLater(string Reason) : StoreRefundOutcome;
}

/// <summary>Gives money back through the store that took it.</summary>
public sealed class StoreRefunds(OrderBook orders, IEnumerable<IRefunds> refunds)
{
    private readonly Dictionary<string, IRefunds> _refunds = refunds.ToDictionary(channel => channel.Channel, StringComparer.Ordinal);

    /// <summary>Asks the store first and records what it says. That it is asked is on record before it is.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public async Task<StoreRefundOutcome> RefundAsync(App app, OrderId id, ActBy by, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } row || row.Order.GameId != app.GameId)
        {
            return new StoreRefundOutcome.NotFound();
        }
        if (row.Order.State.Pay == PayState.Refunded)
        {
            return new StoreRefundOutcome.Done();
        }
        if (row.Payment is not { } payment)
        {
            return new StoreRefundOutcome.NotAllowed("the order was not paid; close it instead");
        }
        if (!app.Channels.ContainsKey(payment.Channel) || !_refunds.TryGetValue(payment.Channel, out var channel))
        {
            return new StoreRefundOutcome.NotAllowed($"channel {payment.Channel} is not configured, or cannot give money back; leave out atStore to record a refund that was made elsewhere");
        }
        await orders.RecordAsync(row.Order, "refund asked at the store", by, cancellationToken);

        // From here on the money may be on its way back: what comes of it is recorded whether the caller still waits or not.
        switch (await channel.RefundAsync(app, row.Order, payment, by.Reason, CancellationToken.None))
        {
            case RefundAnswer.Done:
                return await orders.RefundAsync(app, id, by, CancellationToken.None) switch
                {
                    ActOutcome.NotAllowed refused => new StoreRefundOutcome.NotAllowed($"the store gave the money back, but the order could not record it: {refused.Reason}"),
                    _ => new StoreRefundOutcome.Done(),
                };
            case RefundAnswer.UnderWay:
                return new StoreRefundOutcome.UnderWay();
            case RefundAnswer.Refused refused:
                return new StoreRefundOutcome.NotAllowed(refused.Reason);
            case RefundAnswer.TryLater later:
                return new StoreRefundOutcome.TryLater(later.Reason);
            case var other:
                throw new InvalidOperationException($"unknown answer {other}");
        }
    }
}
