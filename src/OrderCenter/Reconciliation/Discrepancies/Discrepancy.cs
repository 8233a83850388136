using OrderCenter.Domain;

namespace OrderCenter.Reconciliation.Discrepancies;

/// <summary>A discrepancy between a statement and our orders, and its resolution.</summary>
public sealed record Discrepancy
{
    public long Number { get; init; }
    public required DiscrepancyKind Kind { get; init; }
    public string? TransactionId { get; init; }
    public OrderId? OrderId { get; init; }
    public string? ProductId { get; init; }
    public DiscrepancySide? Theirs { get; init; }
    public DiscrepancySide? Ours { get; init; }
    public long? AtMs { get; init; }

    /// <summary>The line of the file.</summary>
    public long? Line { get; init; }

    /// <summary>Whether it is about a refund of a part of what was paid: one that is not known here, or one of the same number over another
    /// amount.</summary>
    public bool IsPart { get; init; }

    /// <summary>The number of that refund in the statement; null: it gives none.</summary>
    public string? RefundNumber { get; init; }

    /// <summary>What had gone back of the payment when the statement was compared; null: it is about no refund of an order.</summary>
    public Money? BackBefore { get; init; }

    public required string Detail { get; init; }
    public ResolutionState Resolution { get; init; }
    public string? Action { get; init; }
    public string? Actor { get; init; }
    public string? Reason { get; init; }
    public long? ResolvedMs { get; init; }
    public string? Outcome { get; init; }
}
