using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

public sealed partial class OrderBook
{
    private const int ExpireBatchMax = 500;

    // The state is said again outside: a payment that comes in between wins. As a sum, or PostgreSQL's planner takes the index of what is unpaid for the outer
    // statement too, and walks all of it in every sweep (measured: 45 ms for 111,000 orders of which none was due).
    private const string ExpireSql =
        "WITH due AS (SELECT order_id FROM orders WHERE pay_state = 0 AND progress = 0 AND expires_ms <= $1 ORDER BY expires_ms LIMIT $2) " +
        "UPDATE orders SET progress = $3, state_reason = $4, moves = moves + 1 WHERE order_id IN (SELECT order_id FROM due) AND pay_state + 0 = 0 AND progress + 0 = 0 " +
        "RETURNING order_id, game_id, moves";

    private const string ExpiredReason = "expired";

    /// <summary>Closes unpaid orders whose time has run out, in bounded steps.</summary>
    /// <returns>How many were closed.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        int closed;
        do
        {
            closed = await store.UpkeepAsync(transaction => ExpireStepAsync(transaction, NowMs), cancellationToken);
            total += closed;
        }
        while (closed == ExpireBatchMax);
        if (total > 0)
        {
            metrics.Count("expired", total);
            LogExpired(log, total);
        }
        return total;
    }

    private static async ValueTask<int> ExpireStepAsync(Transaction transaction, long nowMs)
    {
        var closed = new OrderState(PayState.Unpaid, Progress.Closed);
        var changes = await transaction.QueryAsync(
            ExpireSql,
            row => new Change(OrderId.FromStore(row.GetString(0)), row.GetInt32(2), row.GetInt64(1), ChangeEvent.Closed, closed, ExpiredReason, nowMs),
            nowMs, ExpireBatchMax, (int)Progress.Closed, ExpiredReason);
        changes.ForEach(change => ChangeTable.Note(transaction, change));
        return changes.Count;
    }
}
