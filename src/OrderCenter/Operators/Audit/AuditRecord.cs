namespace OrderCenter.Operators.Audit;

/// <summary>An entry of the audit log as it is stored.</summary>
public sealed record AuditRecord
{
    public required string Id { get; init; }
    public required long AtMs { get; init; }
    public required string Actor { get; init; }
    public required string Via { get; init; }
    public string? Role { get; init; }
    public string? Address { get; init; }
    public required string Action { get; init; }
    public long? GameId { get; init; }
    public string? Target { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    public string? Reason { get; init; }

    /// <summary>Its place in the chain, from 1 on; null: it is not chained yet.</summary>
    public long? Number { get; init; }

    /// <summary>The hash of the entry before it; empty: it is the first.</summary>
    public string? PreviousHash { get; init; }

    public string? Hash { get; init; }
}
