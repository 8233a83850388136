using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Orders;

/// <summary>Stores what comes with a final result (cards), in the result's own transaction. It may await only the transaction (no I/O of
/// its own), because it runs inside a shared batch.</summary>
public delegate ValueTask<AttachmentOutcome> StoreAttachment(Transaction transaction, Order order, long nowMs);
