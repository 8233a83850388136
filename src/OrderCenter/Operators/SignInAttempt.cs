namespace OrderCenter.Operators;

/// <summary>An attempt to sign in, or to change one's own account, as <see cref="SignInLimit"/> has counted it.</summary>
/// <param name="Id">Under what it is counted; empty: it is refused, and not counted.</param>
/// <param name="SecondsLocked">After how many seconds the next attempt is allowed; 0: this one is.</param>
internal sealed record SignInAttempt(string Id, int SecondsLocked)
{
    /// <summary>Whether the name is locked if this attempt fails.</summary>
    public bool LocksName { get; init; }

    /// <summary>Whether the address is locked if this attempt fails.</summary>
    public bool LocksAddress { get; init; }
}
