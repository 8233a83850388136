using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>What people did to orders, and why. Rows are only ever added.</summary>
internal static class ActTable
{
    private static long s_last;

    private const string InsertSql =
        "INSERT INTO acts (order_id, act_id, at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    private const string OfOrderSql =
        "SELECT at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress FROM acts WHERE order_id = $1 ORDER BY act_id LIMIT 200";

    public static ValueTask<int> InsertAsync(Transaction transaction, Act act) =>
        transaction.ExecuteAsync(
            InsertSql, act.OrderId.Value, NewId(act.AtMs), act.AtMs, act.Actor, act.Action, act.Reason,
            (int)act.From.Pay, (int)act.From.Progress, (int)act.To.Pay, (int)act.To.Progress);

    /// <summary>Sorts by time, within one millisecond by the order in which this node made them.</summary>
    private static string NewId(long atMs) => $"{atMs:D14}.{Interlocked.Increment(ref s_last):D10}.{Guid.NewGuid():N}";

    public static ValueTask<List<Act>> OfOrderAsync(Transaction transaction, OrderId id) =>
        transaction.QueryAsync(
            OfOrderSql,
            row => new Act(
                id, row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3),
                new OrderState((PayState)row.GetInt32(4), (Progress)row.GetInt32(5)),
                new OrderState((PayState)row.GetInt32(6), (Progress)row.GetInt32(7))),
            id.Value);
}
