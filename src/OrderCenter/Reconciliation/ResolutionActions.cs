using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The actions that resolve a discrepancy.</summary>
public static class ResolutionActions
{
    /// <summary>Marks the order as paid, by the statement.</summary>
    public const string MarkPaid = "markPaid";

    /// <summary>Holds the order for review; a delivered one is marked as doubted.</summary>
    public const string Review = "review";

    /// <summary>Records the refund.</summary>
    public const string Refund = "refund";

    /// <summary>Queries the store; what it confirms is applied, and a confirmed payment resolves the
    /// discrepancy.</summary>
    public const string Recheck = "recheck";

    /// <summary>Changes nothing; the reason is kept.</summary>
    public const string Ignore = "ignore";

    public static readonly IReadOnlyList<string> All = [MarkPaid, Recheck, Review, Refund, Ignore];

    /// <summary>The actions that fit a discrepancy. Where it has no order, the request may name one.</summary>
    public static IReadOnlyList<string> Of(Discrepancy discrepancy) => discrepancy switch
    {
        { Kind: DiscrepancyKind.MissingHere, TransactionId: not null, OrderId: not null } => [Recheck, MarkPaid, Ignore],
        { Kind: DiscrepancyKind.MissingHere, TransactionId: not null } => [MarkPaid, Ignore],
        { Kind: DiscrepancyKind.MissingThere, OrderId: not null } => [Recheck, Review, Refund, Ignore],

        // A refund that is known here over another amount: recorded again it would count twice.
        { Kind: DiscrepancyKind.AmountDiffers, IsPart: true, OrderId: not null } => [Review, Ignore],
        { Kind: DiscrepancyKind.AmountDiffers, OrderId: not null } => [Review, Refund, Ignore],
        { Kind: DiscrepancyKind.RefundedThere, OrderId: not null } => [Refund, Ignore],
        _ => [Ignore],
    };
}
