using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Refunds and their reversals as stores tell them. They come in any order and any number of times; the order follows the newest by the store's own
/// clock, and each once: an old refund does not undo a reversal, and a reversal does not undo what a person did after it.</summary>
public sealed partial class OrderBook
{
    private const string OlderWords = "the store has said something newer of this payment since; nothing was done";

    /// <summary>1. The word is committed, unless a newer one is known. 2. In a unit of its own the order follows it. A newer word that comes in between
    /// either finds the order moved when its own turn comes, or keeps this one from moving it.</summary>
    private async Task<ReportOutcome> ReportWordAsync(App app, Payment payment, bool isRefund, long saidMs, ActBy by, CancellationToken cancellationToken)
    {
        var word = new RefundWord(payment.Channel, payment.Environment, payment.TransactionId, app.GameId, isRefund, saidMs);
        await store.WriteAsync(transaction => RefundTable.KeepAsync(transaction, word), cancellationToken);
        for (var race = 0; race < RacesMax; race++)
        {
            var followed = await store.WriteAsync(transaction => TryFollowAsync(transaction, app, word, payment, by, NowMs), cancellationToken);
            if (followed is { Outcome: var outcome, Action: var action })
            {
                if (action is not null)
                {
                    metrics.Count(action);
                    LogAct(log, outcome.OrderId!.Value, action, by.Actor, by.Reason);
                }
                return outcome;
            }
        }
        throw new StoreBusyException($"the order of payment {payment.TransactionId} is being changed by too many at once; try again");
    }

    /// <returns>Null: another writer was faster, and everything has to be read anew.</returns>
    private async ValueTask<Followed?> TryFollowAsync(Transaction transaction, App app, RefundWord word, Payment payment, ActBy by, long nowMs)
    {
        // 1. The newest word only, and that once.
        if (!await RefundTable.ApplyAsync(transaction, word))
        {
            var holder = await PaymentTable.HolderAsync(transaction, payment);
            var order = holder is { } some && some != PaymentTable.Nobody ? some : (OrderId?)null;
            return !await RefundTable.IsNewestAsync(transaction, word) ? new Followed(new ReportOutcome(NoticeState.Ignored, OlderWords, order), null)
                : order is null ? new Followed(new ReportOutcome(NoticeState.Unclaimed, word.IsRefund ? NobodyWords : FreeWords, null), null)
                : new Followed(new ReportOutcome(NoticeState.Applied, "the order has followed it before", order), null);
        }

        if (word.IsRefund && await RefundTable.IsReversedElsewhereAsync(transaction, word))
        {
            return new Followed(new ReportOutcome(NoticeState.Ignored, OlderWords, null), null);
        }

        // 2. The order that was paid by it. A refund that overtakes its payment leaves its mark: the payment, when it comes, finds itself taken.
        if (await FindPaidByAsync(transaction, word, payment, nowMs) is not { } id)
        {
            await RefundTable.UnapplyAsync(transaction, word);
            return null;
        }
        if (id == PaymentTable.Nobody)
        {
            return new Followed(new ReportOutcome(NoticeState.Unclaimed, word.IsRefund ? NobodyWords : FreeWords, null), null);
        }

        // 3. The order, in the same commit.
        var action = word.IsRefund ? "refund" : "refund reversed";
        var outcome = await TryActAsync(transaction, app, id, action, by, word.IsRefund ? DecideRefund : DecideReversal, nowMs);
        if (outcome is not (ActOutcome.Done or ActOutcome.AlreadySo))
        {
            await RefundTable.UnapplyAsync(transaction, word);
        }
        return outcome switch
        {
            null => null,
            ActOutcome.Done => new Followed(new ReportOutcome(NoticeState.Applied, word.IsRefund ? "the order is refunded" : "the refund is reversed", id), action),
            ActOutcome.AlreadySo => new Followed(new ReportOutcome(NoticeState.Applied, word.IsRefund ? "the order was refunded before" : "the order was not refunded", id), null),
            ActOutcome.NotAllowed refused => new Followed(new ReportOutcome(NoticeState.Unapplied, refused.Reason, id), null),
            _ => new Followed(new ReportOutcome(NoticeState.Unclaimed, "no order of this app was paid by it", null), null),
        };
    }

    /// <returns><see cref="PaymentTable.Nobody"/>: no order; null: whoever had it has let go of it this moment.</returns>
    private static async ValueTask<OrderId?> FindPaidByAsync(Transaction transaction, RefundWord word, Payment payment, long nowMs)
    {
        if (word.IsRefund)
        {
            var (isClaimed, owner) = await PaymentTable.ClaimAsync(transaction, payment, PaymentTable.Nobody, nowMs, isExpected: false);
            return isClaimed ? PaymentTable.Nobody : owner;
        }
        var holder = await PaymentTable.HolderAsync(transaction, payment);
        if (holder == PaymentTable.Nobody)
        {
            await PaymentTable.ReleaseAsync(transaction, payment, PaymentTable.Nobody);
        }
        return holder ?? PaymentTable.Nobody;
    }

    /// <summary>What a refund does. What was delivered stays delivered; what was not is closed.</summary>
    private static Step DecideRefund(Order order) => order.State switch
    {
        { Pay: PayState.Refunded } => new Step.AlreadySo(),
        { Pay: PayState.Unpaid } => new Step.NotYet(),
        { Progress: Progress.Delivered } => new Step.To(new OrderState(PayState.Refunded, Progress.Delivered), CallbackEvents.Refunded),
        _ => new Step.To(new OrderState(PayState.Refunded, Progress.Closed), CallbackEvents.Refunded),
    };

    private static Step DecideReversal(Order order) => order.State switch
    {
        { Pay: PayState.Refunded, Progress: Progress.Delivered } => new Step.To(new OrderState(PayState.Paid, Progress.Delivered), null),
        { Pay: PayState.Refunded } => new Step.To(new OrderState(PayState.Paid, Progress.Review), null),
        { Pay: PayState.Paid } => new Step.AlreadySo(),
        _ => new Step.NotYet(),
    };

    /// <param name="Outcome">For the notification.</param>
    /// <param name="Action">What was done to the order; null: nothing.</param>
    private sealed record Followed(ReportOutcome Outcome, string? Action);
}
