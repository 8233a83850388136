using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Books;

/// <summary>The stock of cards: what is issued belongs to an order that holds cards, and what waits for cards is an order. (Whether the
/// order holds these very cards is checked with the order.)</summary>
internal static class StockChecks
{
    private static readonly SqlStatement IssuedSql = new(
        "SELECT order_id, min(game_id), count(*) FROM cards WHERE order_id > $1 GROUP BY order_id ORDER BY order_id LIMIT $2");

    private static readonly SqlStatement BacklogSql = new(
        "SELECT game_id, product_id, order_id FROM card_backlog WHERE (game_id, product_id, order_id) > ($1, $2, $3) " +
        "ORDER BY game_id, product_id, order_id LIMIT $4");

    public static IEnumerable<BooksCheck> All =>
    [
        new PagedCheck<IssuedRow>(
            "issued cards", IssuedSql, [""],
            row => new IssuedRow(OrderId.FromStore(row.GetString(0)), row.GetInt64(1), row.GetInt64(2)),
            row => [row.OrderId.Value], JudgeIssuedAsync),
        new PagedCheck<WaitingRow>(
            "orders that wait for cards", BacklogSql, [0L, "", ""],
            row => new WaitingRow(row.GetInt64(0), row.GetString(1), OrderId.FromStore(row.GetString(2))),
            row => [row.GameId, row.ProductId, row.OrderId.Value], JudgeWaitingAsync),
    ];

    private static async ValueTask<string?> JudgeIssuedAsync(Transaction transaction, IssuedRow issued) =>
        await OrderTable.FindAsync(transaction, issued.OrderId) switch
        {
            null => $"{issued.Cards} cards are issued to order {issued.OrderId}, which is missing",
            { Order: var order } when order.GameId != issued.GameId || !OrderCards.Has(order) =>
                $"{issued.Cards} cards are issued to order {issued.OrderId}, which holds none",
            _ => null,
        };

    private static async ValueTask<string?> JudgeWaitingAsync(Transaction transaction, WaitingRow waiting) =>
        await OrderTable.FindAsync(transaction, waiting.OrderId) is null
            ? $"order {waiting.OrderId} waits for cards of product {waiting.ProductId} of game {waiting.GameId}, and is missing"
            : null;

    private sealed record IssuedRow(OrderId OrderId, long GameId, long Cards);

    private sealed record WaitingRow(long GameId, string ProductId, OrderId OrderId);
}
