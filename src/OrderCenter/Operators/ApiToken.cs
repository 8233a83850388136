using OrderCenter.Domain;

namespace OrderCenter.Operators;

/// <summary>A token of a machine, without its secret.</summary>
public sealed record ApiToken
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required GameLimit Games { get; init; }

    /// <summary>Unix milliseconds; null: it does not expire.</summary>
    public long? ExpiresMs { get; init; }

    public required string CreatedBy { get; init; }
    public required long CreatedMs { get; init; }
}
