using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What a search asks for; null: not asked.</summary>
public sealed record OrderFilter
{
    public long? GameId { get; init; }
    public Progress? Progress { get; init; }
    public PayState? PayState { get; init; }
    public string? UserId { get; init; }
    public string? MerchantOrderId { get; init; }
    public string? TransactionId { get; init; }

    /// <summary>Created at or after, Unix milliseconds.</summary>
    public long? FromMs { get; init; }

    /// <summary>Created before, Unix milliseconds.</summary>
    public long? ToMs { get; init; }
}

/// <summary>Where a page ended: the last order on it.</summary>
public readonly record struct OrderCursor(long CreatedMs, OrderId OrderId);

/// <summary>An order with all that is known of it.</summary>
public sealed record OrderDetail(OrderRow Row, IReadOnlyList<UnappliedPayment> Unapplied, IReadOnlyList<Act> Acts);

public sealed partial class OrderBook
{
    private const string KeyedSql =
        "order_id IN (SELECT order_id FROM order_keys WHERE merchant_order_id = ? AND game_id IN (SELECT game_id FROM apps))";

    private const string TransactionSql =
        "order_id IN (SELECT order_id FROM payments WHERE transaction_id = ? UNION SELECT order_id FROM unapplied_payments WHERE transaction_id = ?)";

    /// <summary>Reads one order with its unapplied payments and the acts on it; null when there is none.</summary>
    public Task<OrderDetail?> DetailAsync(OrderId id, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async transaction => await OrderTable.FindAsync(transaction, id) is { } row
                ? new OrderDetail(row, await PaymentTable.UnappliedAsync(transaction, id), await ActTable.OfOrderAsync(transaction, id))
                : null,
            cancellationToken);

    /// <summary>Orders newest first, from behind the cursor.</summary>
    /// <returns>At most <paramref name="limit"/> orders.</returns>
    public Task<List<OrderRow>> SearchAsync(OrderFilter filter, OrderCursor? after, int limit, CancellationToken cancellationToken)
    {
        var conditions = new List<string>();
        var parameters = new List<object?>();
        void Where(string condition, params object[] values)
        {
            foreach (var value in values)
            {
                parameters.Add(value);
                var at = condition.IndexOf('?', StringComparison.Ordinal);
                condition = string.Concat(condition.AsSpan(0, at), "$" + parameters.Count, condition.AsSpan(at + 1));
            }
            conditions.Add(condition);
        }

        if (filter.GameId is { } gameId)
        {
            Where("game_id = ?", gameId);
        }
        if (filter.Progress is { } progress)
        {
            Where("progress = ?", (int)progress);
        }
        if (filter.PayState is { } payState)
        {
            Where("pay_state = ?", (int)payState);
        }
        if (filter.UserId is { } userId)
        {
            Where("user_id = ?", userId);
        }
        if (filter.MerchantOrderId is { } merchantOrderId)
        {
            Where(KeyedSql, merchantOrderId);
        }
        if (filter.TransactionId is { } transactionId)
        {
            Where(TransactionSql, transactionId, transactionId);
        }
        if (filter.FromMs is { } fromMs)
        {
            Where("created_ms >= ?", fromMs);
        }
        if (filter.ToMs is { } toMs)
        {
            Where("created_ms < ?", toMs);
        }
        if (after is { } cursor)
        {
            Where("(created_ms, order_id) < (?, ?)", cursor.CreatedMs, cursor.OrderId.Value);
        }
        parameters.Add(limit);
        var sql = OrderTable.SelectWhere(
            conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions), $"ORDER BY created_ms DESC, order_id DESC LIMIT ${parameters.Count}");
        return store.SearchAsync(transaction => transaction.QueryAsync(sql, OrderTable.Read, [.. parameters]), cancellationToken);
    }
}
