namespace OrderCenter.Reconciliation;

/// <summary>The counts of a reconciliation so far.</summary>
public sealed record ReconciliationCounts
{
    /// <summary>Lines of the file after its header.</summary>
    public long Lines { get; init; }

    /// <summary>Of these: fees, downloads and others that are no purchase.</summary>
    public long Other { get; init; }

    /// <summary>Of these: of other days.</summary>
    public long OtherDays { get; init; }

    /// <summary>Of these: of other games of the same account.</summary>
    public long OtherGames { get; init; }

    /// <summary>Of these: could not be read.</summary>
    public long Bad { get; init; }

    /// <summary>Lines to reconcile, of which <see cref="Walked"/> are done.</summary>
    public long Staged { get; init; }

    public long Walked { get; init; }

    /// <summary>Our payments that were looked up in the statement.</summary>
    public long Payments { get; init; }

    public long Matched { get; init; }

    /// <summary>Refunds that both sides know.</summary>
    public long RefundsMatched { get; init; }

    /// <summary>Of those that matched: in another currency than the order's, so that amounts were not
    /// compared.</summary>
    public long OtherCurrency { get; init; }

    /// <summary>Refunded pieces of an aggregate.</summary>
    public long ReturnedUnits { get; init; }

    public long MissingHere { get; init; }

    public long MissingThere { get; init; }

    public long AmountDiffers { get; init; }

    public long RefundedThere { get; init; }
}
