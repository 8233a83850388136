using OrderCenter.Domain;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refunds;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.ProviderEvents;

/// <summary>Applies what stores report of orders, by notification or when they are polled. A store may change only orders of its own app
/// that are to be paid at its channel, or at none yet, and only by what its payment proves.</summary>
public sealed class ProviderEventHandler(
    OrderQueries orders, PaymentApplication payments, RefundEventHandler refunds, RefundRecorder parts, RefusedPaymentRecorder refusals)
{
    /// <summary>Applies an event. The same event again changes nothing. A refund without a time counts as older than any that has
    /// one.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the event may be applied again.</exception>
    public async Task<ProviderEventOutcome> ApplyAsync(App app, string channel, ProviderEvent reported, CancellationToken cancellationToken)
    {
        Payment RequireSameChannel(Payment payment) =>
            payment.Channel == channel ? payment : throw new InvalidOperationException("a channel reported another channel's payment");

        Task<ProviderEventOutcome> ApplyRefundAsync(Payment payment, bool isRefund, string reason) =>
            refunds.ApplyAsync(
                app, RequireSameChannel(payment), isRefund, reported.ReportedMs ?? 0, new AuditContext(StoreActor(channel), reason),
                cancellationToken);

        async Task<ProviderEventOutcome> ApplyWholeAsync(ProviderEvent.Refunded refunded)
        {
            var payment = RequireSameChannel(refunded.Payment);
            if (refunded.Part is { } part)
            {
                await parts.ReportAsync(app, payment, part, isWhole: true, reported.ReportedMs ?? 0, cancellationToken);
            }
            return await ApplyRefundAsync(payment, isRefund: true, refunded.Reason);
        }

        return reported switch
        {
            ProviderEvent.Ignored ignored => new ProviderEventOutcome(
                ignored.IsUnreadable ? NotificationState.Failed : NotificationState.Ignored, ignored.Reason, null),
            ProviderEvent.Paid paid => await ApplyPaymentAsync(
                app, paid.OrderId, RequireSameChannel(paid.Payment), contradiction: null, cancellationToken),
            ProviderEvent.Contradicts contradicts =>
                await ApplyPaymentAsync(
                    app, contradicts.OrderId, RequireSameChannel(contradicts.Payment), contradicts.Reason, cancellationToken),
            ProviderEvent.Rejected rejected => await RecordRejectedAsync(
                app, rejected.OrderId, RequireSameChannel(rejected.Payment), rejected.Reason, cancellationToken),
            ProviderEvent.Refunded refunded => await ApplyWholeAsync(refunded),
            ProviderEvent.RefundReversed reversed => await ApplyRefundAsync(reversed.Payment, isRefund: false, reversed.Reason),
            ProviderEvent.PartlyRefunded part => await ApplyPartAsync(app, part, RequireSameChannel(part.Payment), cancellationToken),
            ProviderEvent.Several several => await ApplyAllAsync(app, channel, several, cancellationToken),
            _ => throw new InvalidOperationException($"unknown event {reported}"),
        };
    }

    private async Task<ProviderEventOutcome> ApplyAllAsync(
        App app, string channel, ProviderEvent.Several several, CancellationToken cancellationToken)
    {
        var outcomes = new List<(ProviderEvent, ProviderEventOutcome)>();
        foreach (var one in several.Events)
        {
            var dated = one with { ReportedMs = one.ReportedMs ?? several.ReportedMs };
            outcomes.Add((one, await ApplyAsync(app, channel, dated, cancellationToken)));
        }
        return ProviderEventOutcomes.Combine(outcomes);
    }

    /// <summary>The actor in the audit log if a store acts.</summary>
    internal static string StoreActor(string channel) => "store:" + channel;

    private async Task<ProviderEventOutcome> ApplyPaymentAsync(
        App app, OrderId? orderIdInEvent, Payment payment, string? contradiction, CancellationToken cancellationToken)
    {
        // 1. The order that the store names, or the one that this payment has paid before.
        if ((orderIdInEvent ?? await orders.FindPaidOrderAsync(payment, cancellationToken)) is not { } id)
        {
            return new ProviderEventOutcome(NotificationState.Unclaimed, "no order claims this payment", null);
        }
        if (orderIdInEvent is null && id == PaymentTable.Nobody)
        {
            return new ProviderEventOutcome(NotificationState.Unclaimed, RefundEventHandler.RefundedFirst, null);
        }

        // 2. Only if this app and this channel may change it.
        var (order, fault) = await payments.FindPayableAsync(app, id, payment, cancellationToken);
        if (order is null)
        {
            if (await FindOrderOfAppAsync(app, id, cancellationToken) is not null)
            {
                await refusals.RecordPaymentAsync(id, payment, new PaymentOutcome.Refused(fault));
            }
            return new ProviderEventOutcome(NotificationState.Unclaimed, fault, null);
        }

        // 3. It is applied like any other confirmed payment.
        contradiction ??= order.State.Pay == PayState.Unpaid ? PaymentApplication.ContradictionOf(order, payment) : null;
        var outcome = contradiction is null
            ? await payments.ApplyAsync(app, order, payment, deferredId: null, cancellationToken)
            : await payments.HoldAsync(id, payment, contradiction, cancellationToken);
        await refusals.RecordPaymentAsync(id, payment, outcome);
        return outcome switch
        {
            PaymentOutcome.Paid => new ProviderEventOutcome(NotificationState.Applied, "the order is paid", id),
            PaymentOutcome.AlreadyPaid => new ProviderEventOutcome(NotificationState.Applied, "this payment had paid the order before", id),
            PaymentOutcome.Held held => new ProviderEventOutcome(NotificationState.Held, held.Reason, id),
            PaymentOutcome.Refused refused => new ProviderEventOutcome(NotificationState.Unapplied, refused.Reason, id),
            _ => new ProviderEventOutcome(NotificationState.Unclaimed, "the order is gone", null),
        };
    }

    /// <summary>A payment that names an order but cannot belong to it: it changes nothing, and is recorded with the order if that is this
    /// app's.</summary>
    private async Task<ProviderEventOutcome> RecordRejectedAsync(
        App app, OrderId id, Payment payment, string reason, CancellationToken cancellationToken)
    {
        var message = $"it names order {id}: {reason}";
        if (await FindOrderOfAppAsync(app, id, cancellationToken) is null)
        {
            return new ProviderEventOutcome(NotificationState.Unclaimed, message, null);
        }
        await refusals.RecordPaymentAsync(id, payment, new PaymentOutcome.Refused(reason));
        // Real money waits for a person; in a sandbox none was paid.
        var isReal = payment.Environment == Payment.Production;
        return new ProviderEventOutcome(isReal ? NotificationState.Unapplied : NotificationState.Ignored, message, id);
    }

    /// <summary>A part of the money went back. Parts that add up to the whole are a refund; until then the order stays as it is, and a
    /// person decides about a part that none of us asked for. An unpaid order is held for review, because the remaining amount is
    /// unknown.</summary>
    private async Task<ProviderEventOutcome> ApplyPartAsync(
        App app, ProviderEvent.PartlyRefunded reported, Payment payment, CancellationToken cancellationToken)
    {
        var (reason, reportedMs) = (reported.Reason, reported.ReportedMs ?? 0);
        string? number = null;
        if (reported.Part is { } part)
        {
            (var back, number) = await parts.ReportAsync(app, payment, part, isWhole: false, reportedMs, cancellationToken);
            if (back is not { } sum)
            {
                return new ProviderEventOutcome(NotificationState.Ignored, RefundEventHandler.Superseded, null);
            }
            reason = $"{reason}; so far {sum} went back";
            if (payment.Money is { } whole && sum >= whole)
            {
                var by = new AuditContext(StoreActor(payment.Channel), $"{reason}, which is all");
                return await refunds.ApplyAsync(app, payment, isRefund: true, reportedMs, by, cancellationToken);
            }
        }
        if (await orders.FindPaidOrderAsync(payment, cancellationToken) is not { } holder || holder == PaymentTable.Nobody)
        {
            return reported.OrderId is null
                ? new ProviderEventOutcome(NotificationState.Unclaimed, $"{reason}; no order claims this payment", null)
                : await ApplyPaymentAsync(app, reported.OrderId, payment, reason, cancellationToken);
        }
        return await FindOrderOfAppAsync(app, holder, cancellationToken) is not null
            ? number is not null
                ? new ProviderEventOutcome(NotificationState.Applied, $"{reason}: refund {number} is done", holder)
                : new ProviderEventOutcome(NotificationState.Unapplied, $"{reason}; the order stays as it is", holder)
            : new ProviderEventOutcome(NotificationState.Unclaimed, "the payment has paid no order of this app", null);
    }

    private async Task<Order?> FindOrderOfAppAsync(App app, OrderId id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { Order: var order } && order.GameId == app.GameId ? order : null;
}
