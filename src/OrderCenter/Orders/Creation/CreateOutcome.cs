using OrderCenter.Domain;

namespace OrderCenter.Orders.Creation;

/// <summary>The result of a request to create an order.</summary>
public abstract record CreateOutcome
{
    private CreateOutcome()
    {
    }

    public sealed record Created(OrderId OrderId) : CreateOutcome;

    /// <summary>The same merchant order id with the same content: the first order.</summary>
    public sealed record Repeated(OrderId OrderId) : CreateOutcome;

    /// <summary>The same merchant order id with other content: a conflict of idempotency.</summary>
    public sealed record Conflict(OrderId OrderId) : CreateOutcome;

    /// <summary>The product or its price is not the catalogue's; nothing was recorded.</summary>
    public sealed record Refused(string Reason) : CreateOutcome;

    /// <summary>The signature was already used with other fields: the message was probably forged by rearranging the characters of a signed
    /// one.</summary>
    public sealed record SignatureReused(OrderId OrderId) : CreateOutcome;
}
