namespace OrderCenter.Domain;

/// <summary>An authentic payment that pays nothing here: a second one for a paid order, or one that contradicts the order.</summary>
public sealed record UnappliedPayment(Payment Payment, OrderId OrderId, long SeenMs, string Reason);
