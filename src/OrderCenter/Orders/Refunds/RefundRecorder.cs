using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refunds;

/// <summary>Refunds in transactions of their own.</summary>
public sealed class RefundRecorder(
    Database database, RefundWriter writer, OrderStateChange changes, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Writes a refund that the store shall be asked for, before it is.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait, or too many change the order at once; nothing was
    /// done.</exception>
    public async Task<RefundAsk> AskAsync(
        App app, OrderId id, Money? money, bool isWholeOnly, AuditContext by, CancellationToken cancellationToken)
    {
        var ask = await database.WriteOrderAsync(
            id, transaction => RefundWriter.TryAskAsync(transaction, app, id, money, isWholeOnly, by, clock.NowMs()), cancellationToken);
        if (ask is RefundAsk.Asked)
        {
            telemetry.OperationLogged(id, RefundWriter.AskAction, by);
        }
        return ask;
    }

    /// <summary>Records a refund that was made elsewhere.</summary>
    /// <param name="app">The app that the order must belong to.</param>
    /// <param name="id">The order.</param>
    /// <param name="money">How much; null: all that is left.</param>
    /// <param name="by">Who wants it, and why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="stated">What a statement tells of it, so that it is recorded once; null: each time is another refund.</param>
    /// <exception cref="DatabaseBusyException">As of <see cref="AskAsync"/>.</exception>
    public async Task<OperationOutcome> RecordAsync(
        App app, OrderId id, Money? money, AuditContext by, CancellationToken cancellationToken, StatedRefund? stated = null)
    {
        var outcome = await database.WriteOrderAsync(
            id,
            async transaction =>
            {
                var recorded = await writer.TryRecordAsync(transaction, app, id, money, stated, by, clock.NowMs());
                if (recorded is OperationOutcome.Done)
                {
                    await PaymentTable.SettleUnappliedAsync(transaction, id, clock.NowMs());
                }
                return recorded;
            },
            cancellationToken);
        await CountAsync(app, id, outcome, by);
        return outcome;
    }

    /// <summary>The store has given a refund's money back.</summary>
    /// <exception cref="DatabaseBusyException">As of <see cref="AskAsync"/>.</exception>
    public async Task FinishAsync(App app, OrderRow row, Refund refund, RefundResult.Done done)
    {
        var by = new AuditContext(refund.Actor!, refund.Reason!);
        var outcome = await database.WriteOrderAsync(
            row.Order.Id,
            transaction => writer.TryFinishAsync(transaction, app, row, refund, done, by, clock.NowMs()), CancellationToken.None);
        await CountAsync(app, row.Order.Id, outcome, by);
    }

    /// <summary>Keeps what a store reports of a refund. Reported again, it changes nothing.</summary>
    /// <exception cref="DatabaseBusyException">As of <see cref="AskAsync"/>.</exception>
    internal Task<ReportedRefund> ReportAsync(
        App app, Payment payment, PartialRefund part, bool isWhole, long reportedMs, CancellationToken cancellationToken) =>
        database.WriteOrderOfAsync(
            payment, transaction => writer.TryReportAsync(transaction, app, payment, part, isWhole, reportedMs, clock.NowMs()),
            cancellationToken);

    /// <summary>Counts what was done. On a cluster two refunds that end at once may not see each other before their commits: the sum is
    /// read once more after it, so that the later one sees both.</summary>
    private async Task CountAsync(App app, OrderId id, OperationOutcome outcome, AuditContext by)
    {
        if (outcome is not OperationOutcome.Done)
        {
            return;
        }
        var (row, refunds) = await database.ReadAsync(
            async transaction => await OrderTable.FindAsync(transaction, id) is { Payment: { } payment } found
                ? (found, await RefundTable.OfPaymentAsync(transaction, payment, app.GameId))
                : (null, new List<Refund>()),
            CancellationToken.None);
        if (row is { Order.State.Pay: PayState.Paid } && RefundBalance.Of(refunds).Back >= RefundPlan.WholeOf(row))
        {
            await database.WriteOrderAsync(
                id,
                transaction => changes.TryApplyAsync(
                    transaction, app, id, RefundWriter.WholeAction, by, StateDecision.OfRefund, clock.NowMs()),
                CancellationToken.None);
        }
        telemetry.OperationCounted(
            id, row is { Order.State.Pay: PayState.Paid } ? RefundWriter.PartAction : RefundWriter.WholeAction, by);
    }
}
