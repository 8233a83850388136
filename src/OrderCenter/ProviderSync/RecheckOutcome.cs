using OrderCenter.Orders;

namespace OrderCenter.ProviderSync;

/// <summary>The outcome of a recheck that an operator asked for.</summary>
/// <param name="Outcome">Null: there is no channel that could be queried.</param>
/// <param name="Message">For the operator.</param>
public sealed record RecheckOutcome(PaymentOutcome? Outcome, string Message);
