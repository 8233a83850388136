using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A refund as a store is asked for it.</summary>
/// <param name="Order">The order.</param>
/// <param name="Payment">The payment of which money is to be given back.</param>
/// <param name="Number">The refund's own number with us: letters of A to Z and digits, at most 64 characters.</param>
/// <param name="Money">How much; at most what was paid.</param>
/// <param name="Reason">Why; the player may see it.</param>
public sealed record RefundRequest(Order Order, Payment Payment, string Number, Money Money, string Reason);
