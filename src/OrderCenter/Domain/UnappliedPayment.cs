namespace OrderCenter.Domain;

/// <summary>An authentic payment that pays nothing here: a second one for a paid order, or one that contradicts the order.</summary>
/// <param name="Payment">The payment.</param>
/// <param name="OrderId">The order.</param>
/// <param name="SeenMs">When it was presented first, Unix milliseconds.</param>
/// <param name="Reason">Why it pays nothing.</param>
/// <param name="SettledMs">Since when nobody need look at it, Unix milliseconds; null: somebody has to.</param>
public sealed record UnappliedPayment(Payment Payment, OrderId OrderId, long SeenMs, string Reason, long? SettledMs);
