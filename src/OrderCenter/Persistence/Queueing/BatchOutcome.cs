namespace OrderCenter.Persistence.Queueing;

/// <summary>The outcome of a batch of work items.</summary>
internal abstract record BatchOutcome
{
    private BatchOutcome()
    {
    }

    /// <summary>Committed, and every item is answered.</summary>
    public sealed record Done : BatchOutcome;

    /// <summary>Nothing is kept: these items undid something that others may have seen.</summary>
    public sealed record RolledBack(IReadOnlyList<WorkItem> Items) : BatchOutcome;

    /// <summary>Nothing is kept: an item or a statement failed.</summary>
    public sealed record Failed(Exception Reason) : BatchOutcome;

    /// <summary>The connection was lost, or cannot be made. Where it was lost during the commit, what was written may be kept.</summary>
    public sealed record Lost(Exception Reason) : BatchOutcome;
}
