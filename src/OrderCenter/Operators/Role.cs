namespace OrderCenter.Operators;

/// <summary>What an operator or a token may do. Each role may do all that the one before may.</summary>
public enum Role
{
    /// <summary>Reads; cards and secrets are masked.</summary>
    Viewer = 1,

    /// <summary>Redelivers, rechecks, holds, releases, closes; creates orders and accounts.</summary>
    Support = 2,

    /// <summary>Marks paid, refunds, repairs differences, posts points, imports and reads cards, exports.</summary>
    Finance = 3,

    /// <summary>Apps, secrets, channels, operators, tokens.</summary>
    Admin = 4,
}
