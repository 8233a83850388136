namespace OrderCenter.Api;

/// <summary>An authentic payment that paid nothing here.</summary>
/// <param name="Payment">The payment.</param>
/// <param name="SeenAt">When it was presented first.</param>
/// <param name="Reason">Why it paid nothing.</param>
/// <param name="SettledAt">Since when nobody need look at it: a person has decided about its order or settled it, or the store gave the
/// money back; null: somebody has to.</param>
internal sealed record UnappliedJson(PaymentJson Payment, DateTime SeenAt, string Reason, DateTime? SettledAt);
