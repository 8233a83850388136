namespace OrderCenter.Operators.Audit;

/// <summary>Where the chain of the audit log ends.</summary>
internal sealed record AuditHead(long Number, string Hash);
