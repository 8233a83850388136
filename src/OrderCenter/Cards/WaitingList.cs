using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Cards;

/// <summary>Who waits for a card, and since when.</summary>
internal sealed record Wait(OrderId OrderId, int Quantity);

/// <summary>Paid orders that found no stock. A product's orders are served strictly oldest first: a small order does not overtake a large one, which might
/// otherwise wait for ever. An order that ended in another way (refunded, given its result by hand) leaves when its turn comes.</summary>
internal static class WaitingList
{
    private const string JoinSql =
        "INSERT INTO card_waits (game_id, product_id, order_id, quantity, since_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (game_id, product_id, order_id) DO NOTHING";

    private const string OldestSql =
        "SELECT order_id, quantity FROM card_waits WHERE game_id = $1 AND product_id = $2 ORDER BY since_ms, order_id LIMIT 1";

    private const string LeaveSql = "DELETE FROM card_waits WHERE game_id = $1 AND product_id = $2 AND order_id = $3";

    private const string ProductsSql =
        "SELECT DISTINCT game_id, product_id FROM card_waits WHERE (game_id, product_id) > ($1, $2) ORDER BY game_id, product_id LIMIT $3";

    /// <summary>Puts an order at the end of its product's list; one that is on it already keeps its place.</summary>
    public static ValueTask<int> JoinAsync(Transaction transaction, Order order, long nowMs) =>
        transaction.ExecuteAsync(JoinSql, order.GameId, order.ProductId, order.Id.Value, order.Quantity, nowMs);

    public static ValueTask<Wait?> OldestAsync(Transaction transaction, long gameId, string productId) =>
        transaction.FindAsync(OldestSql, row => new Wait(OrderId.FromStore(row.GetString(0)), row.GetInt32(1)), gameId, productId);

    public static ValueTask<int> LeaveAsync(Transaction transaction, long gameId, string productId, OrderId id) =>
        transaction.ExecuteAsync(LeaveSql, gameId, productId, id.Value);

    /// <summary>Products that somebody waits for, behind the one given.</summary>
    public static ValueTask<List<Product>> ProductsAsync(Transaction transaction, Product after, int most) =>
        transaction.QueryAsync(ProductsSql, row => new Product(row.GetInt64(0), row.GetString(1)), after.GameId, after.ProductId, most);
}

/// <summary>What is in stock together: a game's product.</summary>
public readonly record struct Product(long GameId, string ProductId);
