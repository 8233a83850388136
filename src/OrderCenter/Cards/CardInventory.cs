using System.Threading.Channels;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Cards;

/// <summary>The stock of cards. Every card is encrypted, exists once in the installation and is issued once.</summary>
public sealed class CardInventory(Database database, Vault vault, TimeProvider clock)
{
    /// <summary>The protocol whose apps sell cards.</summary>
    public const string SoldBy = "CardRecharge";

    public const int ImportMax = 1000;
    public const int IssueMax = 100;

    /// <summary>How often the stock is tried again when other orders took the cards.</summary>
    private const int RacesMax = 4;
    private const int ArrivalsMax = 1024;

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO cards (game_id, product_id, card_key, sealed, imported_ms, place) VALUES ($1, $2, $3, $4, $5, $6) " +
        "ON CONFLICT (card_key) DO NOTHING");

    private static readonly SqlStatement InsertIssuedSql = new(
        "INSERT INTO cards (game_id, product_id, card_key, sealed, imported_ms, place, order_id, issued_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $5) " +
        "ON CONFLICT (card_key) DO NOTHING");

    // Compare and set, oldest first: "in stock" is said again outside, so that of two orders one gets the card.
    private static readonly SqlStatement IssueSql = new(
        "WITH free AS (SELECT card_key FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL " +
        $"ORDER BY imported_ms, place, card_key LIMIT $5 {SqlStatement.SkipLocked}) " +
        "UPDATE cards SET order_id = $3, issued_ms = $4 WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL " +
        "AND card_key IN (SELECT card_key FROM free) RETURNING card_key, sealed, imported_ms, place");

    private static readonly SqlStatement TakeSql = new(
        "UPDATE cards SET order_id = $4, issued_ms = $5 WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id IS NULL");

    private static readonly SqlStatement ReleaseSql = new(
        "UPDATE cards SET order_id = NULL, issued_ms = NULL WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id = $4");
    private static readonly SqlStatement DeleteSql = new(
        "DELETE FROM cards WHERE game_id = $1 AND product_id = $2 AND card_key = $3 AND order_id = $4");

    private static readonly SqlStatement HolderSql = new("SELECT game_id, product_id FROM cards WHERE card_key = $1");

    private static readonly SqlStatement EnoughSql = new(
        "SELECT count(*) FROM (SELECT 1 FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL LIMIT $3) few");

    private static readonly SqlStatement StockSql = new(
        "SELECT count(*) FROM cards WHERE game_id = $1 AND product_id = $2 AND order_id IS NULL");

    private static readonly SqlStatement WaitingSql = new(
        "SELECT count(*), coalesce(sum(quantity), 0), min(since_ms) FROM card_backlog WHERE game_id = $1 AND product_id = $2");

    private readonly Channel<Product> _arrivals =
        Channel.CreateBounded<Product>(
            new BoundedChannelOptions(ArrivalsMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Products that cards were just imported for. What does not fit is found by polling the backlog.</summary>
    public ChannelReader<Product> Arrivals => _arrivals.Reader;

    /// <summary>Imports cards. One that is or was in this installation already, for any game or product, is rejected.</summary>
    /// <param name="product">Whose cards they are.</param>
    /// <param name="cards">At most <see cref="ImportMax"/> valid cards.</param>
    /// <param name="cancellationToken">Cancels the import before it has begun.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was imported.</exception>
    public Task<ImportOutcome> ImportAsync(Product product, IReadOnlyList<Card> cards, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cards.Count, ImportMax, nameof(cards));

        // By key, so that two imports of the same cards do not deadlock; of two equal cards the first comes first.
        var rows = cards.Select((card, index) => (Index: index, Sealed: SealedCard.Of(vault, product, card)))
            .OrderBy(row => row.Sealed.Key, StringComparer.Ordinal).ThenBy(row => row.Index).ToList();
        var nowMs = clock.NowMs();
        return database.WriteAsync(
            async transaction =>
            {
                await SealedCard.LockAsync(transaction, rows.Select(row => row.Sealed));
                var taken = new HashSet<string>(StringComparer.Ordinal);
                var known = new List<(int Index, string Key)>();
                foreach (var (index, card) in rows)
                {
                    if (await FindOldKeyAsync(transaction, card) is { } oldKey)
                    {
                        known.Add((index, oldKey));
                    }
                    else if (await transaction.ExecuteAsync(
                        InsertSql, product.GameId, product.ProductId, card.Key, card.Text, nowMs, index) == 1)
                    {
                        taken.Add(card.Key);
                    }
                    else
                    {
                        known.Add((index, card.Key));
                    }
                }
                if (taken.Count > 0)
                {
                    transaction.AfterCommit(() => _arrivals.Writer.TryWrite(product));
                }
                var repeated = new List<RepeatedCard>(known.Count);
                foreach (var (index, key) in known)
                {
                    var holder = await FindHolderAsync(transaction, key);
                    repeated.Add(new RepeatedCard(
                        index, cards[index].MaskedNo, holder?.GameId == product.GameId ? holder.ProductId : null, taken.Contains(key)));
                }
                AuditTrail.Append(
                    transaction,
                    new AuditFact("cards.import", product.GameId, product.ProductId)
                    {
                        After = $"{taken.Count} imported, {known.Count} known before",
                    },
                    nowMs);
                return new ImportOutcome(taken.Count, [.. repeated.OrderBy(card => card.Index)]);
            },
            cancellationToken);
    }

    public Task<StockLevel> StockAsync(Product product, CancellationToken cancellationToken) =>
        database.SearchAsync(
            async transaction =>
            {
                var inStock = await transaction.QueryAsync(StockSql, row => row.GetInt64(0), product.GameId, product.ProductId);
                return (await transaction.FindAsync(
                    WaitingSql, row => new StockLevel(inStock[0], row.GetInt64(0), row.GetInt64(1), row.Number(2)),
                    product.GameId, product.ProductId))!;
            },
            cancellationToken);

    /// <summary>Issues as many cards as the order asks for, or none, in the caller's transaction. Each card is issued
    /// once.</summary>
    public async ValueTask<IssueOutcome> IssueAsync(Transaction transaction, Order order, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order.Quantity, IssueMax, nameof(order));
        for (var race = 0; race < RacesMax; race++)
        {
            var taken = await transaction.QueryAsync(
                IssueSql, row => new Taken(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt32(3)),
                order.GameId, order.ProductId, order.Id.Value, nowMs, order.Quantity);
            if (taken.Count == order.Quantity)
            {
                return await OpenAsync(transaction, order, taken);
            }
            if (taken.Count > 0)
            {
                await ReleaseAsync(transaction, order, [.. taken.Select(card => card.Key)]);
            }
            if (!await HasAsync(transaction, order.GameId, order.ProductId, order.Quantity))
            {
                break;
            }
        }
        return new IssueOutcome.Lacking();
    }

    /// <summary>Undoes what this transaction issued to an order, and nothing that another one did.</summary>
    public async ValueTask ReleaseAsync(Transaction transaction, Order order, IReadOnlyList<string> keys)
    {
        transaction.MarkRolledBack();
        foreach (var key in keys)
        {
            await transaction.ExecuteAsync(ReleaseSql, order.GameId, order.ProductId, key, order.Id.Value);
        }
    }

    /// <summary>Whether at least so many are in stock.</summary>
    public async ValueTask<bool> HasAsync(Transaction transaction, long gameId, string productId, int quantity) =>
        (await transaction.QueryAsync(EnoughSql, row => row.GetInt64(0), gameId, productId, quantity))[0] >= quantity;

    /// <summary>Keeps cards that came with an order's result as issued to it; one that is in stock leaves
    /// it.</summary>
    /// <returns>Whether all were kept, else none: one is known for another product or game, belongs to another order
    /// or is given twice. The undo is for a caller whose order moved meanwhile.</returns>
    public async ValueTask<(bool IsKept, Func<ValueTask> UndoAsync)> KeepAsync(
        Transaction transaction, Order order, IReadOnlyList<Card> cards, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cards.Count, IssueMax, nameof(cards));
        var product = new Product(order.GameId, order.ProductId);
        var inserted = new List<string>(cards.Count);
        var taken = new List<string>();
        async ValueTask UndoAsync()
        {
            transaction.MarkRolledBack();
            foreach (var key in inserted)
            {
                await transaction.ExecuteAsync(DeleteSql, product.GameId, product.ProductId, key, order.Id.Value);
            }
            foreach (var key in taken)
            {
                await transaction.ExecuteAsync(ReleaseSql, product.GameId, product.ProductId, key, order.Id.Value);
            }
        }
        var rows = cards.Select((card, index) => (Index: index, Sealed: SealedCard.Of(vault, product, card)))
            .OrderBy(row => row.Sealed.Key, StringComparer.Ordinal).ToList();
        await SealedCard.LockAsync(transaction, rows.Select(row => row.Sealed));
        foreach (var (index, card) in rows)
        {
            var oldKey = await FindOldKeyAsync(transaction, card);
            var key = oldKey ?? card.Key;
            if (oldKey is null && await transaction.ExecuteAsync(
                InsertIssuedSql, product.GameId, product.ProductId, key, card.Text, nowMs, index, order.Id.Value) == 1)
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
    /// <exception cref="DatabaseUnavailableException">They were sealed under another master key, or
    /// altered.</exception>
    public IReadOnlyList<Card> Of(Order order) => OrderCards.Open(vault, order);

    /// <summary>Reads an order's cards for a person, and records who did.</summary>
    /// <returns>Null: there is no such order.</returns>
    public async Task<IReadOnlyList<Card>?> ViewAsync(
        OrderId id, string actor, string reason, GameLimit games, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var row = await database.WriteAsync(
            async transaction =>
            {
                if (await OrderTable.FindAsync(transaction, id) is not { Order: var order } found || !games.Allows(order.GameId))
                {
                    return null;
                }
                await AuditLog.InsertAsync(
                    transaction, order.GameId,
                    new AuditEntry(id, nowMs, actor, "cards viewed", reason, order.State, order.State));
                return found;
            },
            cancellationToken);
        return row is null ? null : Of(row.Order);
    }

    private async ValueTask<IssueOutcome> OpenAsync(Transaction transaction, Order order, List<Taken> taken)
    {
        string[] keys = [.. taken.Select(card => card.Key)];
        try
        {
            var cards = taken.OrderBy(card => card.ImportedMs).ThenBy(card => card.Place).ThenBy(card => card.Key, StringComparer.Ordinal)
                .Select(card => SealedCard.Open(vault, new Product(order.GameId, order.ProductId), card.Key, card.Text));
            return new IssueOutcome.Issued([.. cards], keys);
        }
        catch (DatabaseUnavailableException fault)
        {
            // The payment is real all the same: the order waits, with the reason.
            await ReleaseAsync(transaction, order, keys);
            return new IssueOutcome.Unreadable(fault.Message);
        }
    }

    private static ValueTask<Holder?> FindHolderAsync(Transaction transaction, string key) =>
        transaction.FindAsync(HolderSql, row => new Holder(row.GetInt64(0), row.GetString(1)), key);

    /// <summary>The key of an old master key under which a card is stored; null: it is not, or under the present one.</summary>
    private static async ValueTask<string?> FindOldKeyAsync(Transaction transaction, SealedCard card)
    {
        foreach (var key in card.OldKeys)
        {
            if (await FindHolderAsync(transaction, key) is not null)
            {
                return key;
            }
        }
        return null;
    }

    private sealed record Holder(long GameId, string ProductId);

    private sealed record Taken(string Key, string Text, long ImportedMs, int Place);
}
