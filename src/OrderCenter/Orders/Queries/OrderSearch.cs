using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Queries;

/// <summary>The search for orders: by a merchant order id or a transaction id, or by a scan of the newest.</summary>
internal static class OrderSearch
{
    /// <summary>Upper limit of the orders that one id finds.</summary>
    private const int IdsMax = 1000;

    private static readonly SqlStatement GamesSql = new("SELECT game_id FROM apps ORDER BY game_id");
    private static readonly SqlStatement PaidBySql = new("SELECT order_id FROM payments WHERE transaction_id = $1 LIMIT 1000");

    /// <summary>Orders newest first, after the cursor.</summary>
    public static ValueTask<List<OrderRow>> RunAsync(Transaction transaction, OrderFilter filter, OrderCursor? after, int limit) =>
        filter.MerchantOrderId is null && filter.TransactionId is null
            ? ScanAsync(transaction, filter, after, limit)
            : FindByIdsAsync(transaction, filter, after, limit);

    /// <summary>1. The ids of the orders that the search names. 2. Their orders. 3. The other conditions. Each step reads by a key, and
    /// none joins two tables, so that it works the same on one server and on many.</summary>
    private static async ValueTask<List<OrderRow>> FindByIdsAsync(
        Transaction transaction, OrderFilter filter, OrderCursor? after, int limit)
    {
        HashSet<OrderId>? ids = null;
        if (filter.MerchantOrderId is { } merchantOrderId)
        {
            var games = filter.Games.Games is { } limited
                ? limited.ToList()
                : await transaction.QueryAsync(GamesSql, row => row.GetInt64(0));
            var keys = await AllAsync(games.ConvertAll(game => OrderTable.FindKeyAsync(transaction, game, merchantOrderId)));
            ids = [.. keys.Select(key => key.OrderId)];
        }
        if (filter.TransactionId is { } transactionId)
        {
            var paid = await transaction.QueryAsync(PaidBySql, row => OrderId.FromStore(row.GetString(0)), transactionId);
            var unapplied = await PaymentTable.OrdersOfUnappliedAsync(transaction, transactionId);
            var named = paid.Concat(unapplied).Concat(await RefusedReceiptTable.FindAsync(transaction, transactionId)).ToHashSet();
            ids = ids is null ? named : [.. ids.Intersect(named)];
        }
        var rows = await AllAsync(ids!.Take(IdsMax).ToList().ConvertAll(id => OrderTable.FindAsync(transaction, id)));
        return
        [
            .. rows.Where(row => filter.Matches(row.Order, after))
                .OrderByDescending(row => row.Order.CreatedMs)
                .ThenByDescending(row => row.Order.Id.Value, StringComparer.Ordinal).Take(limit),
        ];
    }

    /// <summary>The results of queries that were issued together, without those that found nothing.</summary>
    private static async ValueTask<List<T>> AllAsync<T>(List<ValueTask<T?>> queries)
        where T : class
    {
        var found = new List<T>(queries.Count);
        foreach (var query in queries)
        {
            if (await query is { } row)
            {
                found.Add(row);
            }
        }
        return found;
    }

    private static ValueTask<List<OrderRow>> ScanAsync(Transaction transaction, OrderFilter filter, OrderCursor? after, int limit)
    {
        var where = new SearchConditions();
        where.AddGames(filter.Games);
        where.Add("progress = ?", (int?)filter.Progress);
        where.Add("pay_state = ?", (int?)filter.PayState);
        where.Add("user_id = ?", filter.UserId);
        where.Add("created_ms >= ?", filter.FromMs);
        where.Add("created_ms < ?", filter.ToMs);
        where.Add("(created_ms, order_id) < (?, ?)", after?.CreatedMs, after?.OrderId.Value);
        var sql = OrderTable.SelectWhere(where.Text, $"ORDER BY created_ms DESC, order_id DESC LIMIT {where.Parameter(limit)}");
        return transaction.QueryAsync(sql, OrderTable.Read, where.Parameters);
    }
}
