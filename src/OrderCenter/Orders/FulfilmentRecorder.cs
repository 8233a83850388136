using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Records a game's report that it hands the goods of an order over. Nothing is sent.</summary>
public sealed class FulfilmentRecorder(
    Database database, FulfilmentReportQueue reports, OrderSideEffects sideEffects, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Marks an order delivered. Of several reports at once exactly one is recorded as the first.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public async Task<FulfilmentOutcome> RecordAsync(App app, OrderId id, CancellationToken cancellationToken)
    {
        var result = await database.WriteOrderAsync(
            id, transaction => TryRecordAsync(transaction, app, id, clock.NowMs()), cancellationToken);
        if (result.Outcome == FulfilmentOutcome.Recorded)
        {
            telemetry.Delivered(id);
        }
        return result.Outcome;
    }

    /// <returns>Null: another writer changed the order in between.</returns>
    private async ValueTask<Result?> TryRecordAsync(Transaction transaction, App app, OrderId id, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } row || order.GameId != app.GameId)
        {
            return new Result(FulfilmentOutcome.NotFound);
        }
        switch (order.State)
        {
            case { Pay: PayState.Refunded }:
                return new Result(FulfilmentOutcome.Refunded);
            case { Progress: Progress.Delivered }:
                return new Result(FulfilmentOutcome.AlreadyRecorded);
            case { Progress: Progress.Review }:
                return new Result(FulfilmentOutcome.Held);
            case { IsDeliverable: false }:
                return new Result(FulfilmentOutcome.Unpaid);
            default:
                var delivered = order.State with { Progress = Progress.Delivered };
                if (!await OrderTable.MoveAsync(transaction, order, delivered, reason: null, nowMs, nowMs))
                {
                    return null;
                }
                await reports.MakeDueNowAsync(transaction, app, order, nowMs);
                await sideEffects.TellAsync(
                    transaction, order with { State = delivered, StateReason = null }, row.Payment, ChangeEvent.Delivered, nowMs);
                return new Result(FulfilmentOutcome.Recorded);
        }
    }

    private sealed record Result(FulfilmentOutcome Outcome);
}
