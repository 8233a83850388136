using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Queries;

/// <summary>Reads orders.</summary>
public sealed class OrderQueries(Database database)
{
    private const int PlayerOrdersMax = 2000;

    /// <summary>One order; null: there is none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<OrderRow?> FindAsync(OrderId id, CancellationToken cancellationToken) =>
        database.ReadAsync(transaction => OrderTable.FindAsync(transaction, id), cancellationToken);

    /// <summary>One order of the games that a caller may see; null: there is none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<OrderRow?> FindAsync(OrderId id, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await OrderTable.FindAsync(transaction, id) is { } row && games.Allows(row.Order.GameId) ? row : null,
            cancellationToken);

    /// <summary>One order by its merchant order id; null: there is none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<OrderRow?> FindAsync(App app, string merchantOrderId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await OrderKeyTable.FindAsync(transaction, app.GameId, merchantOrderId) is { } key
                && await OrderTable.FindAsync(transaction, key.OrderId) is { } row && row.Order.MerchantOrderId == merchantOrderId
                ? row
                : null,
            cancellationToken);

    /// <summary>One order with what was recorded about it; null: there is none.</summary>
    public Task<OrderDetail?> FindDetailAsync(OrderId id, CancellationToken cancellationToken) =>
        FindDetailAsync(id, GameLimit.None, cancellationToken);

    /// <summary>One order of the games that a caller may see, with what was recorded about it; null: there is none.</summary>
    public Task<OrderDetail?> FindDetailAsync(OrderId id, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync<OrderDetail?>(
            async transaction =>
            {
                // All queries are issued before one is awaited, so that an engine can send them together.
                var finding = OrderTable.FindAsync(transaction, id).AsTask();
                var unapplied = PaymentTable.UnappliedAsync(transaction, id).AsTask();
                var refused = RefusedReceiptTable.OfOrderAsync(transaction, id).AsTask();
                var audit = AuditLog.OfOrderAsync(transaction, id).AsTask();
                var row = await finding;
                var refunds = row?.Payment is { } payment
                    ? await RefundTable.OfPaymentAsync(transaction, payment, row.Order.GameId)
                    : [];
                var detail = row is null ? null : new OrderDetail(row, await unapplied, await refused, await audit, refunds);
                return detail is not null && games.Allows(detail.Row.Order.GameId) ? detail : null;
            },
            cancellationToken);

    /// <summary>The order that a payment paid; null: none.</summary>
    internal Task<OrderId?> FindPaidOrderAsync(Payment payment, CancellationToken cancellationToken) =>
        database.ReadAsync(async transaction => await PaymentTable.FindPaidOrderAsync(transaction, payment), cancellationToken);

    /// <summary>The order that was paid by a purchase with that transaction id at that channel, with money or in its sandbox; null:
    /// none.</summary>
    public Task<OrderId?> FindPaidOrderAsync(string channel, string transactionId, CancellationToken cancellationToken)
    {
        var payment = new Payment { Channel = channel, Environment = Payment.Production, TransactionId = transactionId };
        return database.ReadAsync(
            async transaction =>
            {
                var production = PaymentTable.FindPaidOrderAsync(transaction, payment).AsTask();
                var sandbox = PaymentTable.FindPaidOrderAsync(transaction, payment with { Environment = Payment.Sandbox }).AsTask();
                var (first, second) = (await production, await sandbox);
                return first ?? second;
            },
            cancellationToken);
    }

    /// <summary>A part of the orders newest first, behind a place.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<ListPart<OrderRow>> SearchAsync(OrderFilter filter, ListKey? after, int limit, CancellationToken cancellationToken) =>
        database.SearchAsync(transaction => OrderSearch.RunAsync(transaction, filter, after, limit), cancellationToken);

    /// <summary>The orders that a number names exactly: the order's own, the game's, or a store's number of a purchase, of one that paid
    /// nothing or was refused too.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<List<OrderRow>> FindNamedAsync(string number, GameLimit games, int limit, CancellationToken cancellationToken) =>
        database.SearchAsync(transaction => OrderSearch.FindNamedAsync(transaction, number, games, limit), cancellationToken);

    /// <summary>The games that a player ordered in, as far as his newest <see cref="PlayerOrdersMax"/> orders there say, and when he
    /// ordered last there, Unix milliseconds; newest first.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<List<(long GameId, long NewestMs)>> ListPlayerGamesAsync(
        string userId, GameLimit games, CancellationToken cancellationToken)
    {
        var where = new SearchConditions();
        where.Add("user_id = ?", userId);
        if (games.Games is { } limited)
        {
            // As a sum it gives the planner no other index than the player's.
            where.Add(
                limited.Count == 0 ? "1 = 0" : $"game_id + 0 IN ({string.Join(", ", limited.Select(game => where.Parameter(game)))})");
        }
        var sql = SqlStatement.Dynamic(
            $"SELECT game_id, created_ms FROM orders WHERE {where.Text} ORDER BY created_ms DESC, order_id DESC "
            + $"LIMIT {where.Parameter(PlayerOrdersMax)}");
        var newest = await database.SearchAsync(
            transaction => transaction.QueryAsync(sql, row => (GameId: row.GetInt64(0), CreatedMs: row.GetInt64(1)), where.Parameters),
            cancellationToken);
        return [.. newest.DistinctBy(order => order.GameId)];
    }
}
