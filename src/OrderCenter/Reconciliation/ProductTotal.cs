namespace OrderCenter.Reconciliation;

/// <summary>Both sides of a product in a currency, for a statement without transactions.</summary>
internal sealed record ProductTotal(
    string ProductId, string Currency, long TheirsUnits, long TheirsE4, long OursUnits, long OursE4);
