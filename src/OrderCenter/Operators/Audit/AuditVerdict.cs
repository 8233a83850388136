namespace OrderCenter.Operators.Audit;

/// <summary>What recomputing the chain has found.</summary>
/// <param name="Entries">How many entries are intact, from the first on.</param>
/// <param name="BrokenNumber">The place of the first one that is not; null: all are.</param>
/// <param name="Fault">What is wrong there; null: nothing.</param>
public sealed record AuditVerdict(long Entries, long? BrokenNumber = null, string? Fault = null);
