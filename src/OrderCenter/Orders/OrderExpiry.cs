using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Closes unpaid orders whose time has run out.</summary>
public sealed class OrderExpiry(Database database, OrderSideEffects sideEffects, OrderTelemetry telemetry, TimeProvider clock)
{
    private const int BatchMax = 500;

    // The outer condition repeats the state, so that an order that was paid since the inner select is not closed. "+ 0" keeps PostgreSQL
    // from using the index of unpaid orders for the outer statement, which would scan all of it (measured: 45 ms for 111,000 orders, none
    // due).
    private static readonly SqlStatement ExpireSql = new(
        "WITH due AS (SELECT order_id FROM orders WHERE pay_state = 0 AND progress = 0 AND expires_ms <= $1 " +
        $"ORDER BY expires_ms LIMIT $2 {SqlStatement.SkipLocked}) UPDATE orders SET progress = $3, state_reason = $4, moves = moves + 1 " +
        "WHERE order_id IN (SELECT order_id FROM due) AND pay_state + 0 = 0 AND progress + 0 = 0 " +
        "RETURNING order_id, game_id, moves, merchant_order_id");

    private const string Reason = "expired";

    /// <summary>Closes all that are due, in transactions of bounded size.</summary>
    /// <returns>How many were closed.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        int closed;
        do
        {
            closed = await database.UpkeepAsync(transaction => ExpireBatchAsync(transaction, clock.NowMs()), cancellationToken);
            total += closed;
        }
        while (closed == BatchMax);
        if (total > 0)
        {
            telemetry.Expired(total);
        }
        return total;
    }

    private async ValueTask<int> ExpireBatchAsync(Transaction transaction, long nowMs)
    {
        var closed = new OrderState(PayState.Unpaid, Progress.Closed);
        var changes = await transaction.QueryAsync(
            ExpireSql,
            row => new Change(
                OrderId.FromStore(row.GetString(0)), row.GetInt32(2), row.GetInt64(1), ChangeEvent.Closed, closed, Reason, nowMs,
                row.Text(3)),
            nowMs, BatchMax, (int)Progress.Closed, Reason);
        changes.ForEach(change => ChangeTable.Note(transaction, change));
        foreach (var change in changes.Where(change => sideEffects.IsTold(change.GameId)))
        {
            var row = (await OrderTable.FindAsync(transaction, change.OrderId))!;
            await sideEffects.TellAsync(transaction, row.Order, row.Payment, change.Event, nowMs);
        }
        return changes.Count;
    }
}
