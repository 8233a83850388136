using OrderCenter.Domain;

namespace OrderCenter.Orders;

/// <summary>The result of presenting a payment for an order. Reasons are written for the game's developers.</summary>
public abstract record PaymentOutcome
{
    private PaymentOutcome()
    {
    }

    /// <summary>The order became paid now.</summary>
    public sealed record Paid(Order Order) : PaymentOutcome;

    /// <summary>This same payment had paid the order before; nothing was done.</summary>
    public sealed record AlreadyPaid(Order Order) : PaymentOutcome;

    /// <summary>The payment is real, but the order is held for review and must not be delivered.</summary>
    public sealed record Held(string Reason) : PaymentOutcome
    {
        /// <summary>Whether this payment contradicts the order and did not pay it. False: it paid, and the order is held for another
        /// reason.</summary>
        public bool IsRefused { get; init; }
    }

    public sealed record NotFound : PaymentOutcome;

    public sealed record Refused(string Reason) : PaymentOutcome
    {
        /// <summary>Whether the payment is recorded with the order as an unapplied one.</summary>
        public bool IsUnapplied { get; init; }
    }

    /// <summary>The store could not be reached; the same may succeed later.</summary>
    public sealed record TryLater(string Reason) : PaymentOutcome;
}
