using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Health;

namespace OrderCenter.Orders.Refusals;

/// <summary>Records what was presented for an order and did not pay it (a receipt, a store's payment, the answer to a query, or a purchase
/// without proof): counted, logged with its ids, and stored with the order, so that support finds it by the id on the player's
/// bill.</summary>
public sealed class RefusedPaymentRecorder(
    RefusedReceiptWriter writer, ChannelRegistry channels, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>The receipts of the last 15 minutes that this process accepted and refused.</summary>
    public RecentOutcomes Recent { get; } = new(clock);

    /// <summary>Records a receipt if it was refused.</summary>
    /// <returns><paramref name="outcome"/>, unchanged.</returns>
    internal async Task<PaymentOutcome> RecordReceiptAsync(
        Order order, IChannel? channel, Receipt receipt, Payment? payment, PaymentOutcome outcome)
    {
        var reason = ReasonOf(outcome);
        if (reason is not null || outcome is PaymentOutcome.Paid or PaymentOutcome.Held)
        {
            Recent.Count(order.GameId, isRefused: reason is not null);
        }
        if (reason is not null)
        {
            var refused = payment is not null
                ? RefusedReceipt.Of(order.Id, payment, reason, clock.NowMs())
                : Claimed(order.Id, channel, receipt, reason);
            await RecordAsync(refused, outcome);
        }
        return outcome;
    }

    /// <summary>Records a payment that a store reported if it did not pay the order.</summary>
    internal async Task RecordPaymentAsync(OrderId id, Payment payment, PaymentOutcome outcome)
    {
        if (ReasonOf(outcome) is { } reason)
        {
            await RecordAsync(RefusedReceipt.Of(id, payment, reason, clock.NowMs()), outcome);
        }
    }

    /// <summary>Records a store's answer about a purchase if it did not pay the order. That nothing was paid yet is no refusal.</summary>
    /// <param name="id">The order.</param>
    /// <param name="channel">The channel that answered.</param>
    /// <param name="transactionId">The purchase that somebody named; null: the store was asked by our order id.</param>
    /// <param name="verdict">The store's answer.</param>
    /// <param name="outcome">The result of applying it.</param>
    internal async Task RecordLookupAsync(OrderId id, string channel, string? transactionId, Verdict verdict, PaymentOutcome outcome)
    {
        var payment = verdict switch
        {
            Verdict.Paid paid => paid.Payment,
            Verdict.Contradicts contradicts => contradicts.Payment,
            Verdict.Rejected rejected => rejected.Payment,
            _ => null,
        };
        if (payment is not null)
        {
            await RecordPaymentAsync(id, payment, outcome);
        }
        else if (transactionId is not null && ReasonOf(outcome) is { } reason)
        {
            await RecordAsync(RefusedReceipt.OfUnverified(id, channel, transactionId, null, null, reason, clock.NowMs()), outcome);
        }
    }

    /// <summary>Records a purchase that somebody named for an order without proof, if its store cannot be asked or it belongs to another
    /// order.</summary>
    public Task RecordUnverifiedPurchaseAsync(OrderId id, string channel, string transactionId, string reason) =>
        RecordAsync(
            RefusedReceipt.OfUnverified(id, channel, transactionId, null, null, reason, clock.NowMs()), new PaymentOutcome.Refused(reason));

    private Task RecordAsync(RefusedReceipt refused, PaymentOutcome outcome)
    {
        telemetry.Refused(refused, holdsOrder: outcome is PaymentOutcome.Held);
        return writer.WriteAsync(refused);
    }

    /// <summary>The ids that a receipt claims. If the receipt belongs to another channel than the order's, that channel reads
    /// them.</summary>
    private RefusedReceipt Claimed(OrderId id, IChannel? channel, Receipt receipt, string reason)
    {
        var claim = channel?.ReadClaim(receipt);
        if (claim is null && channels.All.FirstOrDefault(other => other != channel && other.Recognises(receipt)) is { } other)
        {
            (channel, claim) = (other, other.ReadClaim(receipt));
        }
        return RefusedReceipt.OfUnverified(
            id, channel?.Name, claim?.TransactionId, claim?.StoreOrderId, claim?.ProductId, reason, clock.NowMs());
    }

    private static string? ReasonOf(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Refused refused => refused.Reason,
        PaymentOutcome.Held { IsRefused: true } held => held.Reason,
        _ => null,
    };
}
