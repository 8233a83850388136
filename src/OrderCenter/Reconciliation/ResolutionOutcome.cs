using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The result of a request to resolve a discrepancy.</summary>
public abstract record ResolutionOutcome
{
    private ResolutionOutcome()
    {
    }

    /// <summary>Done, now or before.</summary>
    public sealed record Done(Discrepancy Discrepancy) : ResolutionOutcome;

    public sealed record NotFound : ResolutionOutcome;

    /// <summary>The action does not fit the discrepancy, or the order does not allow it.</summary>
    public sealed record NotAllowed(string Reason) : ResolutionOutcome;
}
