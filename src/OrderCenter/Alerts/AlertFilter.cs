using OrderCenter.Domain;

namespace OrderCenter.Alerts;

/// <summary>Which alerts are listed.</summary>
public sealed record AlertFilter
{
    public required GameLimit Games { get; init; }

    /// <summary>Only open, or only past ones; null: all.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>Only of this condition; null: of all.</summary>
    public string? Condition { get; init; }
}
