using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync;

/// <summary>Refunds orders through the store that took the money.</summary>
public sealed class ProviderRefunds(OrderQueries orders, ManualActions actions, ChannelRegistry channels)
{
    /// <summary>Refunds at the store first, then records it at the order. The attempt is recorded before the store is called.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<ProviderRefundOutcome> RefundAsync(App app, OrderId id, AuditContext by, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } row || row.Order.GameId != app.GameId)
        {
            return new ProviderRefundOutcome.NotFound();
        }
        if (row.Order.State.Pay == PayState.Refunded)
        {
            return new ProviderRefundOutcome.Done();
        }
        if (row.Payment is not { } payment)
        {
            return new ProviderRefundOutcome.NotAllowed("the order was not paid; close it instead");
        }
        if (!app.Channels.ContainsKey(payment.Channel) || channels.Find(payment.Channel)?.Refunder is not { } refunder)
        {
            return new ProviderRefundOutcome.NotAllowed(
                $"channel {payment.Channel} is not configured, or cannot give money back; "
                + "leave out atStore to record a refund that was made elsewhere");
        }
        await actions.RecordAuditOnlyAsync(row.Order, "refund asked at the store", by, cancellationToken);

        // From here on the store may refund: the result is recorded whether the caller still waits or not.
        switch (await refunder.RefundAsync(
            app, new RefundRequest(row.Order, payment, row.Order.Id.Value, payment.Money ?? row.Order.Money, by.Reason), CancellationToken.None))
        {
            case RefundResult.Done:
                return await actions.RefundAsync(app, id, by, CancellationToken.None) switch
                {
                    OperationOutcome.NotAllowed refused => new ProviderRefundOutcome.NotAllowed(
                        $"the store gave the money back, but the order could not record it: {refused.Reason}"),
                    _ => new ProviderRefundOutcome.Done(),
                };
            case RefundResult.Pending:
                return new ProviderRefundOutcome.Pending();
            case RefundResult.Refused refused:
                return new ProviderRefundOutcome.NotAllowed(refused.Reason);
            case RefundResult.TryLater later:
                return new ProviderRefundOutcome.TryLater(later.Reason);
            case var other:
                throw new InvalidOperationException($"unknown result {other}");
        }
    }
}
