using OrderCenter.Domain;
using OrderCenter.Orders.Refunds;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.ProviderEvents;

/// <summary>Applies refunds and their reversals as stores report them, in any order and any number of times. The newest event (by the
/// store's time) decides the order's state, and each event is applied at most once: an old refund does not undo a reversal, and a reversal
/// does not undo what an operator did after it.</summary>
public sealed class RefundEventHandler(
    Database database, OrderStateChange changes, RefundReversals reversals, OrderTelemetry telemetry, TimeProvider clock)
{
    internal const string Superseded = "a newer refund event of this payment is known; nothing was changed";
    internal const string RefundedFirst = "the payment was refunded before it paid an order, and can pay none any more";
    private const string PaysNothing = "the payment has paid no order; it may pay one";

    /// <summary>1. Stores the event, unless a newer one is known. 2. Applies it in a transaction of its own. If a newer event is stored
    /// between the two, this one is skipped as superseded; if it is stored later, it is applied after this one.</summary>
    internal async Task<ProviderEventOutcome> ApplyAsync(
        App app, Payment payment, bool isRefund, long reportedMs, AuditContext by, CancellationToken cancellationToken)
    {
        var refund = new RefundEvent(payment.Channel, payment.Environment, payment.TransactionId, app.GameId, isRefund, reportedMs);
        await database.WriteAsync(transaction => RefundEventTable.SaveAsync(transaction, refund), cancellationToken);
        var (outcome, action) = await database.WriteOrderOfAsync(
            payment, transaction => TryApplyAsync(transaction, app, refund, payment, by, clock.NowMs()), cancellationToken);
        if (action is not null)
        {
            telemetry.OperationCounted(outcome.OrderId!.Value, action, by);
        }
        return outcome;
    }

    /// <returns>Null: another writer was faster, and everything must be read again.</returns>
    private async ValueTask<Result?> TryApplyAsync(
        Transaction transaction, App app, RefundEvent refund, Payment payment, AuditContext by, long nowMs)
    {
        // 1. What the store took back of its refunds does not count any more, whatever it said since.
        var reversed = refund.IsRefund ? null : await reversals.TryReverseAsync(transaction, app, payment, refund.ReportedMs, nowMs);
        if (!refund.IsRefund && reversed is null)
        {
            return null;
        }

        // 2. Only the newest event, and only once.
        if (!await RefundEventTable.ApplyAsync(transaction, refund))
        {
            var holder = await PaymentTable.FindPaidOrderAsync(transaction, payment);
            var order = holder is { } found && found != PaymentTable.Nobody ? found : (OrderId?)null;
            return !await RefundEventTable.IsNewestAsync(transaction, refund) ? Result.Of(NotificationState.Ignored, Superseded, order)
                : order is null ? Result.OfNoOrder(refund)
                : Result.Of(NotificationState.Applied, "the order has followed it before", order);
        }
        if (await RefundEventTable.IsSupersededElsewhereAsync(transaction, refund))
        {
            return Result.Of(NotificationState.Ignored, Superseded, null);
        }

        // 3. The order that it paid. A refund that comes before its payment reserves the transaction ids, so that the payment finds them
        // taken.
        var (paidOrder, isSuperseded) = await ReserveOrFindOrderAsync(transaction, refund, payment, nowMs);
        if (isSuperseded)
        {
            return Result.Of(NotificationState.Ignored, Superseded, null);
        }
        if (paidOrder is not { } id)
        {
            await RefundEventTable.ClearAppliedAsync(transaction, refund);
            return null;
        }
        if (id == PaymentTable.Nobody)
        {
            await PaymentTable.SettleUnappliedAsync(transaction, payment, refund.IsRefund, nowMs);
            return Result.OfNoOrder(refund);
        }

        // 4. The order, in the same commit.
        var (action, done, before) = refund.IsRefund ? ("refund", "the order is refunded", "the order was refunded before")
            : ("refund reversed", "the refund is reversed",
                reversed!.IsPart ? "what went back in parts is taken back" : "the order was not refunded");
        var outcome = await changes.TryApplyAsync(
            transaction, app, id, action, by, refund.IsRefund ? StateDecision.OfRefund : StateDecision.OfRefundReversal, nowMs);
        if (outcome is not (OperationOutcome.Done or OperationOutcome.Unchanged))
        {
            await RefundEventTable.ClearAppliedAsync(transaction, refund);
        }
        if (reversed is not null && (outcome is OperationOutcome.Done || (outcome is OperationOutcome.Unchanged && reversed.IsPart)))
        {
            await reversals.NoteRestAsync(transaction, id, reversed.Back, nowMs);
        }
        return outcome switch
        {
            null => null,
            OperationOutcome.Done => Result.Of(NotificationState.Applied, done, id) with { Action = action },
            OperationOutcome.Unchanged => Result.Of(NotificationState.Applied, before, id),
            OperationOutcome.NotAllowed refused => Result.Of(NotificationState.Unapplied, refused.Reason, id),
            _ => Result.Of(NotificationState.Unclaimed, "the payment has paid no order of this app", null),
        };
    }

    /// <summary>Finds the order that the payment paid. If there is none, a refund reserves the transaction ids, so that they can pay no
    /// order any more, and a reversal releases them again.</summary>
    /// <returns><see cref="PaymentTable.Nobody"/>: the payment paid no order; null: another transaction released the ids at this moment,
    /// and everything must be read again. Or: a newer event is known, and the ids are as they were.</returns>
    private static async ValueTask<(OrderId? Id, bool IsSuperseded)> ReserveOrFindOrderAsync(
        Transaction transaction, RefundEvent refund, Payment payment, long nowMs)
    {
        // 1. A reversal reserves them too: so it waits for a refund of another app that is reserving them at this moment.
        var (isReserved, owner) = await PaymentTable.ReserveAsync(transaction, payment, PaymentTable.Nobody, nowMs, isExpected: false);
        if (!isReserved && owner != PaymentTable.Nobody)
        {
            return (owner, false);
        }
        if (!refund.IsRefund)
        {
            await PaymentTable.ReleaseAsync(transaction, payment, PaymentTable.Nobody);
        }

        // 2. Whoever reserves or releases them now waits for this commit. What another app was told of before that is seen only now, where
        // it was stored since this transaction began: if it is newer, the ids stay as they were.
        var isChanged = refund.IsRefund == isReserved;
        if (!isChanged || !await RefundEventTable.IsSupersededElsewhereAsync(transaction, refund))
        {
            return (PaymentTable.Nobody, false);
        }
        if (refund.IsRefund)
        {
            await PaymentTable.ReleaseAsync(transaction, payment, PaymentTable.Nobody);
        }
        else
        {
            await PaymentTable.ReserveAsync(transaction, payment, PaymentTable.Nobody, nowMs, isExpected: false);
        }
        return (PaymentTable.Nobody, true);
    }

    /// <param name="Outcome">For the notification.</param>
    /// <param name="Action">What was done to the order; null: nothing.</param>
    private sealed record Result(ProviderEventOutcome Outcome, string? Action)
    {
        public static Result Of(NotificationState state, string message, OrderId? id) =>
            new(new ProviderEventOutcome(state, message, id), null);

        public static Result OfNoOrder(RefundEvent refund) =>
            Of(NotificationState.Unclaimed, refund.IsRefund ? RefundedFirst : PaysNothing, null);
    }
}
