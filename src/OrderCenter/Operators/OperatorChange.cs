using OrderCenter.Domain;

namespace OrderCenter.Operators;

/// <summary>A change of an operator; null: the field stays.</summary>
public sealed record OperatorChange
{
    public Role? Role { get; init; }
    public GameLimit? Games { get; init; }
    public bool? IsDisabled { get; init; }

    /// <summary>Gives a first password in place of the one that he has, and unlocks his name.</summary>
    public bool ResetsPassword { get; init; }

    /// <summary>Takes the second factor away.</summary>
    public bool ResetsSecondFactor { get; init; }
}
