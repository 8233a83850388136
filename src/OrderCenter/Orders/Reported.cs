using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of a store's tidings.</summary>
/// <param name="State">How the notification stands then.</param>
/// <param name="Words">For the operator.</param>
/// <param name="OrderId">The order that it touched; null: none.</param>
public sealed record ReportOutcome(NoticeState State, string Words, OrderId? OrderId);

/// <summary>What stores report by themselves, or when they are asked. The one who reports may touch only orders of its own app that are to be paid at
/// that channel, or at none yet; and it is never believed beyond what its payment says.</summary>
public sealed partial class OrderBook
{
    private const string NobodyWords = "it was refunded before it paid an order, and can pay none any more";
    private const string FreeWords = "no order was paid by it; it may pay one";

    /// <summary>Does what a store tells. Again with the same tidings: nothing more is done. Tidings of a refund that say no time count as older than any that do.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many requests wait; it may be told again.</exception>
    public async Task<ReportOutcome> ReportAsync(App app, string channel, Tidings tidings, CancellationToken cancellationToken)
    {
        switch (tidings)
        {
            case Tidings.Nothing nothing:
                return new ReportOutcome(NoticeState.Ignored, nothing.Reason, null);
            case Tidings.Paid paid:
                Require(paid.Payment.Channel == channel);
                return await ReportPaidAsync(app, paid.OrderId, paid.Payment, contradiction: null, cancellationToken);
            case Tidings.Contradicts contradicts:
                Require(contradicts.Payment.Channel == channel);
                return await ReportPaidAsync(app, contradicts.OrderId, contradicts.Payment, contradicts.Reason, cancellationToken);
            case Tidings.Refunded refunded:
                Require(refunded.Payment.Channel == channel);
                return await ReportWordAsync(app, refunded.Payment, isRefund: true, refunded.SaidMs ?? 0, new ActBy(StoreActor(channel), refunded.Reason), cancellationToken);
            case Tidings.RefundReversed reversed:
                Require(reversed.Payment.Channel == channel);
                return await ReportWordAsync(app, reversed.Payment, isRefund: false, reversed.SaidMs ?? 0, new ActBy(StoreActor(channel), reversed.Reason), cancellationToken);
            case Tidings.PartlyRefunded part:
                Require(part.Payment.Channel == channel);
                return await ReportPartAsync(app, part, cancellationToken);
            default:
                throw new InvalidOperationException($"unknown tidings {tidings}");
        }
    }

    /// <summary>Applies what a store said when it was asked about an order.</summary>
    public async Task<SettleOutcome> SettleAsync(App app, OrderId id, Verdict verdict, LateKey? lateKey, CancellationToken cancellationToken)
    {
        switch (verdict)
        {
            case Verdict.Paid paid:
                var (order, fault) = await FindPayableAsync(app, id, paid.Payment, cancellationToken);
                return order is null
                    ? new SettleOutcome.Refused(fault)
                    : order.State.Pay == PayState.Unpaid && ContradictionOf(order, paid.Payment) is { } contradiction
                        ? await HoldAsync(id, paid.Payment, contradiction, cancellationToken)
                        : await ApplyAsync(app, order, paid.Payment, lateKey, cancellationToken);
            case Verdict.Contradicts contradicts:
                return (await FindPayableAsync(app, id, contradicts.Payment, cancellationToken)).Order is null
                    ? new SettleOutcome.Refused(contradicts.Reason)
                    : await HoldAsync(id, contradicts.Payment, contradicts.Reason, cancellationToken);
            case Verdict.TryLater later:
                return new SettleOutcome.TryLater(later.Reason);
            case Verdict.Rejected rejected:
                return new SettleOutcome.Refused(rejected.Reason);
            default:
                throw new InvalidOperationException($"unknown verdict {verdict}");
        }
    }

    internal static string StoreActor(string channel) => "store:" + channel;

    private async Task<ReportOutcome> ReportPaidAsync(App app, OrderId? named, Payment payment, string? contradiction, CancellationToken cancellationToken)
    {
        // 1. The order that the store names, or the one that this payment has paid before.
        if (named is not { } id)
        {
            if (await store.ReadAsync(async transaction => await PaymentTable.HolderAsync(transaction, payment), cancellationToken) is not { } holder)
            {
                return new ReportOutcome(NoticeState.Unclaimed, "no order claims this payment", null);
            }
            if (holder == PaymentTable.Nobody)
            {
                return new ReportOutcome(NoticeState.Unclaimed, NobodyWords, null);
            }
            id = holder;
        }

        // 2. Only where this app and this channel may touch it.
        var (order, fault) = await FindPayableAsync(app, id, payment, cancellationToken);
        if (order is null)
        {
            LogRefused(log, id, fault);
            return new ReportOutcome(NoticeState.Unclaimed, fault, null);
        }

        // 3. As any other payment.
        contradiction ??= order.State.Pay == PayState.Unpaid ? ContradictionOf(order, payment) : null;
        var outcome = contradiction is null
            ? await ApplyAsync(app, order, payment, lateKey: null, cancellationToken)
            : await HoldAsync(id, payment, contradiction, cancellationToken);
        return outcome switch
        {
            SettleOutcome.Paid => new ReportOutcome(NoticeState.Applied, "the order is paid", id),
            SettleOutcome.AlreadyPaid => new ReportOutcome(NoticeState.Applied, "the order was paid by it before", id),
            SettleOutcome.Held held => new ReportOutcome(NoticeState.Held, held.Reason, id),
            SettleOutcome.Refused refused => new ReportOutcome(NoticeState.Unapplied, refused.Reason, id),
            _ => new ReportOutcome(NoticeState.Unclaimed, "the order is gone", null),
        };
    }

    /// <summary>A part of the money went back. 1. The part is kept, each once. 2. All that went back by now is read after that commit, so that of two parts at
    /// once the later one sees both; parts that make up the whole are a refund. 3. Until then the order stays as it is, and a person decides; of an order
    /// that is not paid yet nobody knows what is owed.</summary>
    private async Task<ReportOutcome> ReportPartAsync(App app, Tidings.PartlyRefunded told, CancellationToken cancellationToken)
    {
        var (payment, reason) = (told.Payment, told.Reason);
        if (told.Part is { } part)
        {
            await store.WriteAsync(transaction => RefundPartTable.KeepAsync(transaction, payment, app.GameId, part.RefundId, part.Money, NowMs), cancellationToken);
            var sum = await store.ReadAsync(transaction => RefundPartTable.SumAsync(transaction, payment, app.GameId), cancellationToken);
            reason = $"{reason}; so far {sum} went back";
            if (payment.Money is { } whole && sum >= whole)
            {
                return await ReportWordAsync(app, payment, isRefund: true, told.SaidMs ?? 0, new ActBy(StoreActor(payment.Channel), $"{reason}, which is all"), cancellationToken);
            }
        }
        if (await store.ReadAsync(async transaction => await PaymentTable.HolderAsync(transaction, payment), cancellationToken) is not { } holder || holder == PaymentTable.Nobody)
        {
            return told.OrderId is null ? new ReportOutcome(NoticeState.Unclaimed, $"{reason}; no order claims this payment", null)
                : await ReportPaidAsync(app, told.OrderId, payment, reason, cancellationToken);
        }
        return await FindAsync(holder, cancellationToken) is { Order: var order } && order.GameId == app.GameId
            ? new ReportOutcome(NoticeState.Unapplied, $"{reason}; the order stays as it is", holder)
            : new ReportOutcome(NoticeState.Unclaimed, "no order of this app was paid by it", null);
    }

    /// <returns>The order that the payment may be applied to; null and why not.</returns>
    private async Task<(Order? Order, string Fault)> FindPayableAsync(App app, OrderId id, Payment payment, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { Order: var order } || order.GameId != app.GameId)
        {
            return (null, $"this app has no order {id}");
        }
        // Of an order that is paid already the channel says who paid it; what comes then is recorded as extra and moves nothing.
        if (order.State.Pay == PayState.Unpaid && order.Channel is { } wanted && wanted != payment.Channel)
        {
            return (null, $"the order is to be paid by {wanted}, not by {payment.Channel}");
        }
        return payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId)
            ? (null, $"the payment is of the environment {payment.Environment}, which this app does not accept")
            : (order, "");
    }

    private static void Require(bool isOwn)
    {
        if (!isOwn)
        {
            throw new InvalidOperationException("a channel told of another channel's payment");
        }
    }
}
