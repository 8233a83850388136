namespace OrderCenter.Reconciliation;

/// <summary>A transaction id of a payment that paid an order, and when it did.</summary>
internal sealed record SettledTransaction(long SettledMs, string TransactionId, string Environment, string OrderId);
