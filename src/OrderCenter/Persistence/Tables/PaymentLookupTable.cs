using System.Data.Common;
using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The queries for payments that are to be made at stores: statements and rows. A row is deleted when its answer is
/// known.</summary>
internal static class PaymentLookupTable
{
    private const string Columns = "order_id, lookup_key, game_id, channel, sealed, attempts, lease, since_ms, due_ms, outcome";

    private static readonly LeasedRows Rows = new("payment_lookups", "order_id, lookup_key", Columns);

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO payment_lookups (order_id, lookup_key, game_id, channel, sealed, since_ms, due_ms, outcome) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) " +
        "ON CONFLICT (order_id, lookup_key) DO NOTHING");

    private static readonly SqlStatement CountSql = new("SELECT count(*) FROM payment_lookups WHERE order_id = $1");

    private static readonly SqlStatement OfOrderSql = new(
        $"SELECT {Columns} FROM payment_lookups WHERE order_id = $1 ORDER BY since_ms LIMIT 100");

    private static readonly SqlStatement PostponeSql = Rows.End("due_ms = $4, outcome = $5");
    private static readonly SqlStatement DeleteSql = new("DELETE FROM payment_lookups WHERE order_id = $1 AND lookup_key = $2");

    /// <returns>False: it is there already.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, PaymentLookup lookup) =>
        await transaction.ExecuteAsync(
            InsertSql, lookup.OrderId.Value, lookup.Key, lookup.GameId, lookup.Channel, lookup.Sealed, lookup.SinceMs, lookup.DueMs,
            lookup.Outcome) == 1;

    public static async ValueTask<long> CountAsync(Transaction transaction, OrderId id) =>
        (await transaction.QueryAsync(CountSql, static row => row.GetInt64(0), id.Value))[0];

    public static ValueTask<List<PaymentLookup>> OfOrderAsync(Transaction transaction, OrderId id) =>
        transaction.QueryAsync(OfOrderSql, Read, id.Value);

    public static ValueTask<List<PaymentLookup>> ClaimAsync(
        Transaction transaction, long nowMs, long leaseUntilMs, long overMs, int limit) =>
        Rows.ClaimAsync(transaction, Read, nowMs, leaseUntilMs, overMs, limit);

    /// <summary>Ends the lease of a lookup that was not made.</summary>
    public static ValueTask<int> ReleaseAsync(Transaction transaction, PaymentLookup lookup) =>
        Rows.ReleaseAsync(transaction, lookup.OrderId.Value, lookup.Key, lookup.Lease);

    /// <param name="transaction">The caller's.</param>
    /// <param name="lookup">As it was read or claimed.</param>
    /// <param name="dueMs">Null: it is not made again by itself.</param>
    /// <param name="outcome">For the operator.</param>
    public static async ValueTask<bool> PostponeAsync(Transaction transaction, PaymentLookup lookup, long? dueMs, string outcome) =>
        await transaction.ExecuteAsync(PostponeSql, lookup.OrderId.Value, lookup.Key, lookup.Lease, dueMs, outcome) == 1;

    public static ValueTask<int> DeleteAsync(Transaction transaction, PaymentLookup lookup) =>
        transaction.ExecuteAsync(DeleteSql, lookup.OrderId.Value, lookup.Key);

    private static PaymentLookup Read(DbDataReader row) => new()
    {
        OrderId = OrderId.FromStore(row.GetString(0)),
        Key = row.GetString(1),
        GameId = row.GetInt64(2),
        Channel = row.Text(3),
        Sealed = row.Text(4),
        Attempts = row.GetInt32(5),
        Lease = row.GetInt64(6),
        SinceMs = row.GetInt64(7),
        DueMs = row.Number(8),
        Outcome = row.Text(9),
    };
}
