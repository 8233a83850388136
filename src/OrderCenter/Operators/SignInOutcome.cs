namespace OrderCenter.Operators;

/// <summary>What came of a sign-in.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record SignedIn(Session Session) : SignInOutcome;

    /// <summary>The name, the password or the code is wrong: which one is in the audit log only.</summary>
    public sealed record Refused : SignInOutcome;

    /// <summary>Too many failed; the right password is not looked at either.</summary>
    public sealed record Locked(int Seconds) : SignInOutcome;
}
