using OrderCenter.Domain;

namespace OrderCenter.Operators.Audit;

/// <summary>The conditions of a search in the audit log; null: none.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }

    /// <summary>An action (<c>order.refund</c>), or the part before its point for all of a kind (<c>order</c>).</summary>
    public string? Action { get; init; }

    /// <summary>With a limit, what belongs to no game is not found.</summary>
    public GameLimit Games { get; init; } = GameLimit.None;

    /// <summary>Made at or after, Unix milliseconds.</summary>
    public long? FromMs { get; init; }

    /// <summary>Made before, Unix milliseconds.</summary>
    public long? ToMs { get; init; }
}
