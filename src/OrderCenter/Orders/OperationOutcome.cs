namespace OrderCenter.Orders;

/// <summary>The result of an operation on an order.</summary>
public abstract record OperationOutcome
{
    private OperationOutcome()
    {
    }

    public sealed record Done : OperationOutcome;

    /// <summary>The order was in that state already; nothing was done and nothing recorded.</summary>
    public sealed record Unchanged : OperationOutcome;

    public sealed record NotFound : OperationOutcome;

    /// <summary>The order's state does not allow it.</summary>
    public sealed record NotAllowed(string Reason) : OperationOutcome;
}
