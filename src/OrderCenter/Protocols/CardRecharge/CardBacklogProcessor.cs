using OrderCenter.Domain;
using OrderCenter.Apps;
using OrderCenter.Cards;
using OrderCenter.Persistence;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>Delivers cards to the orders that wait for stock, one transaction an order.</summary>
internal sealed partial class CardBacklogProcessor(
    CardInventory cards, CardFulfilment fulfilment, AppCatalog apps, Database database, TimeProvider clock,
    ILogger<CardBacklogProcessor> log)
{
    private const int ProductsMax = 100;

    /// <summary>How many orders of one product are processed before other products follow; the rest is left to the next step.</summary>
    private const int OrdersMax = 10_000;

    private static readonly Product First = new(0, "");

    private Product _after = First;

    /// <summary>Waits for the next import on this node, and serves the orders that wait for its product.</summary>
    /// <returns>True: call it again.</returns>
    public async Task<bool> DeliverNextImportAsync(CancellationToken cancellationToken)
    {
        await DeliverAsync(await cards.Arrivals.ReadAsync(cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>Checks a bounded number of products with waiting orders. The next step continues after them, and after the last product
    /// starts again.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var (found, last) = await database.SearchAsync(FindWorkAsync, cancellationToken);
        _after = last;
        foreach (var product in found)
        {
            await DeliverAsync(product, cancellationToken);
        }
    }

    private async ValueTask<(List<Product> Found, Product Last)> FindWorkAsync(Transaction transaction)
    {
        var products = await CardBacklog.ProductsAsync(transaction, _after, ProductsMax);
        var found = new List<Product>();
        foreach (var product in products)
        {
            if (await fulfilment.HasWorkAsync(transaction, product))
            {
                found.Add(product);
            }
        }
        return (found, products.Count == ProductsMax ? products[^1] : First);
    }

    private async Task DeliverAsync(Product product, CancellationToken cancellationToken)
    {
        var delivered = 0;
        for (var processed = 0; processed < OrdersMax; processed++)
        {
            if (apps.Find(product.GameId) is not { Protocol: CardRechargeProtocol.ProtocolName } app)
            {
                break;
            }
            var outcome = await database.WriteAsync(
                transaction => fulfilment.DeliverNextAsync(transaction, app, product.ProductId, clock.NowMs()),
                cancellationToken);
            if (outcome == FulfilmentOutcome.Done)
            {
                break;
            }
            delivered += outcome == FulfilmentOutcome.Delivered ? 1 : 0;
        }
        if (delivered > 0)
        {
            LogDelivered(log, product.GameId, product.ProductId, delivered);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "game {GameId}, product {ProductId}: {Count} waiting orders got their cards")]
    private static partial void LogDelivered(ILogger logger, long gameId, string productId, int count);
}
