using OrderCenter.Domain;

namespace OrderCenter.Reconciliation.Discrepancies;

/// <summary>The amount and the number of pieces on one side.</summary>
public sealed record DiscrepancySide(Money? Money, string? Currency, long? Units);
