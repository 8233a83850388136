using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel that can query its store for the payment of an order without a receipt: for payment recovery (补单), rechecks and
/// checks.</summary>
public interface IPaymentQuery
{
    /// <summary>Whether the store knows our order id, so that no purchase has to be named.</summary>
    bool FindsByOrderId { get; }

    /// <summary>Whether an app has what queries take. Default: where it has configured the channel.</summary>
    bool IsConfigured(App app) => true;

    /// <summary>Whether a text has the form of the store's transaction ids, so that it is worth a call. Default: any text.</summary>
    bool IsTransactionId(string transaction) => true;

    /// <summary>Queries whether an order was paid. A purchase that is not there (yet) is <see cref="Verdict.Rejected"/>.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="transaction">The store's number of the purchase; null: the query is by our order id, where <see cref="FindsByOrderId"/>
    /// says so.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken);
}
