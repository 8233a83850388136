using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>The inquiries that are to be made at stores: statements and rows. A row goes when its answer is known.</summary>
internal static class AskTable
{
    private const string Columns = "order_id, ask_key, game_id, channel, sealed, asked, since_ms, due_ms, outcome";

    private const string InsertSql =
        "INSERT INTO store_asks (order_id, ask_key, game_id, channel, sealed, asked, since_ms, due_ms, outcome) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8) " +
        "ON CONFLICT (order_id, ask_key) DO NOTHING";

    private const string CountSql = "SELECT count(*) FROM store_asks WHERE order_id = $1";
    private const string OfOrderSql = "SELECT " + Columns + " FROM store_asks WHERE order_id = $1 ORDER BY since_ms LIMIT 100";
    private const string DueSql = "SELECT " + Columns + " FROM store_asks WHERE due_ms <= $1 ORDER BY due_ms LIMIT $2";

    // Compare and set on what was read: of two nodes one asks.
    private const string LeaseSql = "UPDATE store_asks SET due_ms = $5 WHERE order_id = $1 AND ask_key = $2 AND asked = $3 AND due_ms = $4";

    private const string PostponeSql =
        "UPDATE store_asks SET asked = $4, due_ms = $5, outcome = $6 WHERE order_id = $1 AND ask_key = $2 AND asked = $3";

    private const string DeleteSql = "DELETE FROM store_asks WHERE order_id = $1 AND ask_key = $2";

    /// <returns>False: it is there already.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, StoreAsk ask) =>
        await transaction.ExecuteAsync(InsertSql, ask.OrderId.Value, ask.Key, ask.GameId, ask.Channel, ask.Sealed, ask.SinceMs, ask.DueMs, ask.Outcome) == 1;

    public static async ValueTask<long> CountAsync(Transaction transaction, OrderId id) =>
        (await transaction.QueryAsync(CountSql, row => row.GetInt64(0), id.Value))[0];

    public static ValueTask<List<StoreAsk>> OfOrderAsync(Transaction transaction, OrderId id) => transaction.QueryAsync(OfOrderSql, Read, id.Value);

    public static ValueTask<List<StoreAsk>> DueAsync(Transaction transaction, long nowMs, int most) => transaction.QueryAsync(DueSql, Read, nowMs, most);

    /// <returns>False: another node asks.</returns>
    public static async ValueTask<bool> LeaseAsync(Transaction transaction, StoreAsk ask, long untilMs) =>
        await transaction.ExecuteAsync(LeaseSql, ask.OrderId.Value, ask.Key, ask.Asked, ask.DueMs, untilMs) == 1;

    public static async ValueTask<bool> PostponeAsync(Transaction transaction, StoreAsk ask, long? dueMs, string outcome) =>
        await transaction.ExecuteAsync(PostponeSql, ask.OrderId.Value, ask.Key, ask.Asked, ask.Asked + 1, dueMs, outcome) == 1;

    public static ValueTask<int> DeleteAsync(Transaction transaction, StoreAsk ask) => transaction.ExecuteAsync(DeleteSql, ask.OrderId.Value, ask.Key);

    private static StoreAsk Read(DbDataReader row) => new()
    {
        OrderId = OrderId.FromStore(row.GetString(0)),
        Key = row.GetString(1),
        GameId = row.GetInt64(2),
        Channel = row.Text(3),
        Sealed = row.Text(4),
        Asked = row.GetInt32(5),
        SinceMs = row.GetInt64(6),
        DueMs = row.Number(7),
        Outcome = row.Text(8),
    };
}
