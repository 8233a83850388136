using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>Reads an order, for a channel whose store names one of ours; null: there is none. A function, since the orders know the
/// channels and not the other way round.</summary>
public delegate Task<Order?> FindOrder(OrderId id, CancellationToken cancellationToken);
