namespace OrderCenter.Store;

/// <summary>What came of a batch of units.</summary>
internal abstract record BatchOutcome
{
    private BatchOutcome()
    {
    }

    /// <summary>Committed, and every unit is answered.</summary>
    public sealed record Done : BatchOutcome;

    /// <summary>Nothing is kept: these units took something back that others may have seen.</summary>
    public sealed record TookBack(IReadOnlyList<WorkItem> Items) : BatchOutcome;

    /// <summary>Nothing is kept: a unit or a statement failed.</summary>
    public sealed record Failed(Exception Reason) : BatchOutcome;

    /// <summary>The connection was lost, or cannot be made. Where it was lost during the commit, what was written may be kept.</summary>
    public sealed record Lost(Exception Reason) : BatchOutcome;
}
