using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Gives back what an order took from an account of our own, in the refund's own transaction; an order that took nothing is given nothing.
/// Done before is done. False: it cannot be given back, and nothing was done.</summary>
public delegate ValueTask<bool> GiveBack(Transaction transaction, Order order, ActBy by, long nowMs);

/// <summary>An account of our own that orders are paid from (points). The orders know none by name.</summary>
/// <param name="Channel">The channel's name in payments.</param>
/// <param name="GiveBack">What a refund does.</param>
public sealed record OwnAccount(string Channel, GiveBack GiveBack);
