using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refunds;

/// <summary>The statements of refunds, inside the caller's transaction. A refund's row is written first and the order's row after it, on
/// condition that the order is as it was read: whoever reads the order then sees the refund too, so that of two at once one reads again,
/// and all together are never more than was paid. What a method cannot finish it undoes.</summary>
public sealed class RefundWriter(OrderStateChange changes, ChannelRegistry channels)
{
    internal const string WholeAction = "refund";
    internal const string PartAction = "refund in part";
    internal const string AskAction = "refund asked at the store";

    /// <summary>After how long a refund whose process died between its record and the store's answer is asked again.</summary>
    private const long FirstDueMs = 60_000;

    /// <summary>Writes a refund that the store shall be asked for.</summary>
    /// <returns>Null: another writer was faster, and everything must be read again.</returns>
    internal static async ValueTask<RefundAsk?> TryAskAsync(
        Transaction transaction, App app, OrderId id, Money? money, bool isWholeOnly, AuditContext by, long nowMs)
    {
        var (row, refunds, answer) = await ReadAsync(transaction, app, id, money);
        if (row is null || refunds is null)
        {
            return answer;
        }
        var order = row.Order;
        var plan = RefundPlan.Of(row, refunds, money, isAtStore: true, isWholeOnly);
        if (plan.Refusal is { } refusal)
        {
            return new RefundAsk.NotAllowed(refusal);
        }
        var refund = plan.Known ?? New(row, plan.Money, isAtStore: true, by, nowMs);
        if (plan.Known is not { IsOpen: true })
        {
            var isWritten = plan.Known is null
                ? await RefundTable.InsertAsync(transaction, refund)
                : await RefundTable.ReopenAsync(transaction, refund, by, nowMs + FirstDueMs);
            if (!isWritten)
            {
                return null;
            }
            if (!await OrderRefundTable.CountAsync(transaction, order))
            {
                await UndoAsync(transaction, refund, plan.Known);
                return null;
            }
            refund = plan.Known is null ? refund : refund with { State = RefundState.Asked, Lease = refund.Lease + 1 };
        }
        await AuditLog.InsertAsync(
            transaction, order.GameId, new AuditEntry(id, nowMs, by.Actor, AskAction, by.Reason, order.State, order.State));
        return new RefundAsk.Asked(row, refund, IsRepeat: plan.Known is not null);
    }

    /// <summary>Records a refund that was made elsewhere, and gives the money back itself where the account is ours. One of a statement is
    /// recorded once, and is missing in the store's own sum.</summary>
    /// <returns>Null: another writer was faster, and everything must be read again.</returns>
    internal async ValueTask<OperationOutcome?> TryRecordAsync(
        Transaction transaction, App app, OrderId id, Money? money, StatedRefund? stated, AuditContext by, long nowMs)
    {
        var (row, refunds, answer) = await ReadAsync(transaction, app, id, money);
        if (row is null || refunds is null)
        {
            return answer switch
            {
                RefundAsk.NotAllowed denied => new OperationOutcome.NotAllowed(denied.Reason),
                RefundAsk.Unchanged => new OperationOutcome.Unchanged(),
                RefundAsk.NotFound => new OperationOutcome.NotFound(),
                _ => null,
            };
        }
        if (stated?.RefusalOf(refunds, money) is { } outdated)
        {
            return new OperationOutcome.NotAllowed(outdated);
        }
        if (stated?.Find(refunds) is { } same)
        {
            return await TryFinishAsync(transaction, app, row, same, new RefundResult.Done(), by, nowMs);
        }
        var plan = RefundPlan.Of(row, refunds, money, isAtStore: false, isWholeOnly: false);
        if (plan.Refusal is { } refusal)
        {
            return new OperationOutcome.NotAllowed(refusal);
        }
        var refund = New(row, plan.Money, isAtStore: false, by, nowMs);
        refund = stated is null ? refund : refund with { Number = stated.Key, StoreNumber = stated.RefundNumber };
        var back = RefundBalance.Of([.. refunds, refund]).Back;
        var sum = stated is null ? null : refunds.Find(known => known is { State: RefundState.Done, Number: Refund.SumNumber });
        if (!await RefundTable.InsertAsync(transaction, refund))
        {
            return null;
        }
        if (!await OrderRefundTable.CountAsync(transaction, row.Order))
        {
            await RefundTable.DeleteAsync(transaction, refund);
            return null;
        }

        if (sum is not null)
        {
            // As of the store's last report: what went back after that is still missing in it.
            back = new Money(RefundBalance.Of(refunds).Back.AmountE4 + refund.Money.AmountE4);
            await RefundTable.ReportAsync(
                transaction, row.Payment!, app.GameId, Refund.SumNumber, back, storeNumber: null, sum.ReportedMs, nowMs);
        }

        // The order's row is locked until the commit, so that the account is not credited for what then fails.
        var isCredited = channels.Find(row.Payment!.Channel)?.InternalAccount is not { } account
            || await account.RefundAsync(transaction, row.Order, refund.Money, refund.Number, by, nowMs);
        var outcome = isCredited
            ? await FollowAsync(transaction, app, row, back, refund.Money, by, nowMs)
            : new OperationOutcome.NotAllowed(
                $"the refund to {row.Payment.Channel} was refused: the balance would exceed its limit, or the player's data was erased");
        if (outcome is not OperationOutcome.Done)
        {
            // Another work item of this batch changed the order after the account was credited: the transaction is rolled back, and the
            // retry runs alone.
            await RefundTable.DeleteAsync(transaction, refund);
            await OrderRefundTable.UncountAsync(transaction, id);
            if (sum is not null)
            {
                await RefundTable.RestoreAsync(transaction, sum);
            }
        }
        return outcome;
    }

    /// <summary>The store has given a refund's money back: its order follows.</summary>
    /// <returns>Null: another writer was faster, and everything must be read again.</returns>
    internal async ValueTask<OperationOutcome?> TryFinishAsync(
        Transaction transaction, App app, OrderRow asked, Refund refund, RefundResult.Done done, AuditContext by, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, asked.Order.Id) is not { } row)
        {
            return new OperationOutcome.NotFound();
        }
        if (done.Sum is { } sum)
        {
            // What the store says of all refunds stands, whatever comes of this one.
            await RefundTable.ReportAsync(
                transaction, asked.Payment!, app.GameId, Refund.SumNumber, sum, storeNumber: null, nowMs, nowMs);
        }
        var refunds = await RefundTable.OfPaymentAsync(transaction, asked.Payment!, app.GameId);
        if (refunds.Find(one => one.Number == refund.Number) is not { State: not (RefundState.Done or RefundState.Reversed) } known)
        {
            return new OperationOutcome.Unchanged();
        }
        if (!await RefundTable.FinishAsync(transaction, known, done.StoreNumber, nowMs))
        {
            return null;
        }
        var back = RefundBalance.Of([.. refunds.Where(other => other != known), known with { State = RefundState.Done }]).Back;
        var outcome = row.Order.State.Pay == PayState.Paid
            ? await FollowAsync(transaction, app, row, back, known.Money, by, nowMs)
            : new OperationOutcome.Unchanged();
        if (outcome is null)
        {
            await RefundTable.RestoreAsync(transaction, known);
        }
        return outcome;
    }

    /// <summary>Keeps what a store reports of a refund; a paid order of which a part went back is noted.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="app">The app whose store reported it.</param>
    /// <param name="payment">The purchase.</param>
    /// <param name="part">How much.</param>
    /// <param name="isWhole">Whether the store says that all went back: then the order moves, and there is no part to note.</param>
    /// <param name="reportedMs">When the store reported it, Unix milliseconds.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>Null: another writer was faster, and everything must be read again.</returns>
    internal async ValueTask<ReportedRefund?> TryReportAsync(
        Transaction transaction, App app, Payment payment, PartialRefund part, bool isWhole, long reportedMs, long nowMs)
    {
        // 1. The order first: whoever reads it sees the refunds that it was told of.
        var holder = await PaymentTable.FindPaidOrderAsync(transaction, payment);
        var row = holder is { } id && id != PaymentTable.Nobody ? await OrderTable.FindAsync(transaction, id) : null;
        var before = await RefundTable.OfPaymentAsync(transaction, payment, app.GameId);
        Refund? Find(string? number) =>
            string.IsNullOrEmpty(number) ? null : before.Find(refund => refund.Number == number || refund.StoreNumber == number);

        // 2. The refund, under its number. One that a person recorded as made elsewhere and that the store now reports is the same.
        var known = Find(part.RefundId);
        var number = known?.Number ?? part.RefundId ?? Refund.SumNumber;
        var recorded = part.RefundId is null || known is not null ? null
            : before.Find(
                refund => refund is { IsAtStore: false, State: RefundState.Done, StoreNumber: null } && refund.Money == part.Money);
        var changed = new List<Func<ValueTask<int>>>();
        var own = known ?? Find(part.Latest);
        if (recorded is not null)
        {
            if (await RefundTable.MatchAsync(transaction, recorded, number))
            {
                changed.Add(() => RefundTable.RestoreAsync(transaction, recorded));
            }
        }
        else if (known is null or { IsAtStore: true }
            && await RefundTable.ReportAsync(
                transaction, payment, app.GameId, number, part.Money, part.StoreNumber, reportedMs, nowMs))
        {
            var old = before.Find(refund => refund.Number == number);
            changed.Add(old is null
                ? () => RefundTable.DeleteAsync(transaction, Key(payment, app.GameId, number))
                : () => RefundTable.RestoreAsync(transaction, old));
        }
        if (part.RefundId is null && own is { State: not (RefundState.Done or RefundState.Reversed) }
            && await RefundTable.FinishAsync(transaction, own, storeNumber: null, nowMs))
        {
            changed.Add(() => RefundTable.RestoreAsync(transaction, own));
        }

        // 3. The order, where this is a part.
        var back = RefundBalance.Of(await RefundTable.OfPaymentAsync(transaction, payment, app.GameId)).Back;
        var isPart = !isWhole && row is { Order.State.Pay: PayState.Paid } && row.Order.GameId == app.GameId
            && back > RefundBalance.Of(before).Back && back < RefundPlan.WholeOf(row);
        if (isPart && !await changes.TryNotePartAsync(transaction, row!, back, by: null, nowMs))
        {
            foreach (var undo in changed)
            {
                await undo();
            }
            return null;
        }
        var isOwn = (recorded ?? own) is { OrderId: not null };
        return new ReportedRefund(back == Money.Zero ? null : back, isOwn ? (recorded ?? own)!.Number : null);
    }

    private async ValueTask<OperationOutcome?> FollowAsync(
        Transaction transaction, App app, OrderRow row, Money back, Money money, AuditContext by, long nowMs)
    {
        var whole = RefundPlan.WholeOf(row);
        if (back >= whole)
        {
            return await changes.TryApplyAsync(transaction, app, row.Order.Id, WholeAction, by, StateDecision.OfRefund, nowMs);
        }
        var why = by with { Reason = $"{money} of {whole}: {by.Reason}" };
        return await changes.TryNotePartAsync(transaction, row, back, why, nowMs) ? new OperationOutcome.Done() : null;
    }

    /// <summary>Reads an order that money of is to go back, and then its refunds.</summary>
    /// <returns>Both, or the answer without them; none of them: what is read does not fit together yet (on a cluster, a commit becomes
    /// visible on one server after the other), and must be read again.</returns>
    private static async ValueTask<(OrderRow? Row, List<Refund>? Refunds, RefundAsk? Answer)> ReadAsync(
        Transaction transaction, App app, OrderId id, Money? money)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { } row || row.Order.GameId != app.GameId)
        {
            return (null, null, new RefundAsk.NotFound());
        }
        if (row.Order.State.Pay == PayState.Refunded)
        {
            return (row, null, money is null ? new RefundAsk.Unchanged() : new RefundAsk.NotAllowed("all of the money went back before"));
        }
        if (row.Order.State.Pay == PayState.Unpaid || row.Payment is not { } payment)
        {
            return (row, null, new RefundAsk.NotAllowed("the order was not paid; close it instead"));
        }
        var refunds = await RefundTable.OfPaymentAsync(transaction, payment, app.GameId);
        return refunds.Where(refund => refund.OrderId == id).Sum(refund => refund.Asks) == row.Order.Refunds
            ? (row, refunds, null)
            : (row, null, null);
    }

    private static Refund New(OrderRow row, Money money, bool isAtStore, AuditContext by, long nowMs) =>
        Key(row.Payment!, row.Order.GameId, Refund.NumberOf(row.Order.Id, row.Order.Refunds + 1)) with
        {
            OrderId = row.Order.Id,
            Money = money,
            State = isAtStore ? RefundState.Asked : RefundState.Done,
            IsAtStore = isAtStore,
            Actor = by.Actor,
            Reason = by.Reason,
            Asks = 1,
            SeenMs = nowMs,
            ReportedMs = nowMs,
            DoneMs = isAtStore ? null : nowMs,
            DueMs = isAtStore ? nowMs + FirstDueMs : null,
        };

    private static Refund Key(Payment payment, long gameId, string number) => new()
    {
        Channel = payment.Channel,
        Environment = payment.Environment,
        TransactionId = payment.TransactionId,
        GameId = gameId,
        Number = number,
        Money = Money.Zero,
        SeenMs = 0,
        ReportedMs = 0,
    };

    private static ValueTask<int> UndoAsync(Transaction transaction, Refund refund, Refund? known) =>
        known is null ? RefundTable.DeleteAsync(transaction, refund) : RefundTable.RestoreAsync(transaction, known);
}
