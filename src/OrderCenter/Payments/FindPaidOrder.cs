using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>The order that a purchase has paid, by any of its names; null: none.</summary>
public delegate Task<OrderId?> FindPaidOrder(string channel, string transactionId, CancellationToken cancellationToken);
