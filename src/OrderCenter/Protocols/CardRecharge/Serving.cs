using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>Serves orders that wait for cards: at once when cards come in here, and every few seconds whatever else is found (another node's import, a
/// process that died in between). Each order is a unit of work of its own.</summary>
internal sealed partial class Serving(
    CardInventory cards, Fulfilment fulfilment, AppCatalog apps, Store.Store store, TimeProvider clock, ILogger<Serving> log) : BackgroundService
{
    private const int ProductsMax = 100;

    /// <summary>How many orders of one product are looked at before others have their turn; the rest follows at the next look.</summary>
    private const int OrdersMax = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly Product First = new(0, "");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(ServeArrivalsAsync(stoppingToken), LookAroundAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; who waits is served after the next start.
        }
    }

    private async Task ServeArrivalsAsync(CancellationToken cancellationToken)
    {
        await foreach (var product in cards.Arrivals.ReadAllAsync(cancellationToken))
        {
            try
            {
                await ServeAsync(product, cancellationToken);
            }
#pragma warning disable CA1031 // As in Rounds: a fault of one must not end all that come after it.
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogSkipped(log, product.GameId, product.ProductId, fault);
            }
        }
    }

    private async Task LookAroundAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        var after = First;
        do
        {
            try
            {
                var from = after;
                var (found, last) = await store.SearchAsync(transaction => FindWorkAsync(transaction, from), cancellationToken);
                after = last;
                foreach (var product in found)
                {
                    await ServeAsync(product, cancellationToken);
                }
            }
#pragma warning disable CA1031 // As in Rounds: a fault of one must not end all that come after it.
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogSkipped(log, after.GameId, after.ProductId, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks at a bounded number of waiting lists; the next look goes on behind them, and begins again after the last.</summary>
    private async ValueTask<(List<Product> Found, Product Last)> FindWorkAsync(Transaction transaction, Product after)
    {
        var products = await WaitingList.ProductsAsync(transaction, after, ProductsMax);
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

    private async Task ServeAsync(Product product, CancellationToken cancellationToken)
    {
        var served = 0;
        for (var looked = 0; looked < OrdersMax && apps.Find(product.GameId) is { Protocol: CardRechargeProtocol.ProtocolName } app; looked++)
        {
            var outcome = await store.WriteAsync(
                transaction => fulfilment.ServeNextAsync(transaction, app, product.ProductId, clock.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);
            if (outcome == ServeOutcome.Done)
            {
                break;
            }
            served += outcome == ServeOutcome.Served ? 1 : 0;
        }
        if (served > 0)
        {
            LogServed(log, product.GameId, product.ProductId, served);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "game {GameId}, product {ProductId}: {Count} waiting orders got their cards")]
    private static partial void LogServed(ILogger logger, long gameId, string productId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "game {GameId}, product {ProductId}: waiting orders were not served for now")]
    private static partial void LogSkipped(ILogger logger, long gameId, string productId, Exception reason);
}
