namespace OrderCenter.ProviderSync;

/// <summary>The result of a refund at a store.</summary>
public abstract record ProviderRefundOutcome
{
    private ProviderRefundOutcome()
    {
    }

    /// <summary>The store refunded it, and the order says so.</summary>
    public sealed record Done : ProviderRefundOutcome;

    /// <summary>The store accepted it and reports the end later; the order is still paid.</summary>
    public sealed record Pending : ProviderRefundOutcome;

    public sealed record NotFound : ProviderRefundOutcome;

    public sealed record NotAllowed(string Reason) : ProviderRefundOutcome;

    /// <summary>The store could not be called; trying again is safe, since it is one refund however often it is requested.</summary>
    public sealed record TryLater(string Reason) : ProviderRefundOutcome;
}
