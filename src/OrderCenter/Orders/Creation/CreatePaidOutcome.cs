using OrderCenter.Domain;

namespace OrderCenter.Orders.Creation;

/// <summary>The result of creating an order and paying it at once.</summary>
public abstract record CreatePaidOutcome
{
    private CreatePaidOutcome()
    {
    }

    public sealed record Paid(Order Order) : CreatePaidOutcome;

    /// <summary>The same merchant order id with the same content: the first order. Nothing was charged.</summary>
    public sealed record Repeated(OrderId OrderId) : CreatePaidOutcome;

    /// <summary>The same merchant order id with other content: a conflict of idempotency.</summary>
    public sealed record Conflict(OrderId OrderId) : CreatePaidOutcome;

    /// <summary>The product or its price is not the catalogue's; nothing was recorded.</summary>
    public sealed record Refused(string Reason) : CreatePaidOutcome;

    /// <summary>The charge was refused; nothing was recorded.</summary>
    public sealed record NotCharged : CreatePaidOutcome;
}
