namespace OrderCenter.Domain;

/// <summary>Who does an operation, and why. Both are kept with the order.</summary>
public sealed record AuditContext(string Actor, string Reason);
