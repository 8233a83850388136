using System.Text;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Orders.Receipts;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;

namespace OrderCenter.ProviderSync;

/// <summary>Queries a store for the payment of one order and applies its answer.</summary>
public sealed partial class PaymentQueries(
    ChannelRegistry channels, PaymentApplication payments, ReceiptApplication receipts, PendingReceiptStore pendingReceipts,
    RefusedPaymentRecorder refusedReceipts, ProviderEventHandler events, ILogger<PaymentQueries> log)
{
    /// <summary>Whether that channel can be queried for this app.</summary>
    public bool CanQuery(App app, string channel) => app.Channels.ContainsKey(channel) && Find(channel)?.IsConfigured(app) == true;

    internal IPaymentQuery? Find(string channel) => channels.Find(channel)?.Query;

    /// <summary>Whether payments of that channel begin with us.</summary>
    internal bool BeginsHere(string channel) => channels.Find(channel)?.Initiator is not null;

    /// <summary>Queries a channel that <see cref="CanQuery"/>.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="transaction">The store's number of the purchase; null: it is queried by our order id.</param>
    /// <param name="holdsContradictions">Whether a payment that contradicts the order holds it for review, and a refund that the store
    /// tells of moves the order that was paid. False for callers that have not proven who they are.</param>
    /// <param name="cancellationToken">Stops the call to the store.</param>
    internal async Task<PaymentOutcome> QueryAsync(
        App app, Order order, string channel, string? transaction, bool holdsContradictions, CancellationToken cancellationToken)
    {
        var verdict = await Find(channel)!.QueryAsync(
            app, order with { ProductId = app.Products.SkuOf(channel, order.ProductId) }, transaction, cancellationToken);
        var outcome = await payments.ApplyAsync(app, order.Id, verdict, CancellationToken.None, holdsContradictions);
        await refusedReceipts.RecordLookupAsync(order.Id, channel, transaction, verdict, outcome);
        var description = Describe(outcome);
        if (holdsContradictions && verdict.Refund is { } refund)
        {
            var told = await events.ApplyAsync(app, channel, refund, CancellationToken.None);
            description = $"{description}; {told.Message}";
        }
        LogQueried(log, order.Id, channel, description);
        return outcome;
    }

    /// <summary>Does what a lookup is for: presents its receipt again, or queries its channel by our order id.</summary>
    internal async Task<PaymentOutcome> RunAsync(App app, Order order, PaymentLookup lookup, CancellationToken cancellationToken)
    {
        if (lookup.Sealed is null)
        {
            return CanQuery(app, lookup.Channel!) && Find(lookup.Channel!)!.FindsByOrderId
                ? await QueryAsync(app, order, lookup.Channel!, transaction: null, holdsContradictions: true, cancellationToken)
                : new PaymentOutcome.TryLater($"channel {lookup.Channel} is not configured, or cannot be asked by our own number");
        }
        var pending = pendingReceipts.Decrypt(lookup);
        return Receipt.TryParse(Encoding.UTF8.GetBytes(pending.Receipt), out var receipt, out var fault)
            ? await receipts.ApplyAsync(app, order.Id, receipt, pending.DeferredId, cancellationToken)
            : new PaymentOutcome.Refused(fault);
    }

    /// <summary>Ends the payment of an order that is closed here, so that nobody pays it.</summary>
    /// <returns>Whether the platform says that nobody can pay it any more. False where it has no call for it, refuses it (somebody is just
    /// paying) or cannot be called now.</returns>
    internal async Task<bool> TryCloseAsync(App app, Order order, string channel, CancellationToken cancellationToken) =>
        channels.Find(channel)?.Initiator is { } initiator && await initiator.CloseAsync(app, order, cancellationToken) is null;

    internal static string Describe(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Paid => "paid",
        PaymentOutcome.AlreadyPaid => "paid before",
        PaymentOutcome.Held held => $"held for review: {held.Reason}",
        PaymentOutcome.Refused refused => refused.Reason,
        PaymentOutcome.TryLater later => $"not known yet: {later.Reason}",
        _ => "order not found",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId}: payment queried at {Channel}: {Outcome}")]
    private static partial void LogQueried(ILogger logger, OrderId orderId, string channel, string outcome);
}
