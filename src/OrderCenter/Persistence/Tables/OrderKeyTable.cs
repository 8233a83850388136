using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The keys of games' own order numbers, one order each: statements and rows.</summary>
internal static class OrderKeyTable
{
    /// <summary>How many games one statement looks a number up in.</summary>
    private const int GamesOfStatementMax = 200;

    private static readonly SqlStatement InsertSql = SqlStatement.InsertOnce(
        "order_keys", "game_id, merchant_order_id, order_id, fingerprint", "bttt", key: "game_id, merchant_order_id");

    private static readonly SqlStatement FindSql = new(
        "SELECT order_id, fingerprint FROM order_keys WHERE game_id = $1 AND merchant_order_id = $2")
    {
        Batch = new(
            $"SELECT k.order_id, k.fingerprint, k.game_id, k.merchant_order_id FROM {BatchForm.Unnest("bt")} " +
            "JOIN order_keys k ON k.game_id = u.p1 AND k.merchant_order_id = u.p2",
            "bt", Key: [0, 1], KeyColumns: [2, 3]) { IsQuery = true },
    };

    private static readonly SqlStatement DeleteSql = new(
        "DELETE FROM order_keys WHERE game_id = $1 AND merchant_order_id = $2 AND order_id = $3");

    /// <returns>False: the key is taken.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, long gameId, string key, OrderId id, string fingerprint) =>
        await transaction.ExecuteOptimisticAsync(InsertSql, gameId, key, id.Value, fingerprint);

    public static ValueTask<OrderKey?> FindAsync(Transaction transaction, long gameId, string key) =>
        transaction.FindAsync(FindSql, row => new OrderKey(OrderId.FromStore(row.GetString(0)), row.GetString(1)), gameId, key);

    /// <summary>The orders that have a key in one of these games, a number of games a statement: each is one row of the primary key, and on
    /// Citus all of them are on one shard.</summary>
    public static async ValueTask<List<OrderId>> FindOrdersAsync(Transaction transaction, IReadOnlyList<long> games, string key)
    {
        var queries = games.Chunk(GamesOfStatementMax).Select(chunk =>
        {
            var marks = string.Join(", ", chunk.Select((_, i) => $"${i + 2}"));
            var sql = $"SELECT order_id FROM order_keys WHERE merchant_order_id = $1 AND game_id IN ({marks})";
            return transaction.QueryAsync(
                SqlStatement.Dynamic(sql), row => OrderId.FromStore(row.GetString(0)), [key, .. chunk.Cast<object?>()]);
        }).ToList();
        var found = new List<OrderId>();
        foreach (var query in queries)
        {
            found.AddRange(await query);
        }
        return found;
    }

    /// <summary>Deletes a key that this same transaction inserted.</summary>
    public static ValueTask<int> DeleteAsync(Transaction transaction, long gameId, string key, OrderId id)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(DeleteSql, gameId, key, id.Value);
    }
}
