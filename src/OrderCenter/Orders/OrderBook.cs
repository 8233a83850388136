using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>The orders of every game: create, settle, deliver, close, refund, sweep. One part a file; each fact is one transaction.</summary>
public sealed partial class OrderBook(
    Store.Store store, Vault vault, DueWork due, PlanCallback planOf, IEnumerable<IFulfilment> fulfilments, IEnumerable<IChannel> channels, IEnumerable<OwnAccount> accounts,
    OrderMetrics metrics, TimeProvider clock, ILogger<OrderBook> log)
{
    /// <summary>How often a unit of work is tried again when another writer changed the order in between.</summary>
    private const int RacesMax = 16;

    private readonly Dictionary<string, IChannel> _channels = channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, IFulfilment> _fulfilments = fulfilments.ToDictionary(fulfilment => fulfilment.Protocol, StringComparer.Ordinal);

    private readonly Dictionary<string, OwnAccount> _accounts = accounts.ToDictionary(account => account.Channel, StringComparer.Ordinal);

    private readonly OrderNumbers _numbers = new();

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Reads one order; null when there is none.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public Task<OrderRow?> FindAsync(OrderId id, CancellationToken cancellationToken) =>
        store.ReadAsync(transaction => OrderTable.FindAsync(transaction, id), cancellationToken);

    /// <summary>The order that was paid by a purchase of that number at that channel, with money or in its sandbox; null: none.</summary>
    public Task<OrderId?> HolderAsync(string channel, string transactionId, CancellationToken cancellationToken)
    {
        var paid = new Payment { Channel = channel, Environment = Payment.Production, TransactionId = transactionId };
        return store.ReadAsync(
            async transaction =>
            {
                var production = PaymentTable.HolderAsync(transaction, paid).AsTask();
                var sandbox = PaymentTable.HolderAsync(transaction, paid with { Environment = Payment.Sandbox }).AsTask();
                var (first, second) = (await production, await sandbox);
                return first ?? second;
            },
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} created: game {GameId}, product {ProductId}, {Money} {Currency}")]
    private static partial void LogCreated(ILogger logger, OrderId orderId, long gameId, string productId, Money money, string currency);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} paid: {Channel} {TransactionId} ({Environment}), now {Progress}")]
    private static partial void LogPaid(ILogger logger, OrderId orderId, string channel, string transactionId, string environment, Progress progress);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} payment refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, OrderId orderId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} has an unapplied payment: {Channel} {TransactionId}: {Reason}")]
    private static partial void LogUnapplied(ILogger logger, OrderId orderId, string channel, string transactionId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} delivered")]
    private static partial void LogDelivered(ILogger logger, OrderId orderId);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} {Action} by {Actor}: {Reason}")]
    private static partial void LogAct(ILogger logger, OrderId orderId, string action, string actor, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unpaid orders expired")]
    private static partial void LogExpired(ILogger logger, int count);
}
