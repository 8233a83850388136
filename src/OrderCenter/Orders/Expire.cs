using OrderCenter.Model;

namespace OrderCenter.Orders;

public sealed partial class OrderBook
{
    private const int ExpireBatchMax = 500;

    // The state is said again outside: a payment that comes in between wins.
    private const string ExpireSql =
        "WITH due AS (SELECT order_id FROM orders WHERE pay_state = 0 AND progress = 0 AND expires_ms <= $1 ORDER BY expires_ms LIMIT $2) " +
        "UPDATE orders SET progress = $3, state_reason = 'expired' WHERE order_id IN (SELECT order_id FROM due) AND pay_state = 0 AND progress = 0";

    /// <summary>Closes unpaid orders whose time has run out, in bounded steps.</summary>
    /// <returns>How many were closed.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        int closed;
        do
        {
            closed = await store.WriteAsync(
                transaction => transaction.ExecuteAsync(ExpireSql, NowMs, ExpireBatchMax, (int)Progress.Closed), cancellationToken);
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
}
