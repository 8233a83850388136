namespace OrderCenter.Reconciliation;

/// <summary>A line of a statement as it is stored until it is reconciled.</summary>
internal sealed record StoredStatementLine(
    string Key, long Number, int Kind, string? OrderNumber, long AmountE4, string Currency, long Units, long? AtMs,
    string? Detail, string? Product = null, string? RefundNumber = null);
