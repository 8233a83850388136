namespace OrderCenter.Reconciliation.Import;

/// <summary>The result of an upload of a statement.</summary>
public abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    /// <summary>The file was stored; its reconciliation begins.</summary>
    public sealed record Accepted(ReconciliationRun Reconciliation) : ImportOutcome;

    /// <summary>The same file for the same days was imported before.</summary>
    public sealed record Repeated(ReconciliationRun Reconciliation) : ImportOutcome;

    /// <summary>The file is no statement of that channel.</summary>
    public sealed record Refused(string Reason) : ImportOutcome;

    public sealed record TooLarge(string Reason) : ImportOutcome;

    /// <summary>The upload made no progress for too long, and its lines were deleted.</summary>
    public sealed record TooSlow : ImportOutcome;
}
