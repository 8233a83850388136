using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Cards;

/// <summary>Paid orders that wait for stock. A product's orders are served strictly oldest first; otherwise small
/// orders could overtake a large one for ever. An order that ended in another way (refunded, closed by an operator)
/// is removed when its turn comes.</summary>
internal static class CardBacklog
{
    private static readonly SqlStatement JoinSql = new(
        "INSERT INTO card_backlog (game_id, product_id, order_id, quantity, since_ms) VALUES ($1, $2, $3, $4, $5) " +
        "ON CONFLICT (game_id, product_id, order_id) DO NOTHING");

    private static readonly SqlStatement OldestSql = new(
        "SELECT order_id, quantity FROM card_backlog WHERE game_id = $1 AND product_id = $2 ORDER BY since_ms, order_id LIMIT 1");

    private static readonly SqlStatement LeaveSql = new(
        "DELETE FROM card_backlog WHERE game_id = $1 AND product_id = $2 AND order_id = $3");

    private static readonly SqlStatement ProductsSql = new(
        "SELECT DISTINCT game_id, product_id FROM card_backlog WHERE (game_id, product_id) > ($1, $2) ORDER BY game_id, product_id " +
        "LIMIT $3");

    /// <summary>Adds an order to the end of its product's backlog; one that is in it keeps its position.</summary>
    public static ValueTask<int> JoinAsync(Transaction transaction, Order order, long nowMs) =>
        transaction.ExecuteAsync(JoinSql, order.GameId, order.ProductId, order.Id.Value, order.Quantity, nowMs);

    public static ValueTask<BacklogEntry?> OldestAsync(Transaction transaction, long gameId, string productId) =>
        transaction.FindAsync(OldestSql, row => new BacklogEntry(OrderId.FromStore(row.GetString(0)), row.GetInt32(1)), gameId, productId);

    public static ValueTask<int> LeaveAsync(Transaction transaction, long gameId, string productId, OrderId id) =>
        transaction.ExecuteAsync(LeaveSql, gameId, productId, id.Value);

    /// <summary>Products with a backlog, behind the one given.</summary>
    public static ValueTask<List<Product>> ProductsAsync(Transaction transaction, Product after, int most) =>
        transaction.QueryAsync(ProductsSql, row => new Product(row.GetInt64(0), row.GetString(1)), after.GameId, after.ProductId, most);
}
