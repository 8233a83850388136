using OrderCenter.Domain;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.Orders.Receipts;

/// <summary>Verifies the receipts that clients present for orders, and applies the good ones. A refused receipt is kept with its order;
/// one whose store could not be reached is verified again later.</summary>
public sealed class ReceiptApplication(
    OrderQueries orders, ChannelRegistry channels, PaymentApplication payments, RefusedPaymentRecorder refusals,
    PendingReceiptStore pending)
{
    /// <summary>Verifies a receipt and marks its order paid. The payment's transaction ids are reserved in the same transaction, so that a
    /// receipt pays one order at most, however many present it at once.</summary>
    /// <param name="app">The app that asks; another app's order is not found.</param>
    /// <param name="id">The order.</param>
    /// <param name="receipt">What the client got from its store.</param>
    /// <param name="deferredId">The merchant order id, if it comes only now; null: none.</param>
    /// <param name="cancellationToken">Stops the wait for the store. A payment that is being applied is not stopped.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<PaymentOutcome> ApplyAsync(
        App app, OrderId id, Receipt receipt, DeferredMerchantOrderId? deferredId, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { Order: var order } || order.GameId != app.GameId)
        {
            return new PaymentOutcome.NotFound();
        }
        var channel = FindChannel(order, receipt, out var fault);
        var (payment, outcome) = order.MerchantOrderId is { } known && deferredId is not null && known != deferredId.MerchantOrderId
            ? (null, new PaymentOutcome.Refused("the order has another orderID"))
            : channel is null ? (null, new PaymentOutcome.Refused(fault))
            : await ApplyAsync(app, order, channel, receipt, deferredId, cancellationToken);
        return await refusals.RecordReceiptAsync(order, channel, receipt, payment, outcome);
    }

    private async Task<(Payment? Payment, PaymentOutcome Outcome)> ApplyAsync(
        App app, Order order, IChannel channel, Receipt receipt, DeferredMerchantOrderId? deferredId, CancellationToken cancellationToken)
    {
        var verdict = await channel.VerifyAsync(
            app, order with { ProductId = app.Products.SkuOf(channel.Name, order.ProductId) }, receipt, cancellationToken);
        switch (verdict)
        {
            case Verdict.Paid paid:
                return (paid.Payment, await payments.ApplyAsync(app, order, paid.Payment, deferredId, cancellationToken));
            case Verdict.Contradicts { Payment: var payment, Reason: var reason }:
                return (payment, await payments.HoldAsync(order.Id, payment, reason, cancellationToken));
            case Verdict.TryLater later:
                await pending.SaveAsync(order, receipt, deferredId, later.Reason);
                return (null, new PaymentOutcome.TryLater(later.Reason));
            case Verdict.Rejected rejected:
                return (rejected.Payment, new PaymentOutcome.Refused(rejected.Reason));
            default:
                throw new InvalidOperationException($"unknown verdict {verdict}");
        }
    }

    private IChannel? FindChannel(Order order, Receipt receipt, out string fault)
    {
        if (order.Channel is { } name)
        {
            fault = $"channel {name} takes no receipts";
            return channels.Find(name);
        }
        fault = "payreturndata has the shape of no known channel";
        return channels.FindByReceipt(receipt);
    }
}
