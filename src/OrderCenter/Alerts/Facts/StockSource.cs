using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>How many cards are left of each product. A product whose last card has gone is in no index: those that this process has seen,
/// and those that have an open alert, are counted all the same.</summary>
internal sealed class StockSource(Database database, AlertOptions options) : IAlertSource
{
    /// <summary>How many products are looked at.</summary>
    private const int ProductsMax = 1000;

    private static readonly SqlStatement NextSql = new(
        "SELECT game_id, product_id FROM cards WHERE order_id IS NULL AND (game_id, product_id) > ($1, $2) " +
        "ORDER BY game_id, product_id LIMIT 1");

    private static readonly SqlStatement CountSql = new(
        "SELECT count(*) FROM (SELECT card_key FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL LIMIT $3) few");

    private readonly HashSet<(long GameId, string ProductId)> _seen = [];

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.CardsStock];

    public TimeSpan Period => options.SlowPeriod;

    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var products = new HashSet<(long GameId, string ProductId)>(_seen);
        products.UnionWith(open.Where(alert => alert.Condition == AlertConditions.CardsStock.Name)
            .Select(alert => (alert.GameId, ProductOf(alert.Subject))));
        var counted = await database.SearchAsync(
            async transaction =>
            {
                var all = new HashSet<(long GameId, string ProductId)>(products);
                var after = (GameId: 0L, ProductId: "");
                while (all.Count < ProductsMax
                    && await transaction.FindAsync(
                        NextSql, static row => new Product(row.GetInt64(0), row.GetString(1)), after.GameId, after.ProductId) is { } next)
                {
                    after = (next.GameId, next.ProductId);
                    all.Add(after);
                }

                // All begin before the first is awaited, so that they share round trips.
                var max = AlertConditions.CardsStock.ThresholdMax + 1;
                var counts = all.ToDictionary(
                    product => product,
                    product => transaction.QueryAsync(
                        CountSql, static row => row.GetInt64(0), product.GameId, product.ProductId, max).AsTask());
                var stock = new List<AlertFact>(counts.Count);
                foreach (var ((gameId, productId), count) in counts)
                {
                    stock.Add(new AlertFact(AlertConditions.CardsStock, $"game {gameId}, product {productId}", gameId, (await count)[0]));
                }
                return stock;
            },
            cancellationToken);
        foreach (var fact in counted.Take(ProductsMax))
        {
            _seen.Add((fact.GameId, ProductOf(fact.Subject)));
        }
        return counted;
    }

    private static string ProductOf(string subject) =>
        subject.IndexOf(", product ", StringComparison.Ordinal) is var at and >= 0 ? subject[(at + ", product ".Length)..] : "";

    /// <summary>A product that has cards in stock.</summary>
    private sealed record Product(long GameId, string ProductId);
}
