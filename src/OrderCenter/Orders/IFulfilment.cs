using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Orders;

/// <summary>A protocol that fulfils paid orders by itself (cards), in the payment's own transaction. The orders know no protocol by
/// name.</summary>
public interface IFulfilment
{
    /// <summary>The protocol's name in an app's <c>protocol</c>.</summary>
    string Protocol { get; }

    /// <summary>Called once for an order that has just become paid and is not held; it may move the order on from
    /// <see cref="Progress.Created"/>.</summary>
    /// <returns>The order as it stands then.</returns>
    ValueTask<Order> FulfilAsync(Transaction transaction, App app, Order order, Payment payment, long nowMs);
}
