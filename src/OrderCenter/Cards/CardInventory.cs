using System.Threading.Channels;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Cards;

/// <summary>How many cards of an import are new.</summary>
public readonly record struct ImportCount(int Imported, int Duplicates);

/// <summary>A product's stock and the orders that wait for it.</summary>
public sealed record StockLevel(long InStock, long WaitingOrders, long WaitingCards, long? WaitingSinceMs);

/// <summary>What came of issuing cards to an order.</summary>
public abstract record IssueOutcome
{
    private IssueOutcome()
    {
    }

    public sealed record Issued(IReadOnlyList<Card> Cards) : IssueOutcome;

    /// <summary>There are fewer than the order asks for; none was issued.</summary>
    public sealed record Lacking : IssueOutcome;

    /// <summary>A card of the stock cannot be decrypted; none was issued.</summary>
    public sealed record Unreadable(string Reason) : IssueOutcome;
}

/// <summary>The encrypted inventory: every card is sealed for its place, is there once, and is issued once.</summary>
public sealed class CardInventory(Store.Store store, Vault vault, TimeProvider clock)
{
    /// <summary>The protocol whose apps sell cards.</summary>
    public const string SoldBy = "CardRecharge";

    public const int ImportMax = 1000;
    public const int IssueMax = 100;

    /// <summary>How often cards are looked for again when others took them in between.</summary>
    private const int RacesMax = 4;
    private const int ArrivalsMax = 1024;

    private const string InsertSql =
        "INSERT INTO cards (game_id, product_id, card_key, sealed, imported_ms, place) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (game_id, product_id, card_key) DO NOTHING";

    private const string InsertIssuedSql =
        "INSERT INTO cards (game_id, product_id, card_key, sealed, imported_ms, place, order_id, issued_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $5) " +
        "ON CONFLICT (game_id, product_id, card_key) DO NOTHING";

    // Compare and set, oldest first: "in stock" is said again outside, so that of two orders one gets the card.
    private const string IssueSql =
        "UPDATE cards SET order_id = $3, issued_ms = $4 WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL AND card_key IN " +
        "(SELECT card_key FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL ORDER BY imported_ms, place, card_key LIMIT $5) " +
        "RETURNING card_key, sealed, imported_ms, place";

    private const string TakeSql =
        "UPDATE cards SET order_id = $4, issued_ms = $5 WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id IS NULL";

    private const string ReleaseSql = "UPDATE cards SET order_id = NULL, issued_ms = NULL WHERE game_id = $1 AND product_id = $2 AND order_id = $3";
    private const string ReleaseOneSql = "UPDATE cards SET order_id = NULL, issued_ms = NULL WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id = $4";
    private const string DeleteSql = "DELETE FROM cards WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id = $4";

    private const string EnoughSql =
        "SELECT count(*) FROM (SELECT 1 FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL LIMIT $3) few";

    private const string StockSql = "SELECT count(*) FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL";

    private const string WaitingSql =
        "SELECT count(*), coalesce(sum(quantity), 0), min(since_ms) FROM card_waits WHERE game_id = $1 AND product_id = $2";

    private readonly Channel<Product> _arrivals =
        Channel.CreateBounded<Product>(new BoundedChannelOptions(ArrivalsMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Products that cards have just come in for. What does not fit is found by those who look at the waiting list.</summary>
    public ChannelReader<Product> Arrivals => _arrivals.Reader;

    /// <summary>Takes cards into stock; one that is or was there already is kept once.</summary>
    /// <param name="product">Whose cards they are.</param>
    /// <param name="cards">At most <see cref="ImportMax"/> faultless cards.</param>
    /// <param name="cancellationToken">Gives up before the import has begun.</param>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was imported.</exception>
    public Task<ImportCount> ImportAsync(Product product, IReadOnlyList<Card> cards, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cards.Count, ImportMax, nameof(cards));
        var rows = cards.Select(card => Seal(product, card)).ToList();
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return store.WriteAsync(
            async transaction =>
            {
                var imported = 0;
                for (var i = 0; i < rows.Count; i++)
                {
                    imported += await transaction.ExecuteAsync(InsertSql, product.GameId, product.ProductId, rows[i].Key, rows[i].Text, nowMs, i);
                }
                if (imported > 0)
                {
                    transaction.AfterCommit(() => _arrivals.Writer.TryWrite(product));
                }
                return new ImportCount(imported, rows.Count - imported);
            },
            cancellationToken);
    }

    public Task<StockLevel> StockAsync(Product product, CancellationToken cancellationToken) =>
        store.SearchAsync(
            async transaction =>
            {
                var inStock = await transaction.QueryAsync(StockSql, row => row.GetInt64(0), product.GameId, product.ProductId);
                return (await transaction.FindAsync(
                    WaitingSql, row => new StockLevel(inStock[0], row.GetInt64(0), row.GetInt64(1), row.Number(2)), product.GameId, product.ProductId))!;
            },
            cancellationToken);

    /// <summary>Issues as many cards as the order asks for, or none, in the caller's transaction. Each card is issued once.</summary>
    public async ValueTask<IssueOutcome> IssueAsync(Transaction transaction, Order order, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order.Quantity, IssueMax, nameof(order));
        for (var race = 0; race < RacesMax; race++)
        {
            var taken = await transaction.QueryAsync(
                IssueSql, row => new Taken(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt32(3)), order.GameId, order.ProductId, order.Id.Value, nowMs, order.Quantity);
            if (taken.Count == order.Quantity)
            {
                return await OpenAsync(transaction, order, taken);
            }
            if (taken.Count > 0)
            {
                await ReleaseAsync(transaction, order);
            }
            if (!await HasAsync(transaction, order.GameId, order.ProductId, order.Quantity))
            {
                break;
            }
        }
        return new IssueOutcome.Lacking();
    }

    /// <summary>Takes back what this same transaction issued to an order.</summary>
    public ValueTask<int> ReleaseAsync(Transaction transaction, Order order)
    {
        transaction.TakesBack();
        return transaction.ExecuteAsync(ReleaseSql, order.GameId, order.ProductId, order.Id.Value);
    }

    /// <summary>Whether at least so many are in stock.</summary>
    public async ValueTask<bool> HasAsync(Transaction transaction, long gameId, string productId, int quantity) =>
        (await transaction.QueryAsync(EnoughSql, row => row.GetInt64(0), gameId, productId, quantity))[0] >= quantity;

    /// <summary>Keeps cards that came with an order's result as issued to it; one that is in stock leaves it.</summary>
    /// <returns>Whether all were kept, else none: one belongs to another order or is given twice. The undo is for a caller whose order moved meanwhile.</returns>
    public async ValueTask<(bool IsKept, Func<ValueTask> UndoAsync)> KeepAsync(Transaction transaction, Order order, IReadOnlyList<Card> cards, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cards.Count, IssueMax, nameof(cards));
        var product = new Product(order.GameId, order.ProductId);
        var inserted = new List<string>(cards.Count);
        var taken = new List<string>();
        async ValueTask UndoAsync()
        {
            transaction.TakesBack();
            foreach (var key in inserted)
            {
                await transaction.ExecuteAsync(DeleteSql, product.GameId, product.ProductId, key, order.Id.Value);
            }
            foreach (var key in taken)
            {
                await transaction.ExecuteAsync(ReleaseOneSql, product.GameId, product.ProductId, key, order.Id.Value);
            }
        }
        for (var i = 0; i < cards.Count; i++)
        {
            var (key, text) = Seal(product, cards[i]);
            if (await transaction.ExecuteAsync(InsertIssuedSql, product.GameId, product.ProductId, key, text, nowMs, i, order.Id.Value) == 1)
            {
                inserted.Add(key);
            }
            else if (await transaction.ExecuteAsync(TakeSql, product.GameId, product.ProductId, key, order.Id.Value, nowMs) == 1)
            {
                taken.Add(key);
            }
            else
            {
                await UndoAsync();
                return (false, static () => ValueTask.CompletedTask);
            }
        }
        return (true, UndoAsync);
    }

    /// <summary>The order's attributes with its cards sealed among them.</summary>
    public IReadOnlyDictionary<string, string> Attach(Order order, IReadOnlyList<Card> cards) => OrderCards.Seal(vault, order, cards);

    /// <summary>The cards that were issued to an order; empty: none.</summary>
    /// <exception cref="StoreUnavailableException">They were sealed under another master key, or altered.</exception>
    public IReadOnlyList<Card> Of(Order order) => OrderCards.Open(vault, order);

    /// <summary>Reads an order's cards for a person, and records who did.</summary>
    /// <returns>Null: there is no such order.</returns>
    public async Task<IReadOnlyList<Card>?> ViewAsync(OrderId id, string actor, string reason, CancellationToken cancellationToken)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var row = await store.WriteAsync(
            async transaction =>
            {
                if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } found)
                {
                    return null;
                }
                await ActTable.InsertAsync(transaction, new Act(id, nowMs, actor, "cards viewed", reason, order.State, order.State));
                return found;
            },
            cancellationToken);
        return row is null ? null : Of(row.Order);
    }

    private async ValueTask<IssueOutcome> OpenAsync(Transaction transaction, Order order, List<Taken> taken)
    {
        try
        {
            var cards = taken.OrderBy(card => card.ImportedMs).ThenBy(card => card.Place).ThenBy(card => card.Key, StringComparer.Ordinal)
                .Select(card => OrderCards.Read(vault.Open(card.Text, PlaceOf(new Product(order.GameId, order.ProductId), card.Key))));
            return new IssueOutcome.Issued([.. cards]);
        }
        catch (StoreUnavailableException fault)
        {
            // The payment that asks for the card is real all the same: the order waits, and says why.
            await ReleaseAsync(transaction, order);
            return new IssueOutcome.Unreadable(fault.Message);
        }
    }

    /// <summary>A card for one product's row. Type and gift do not make it another card: what is spent is the number and the password.</summary>
    private (string Key, string Text) Seal(Product product, Card card)
    {
        var key = vault.Digest($"{card.No.Length}:{card.No}{card.Password}", $"card of {product.GameId} {product.ProductId}");
        return (key, vault.Seal(OrderCards.Write(card), PlaceOf(product, key)));
    }

    private static string PlaceOf(Product product, string key) => $"card {product.GameId} {key} {product.ProductId}";

    private sealed record Taken(string Key, string Text, long ImportedMs, int Place);
}
