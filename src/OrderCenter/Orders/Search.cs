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
/// <param name="Row">The order, and what paid it.</param>
/// <param name="Unapplied">Authentic payments that paid nothing here.</param>
/// <param name="Acts">Oldest first.</param>
/// <param name="Notices">What the stores told of it, oldest first.</param>
/// <param name="PartsBack">What the store gave back in parts so far; null: no refund of a part is known.</param>
public sealed record OrderDetail(OrderRow Row, IReadOnlyList<UnappliedPayment> Unapplied, IReadOnlyList<Act> Acts, IReadOnlyList<Notice> Notices, Money? PartsBack);

public sealed partial class OrderBook
{
    /// <summary>How many orders one number can name: as many as there are games, or names of a payment.</summary>
    private const int NamedMax = 1000;

    private const string GamesSql = "SELECT game_id FROM apps ORDER BY game_id";
    private const string PaidBySql = "SELECT order_id FROM payments WHERE transaction_id = $1 LIMIT 1000";
    private const string UnappliedToSql = "SELECT order_id FROM unapplied_payments WHERE transaction_id = $1 LIMIT 1000";

    /// <summary>Reads one order with its unapplied payments, the acts on it and what stores told of it; null when there is none.</summary>
    public Task<OrderDetail?> DetailAsync(OrderId id, CancellationToken cancellationToken) =>
        store.ReadAsync<OrderDetail?>(
            async transaction =>
            {
                // All that its number leads to is asked for before one is awaited, so that an engine may read it together.
                var finding = OrderTable.FindAsync(transaction, id).AsTask();
                var unapplied = PaymentTable.UnappliedAsync(transaction, id).AsTask();
                var acts = ActTable.OfOrderAsync(transaction, id).AsTask();
                var notices = InboxTable.OfOrderAsync(transaction, id).AsTask();
                var row = await finding;
                var partsBack = row?.Payment is { } payment ? await RefundPartTable.SumAsync(transaction, payment, row.Order.GameId) : null;
                return row is null ? null : new OrderDetail(row, await unapplied, await acts, await notices, partsBack);
            },
            cancellationToken);

    /// <summary>Orders newest first, from behind the cursor.</summary>
    /// <returns>At most <paramref name="limit"/> orders.</returns>
    public Task<List<OrderRow>> SearchAsync(OrderFilter filter, OrderCursor? after, int limit, CancellationToken cancellationToken) =>
        store.SearchAsync(
            transaction => filter.MerchantOrderId is null && filter.TransactionId is null ? ScanAsync(transaction, filter, after, limit) : NamedAsync(transaction, filter, after, limit),
            cancellationToken);

    /// <summary>Orders by a number that a person has: 1. which orders it names; 2. those; 3. what else was asked for. Each step reads by a key, and none
    /// spans two tables, so that it is the same on one server and on many.</summary>
    private static async ValueTask<List<OrderRow>> NamedAsync(Transaction transaction, OrderFilter filter, OrderCursor? after, int limit)
    {
        HashSet<OrderId>? ids = null;
        if (filter.MerchantOrderId is { } merchantOrderId)
        {
            var games = filter.GameId is { } gameId ? [gameId] : await transaction.QueryAsync(GamesSql, row => row.GetInt64(0));
            var finds = games.ConvertAll(game => OrderTable.FindKeyAsync(transaction, game, merchantOrderId));
            ids = [];
            foreach (var find in finds)
            {
                if (await find is { } key)
                {
                    ids.Add(key.OrderId);
                }
            }
        }
        if (filter.TransactionId is { } transactionId)
        {
            var paid = await transaction.QueryAsync(PaidBySql, row => OrderId.FromStore(row.GetString(0)), transactionId);
            var unapplied = await transaction.QueryAsync(UnappliedToSql, row => OrderId.FromStore(row.GetString(0)), transactionId);
            var named = paid.Concat(unapplied).ToHashSet();
            ids = ids is null ? named : [.. ids.Intersect(named)];
        }
        var reads = ids!.Take(NamedMax).ToList().ConvertAll(id => OrderTable.FindAsync(transaction, id));
        var rows = new List<OrderRow>(reads.Count);
        foreach (var read in reads)
        {
            if (await read is { } row && IsAskedFor(row.Order, filter, after))
            {
                rows.Add(row);
            }
        }
        return [.. rows.OrderByDescending(row => row.Order.CreatedMs).ThenByDescending(row => row.Order.Id.Value, StringComparer.Ordinal).Take(limit)];
    }

    private static bool IsAskedFor(Order order, OrderFilter filter, OrderCursor? after) =>
        (filter.GameId is null || order.GameId == filter.GameId)
        && (filter.Progress is null || order.State.Progress == filter.Progress)
        && (filter.PayState is null || order.State.Pay == filter.PayState)
        && (filter.UserId is null || order.UserId == filter.UserId)
        && (filter.FromMs is null || order.CreatedMs >= filter.FromMs)
        && (filter.ToMs is null || order.CreatedMs < filter.ToMs)
        && (after is not { } cursor || order.CreatedMs < cursor.CreatedMs
            || (order.CreatedMs == cursor.CreatedMs && string.CompareOrdinal(order.Id.Value, cursor.OrderId.Value) < 0));

    private static ValueTask<List<OrderRow>> ScanAsync(Transaction transaction, OrderFilter filter, OrderCursor? after, int limit)
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
        return transaction.QueryAsync(sql, OrderTable.Read, [.. parameters]);
    }
}
