using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Orders.Creation;

/// <summary>Takes an order's money from an internal account, in the order's own transaction. False: it does not suffice, and nothing was
/// done.</summary>
public delegate ValueTask<bool> DebitAccount(Transaction transaction, Order order);
