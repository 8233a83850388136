namespace OrderCenter.Reconciliation.Discrepancies;

/// <summary>The kind of a discrepancy.</summary>
public enum DiscrepancyKind
{
    /// <summary>In the statement, not here.</summary>
    MissingHere = 1,

    /// <summary>Paid here, not in the statement.</summary>
    MissingThere = 2,
    AmountDiffers = 3,

    /// <summary>Refunded in the statement, not here.</summary>
    RefundedThere = 4,
    BadLine = 5,
}
