namespace OrderCenter.Operators;

/// <summary>What came of a change that an operator makes to his own account.</summary>
public abstract record OwnAccountOutcome
{
    private OwnAccountOutcome()
    {
    }

    /// <param name="Session">The session that goes on; after a change of the password its secret is a new one.</param>
    public sealed record Done(Session Session) : OwnAccountOutcome;

    /// <summary>A secret was drawn; a code confirms it.</summary>
    /// <param name="Secret">Base32.</param>
    /// <param name="Address">For a picture that an authenticator app reads.</param>
    public sealed record Drawn(string Secret, string Address) : OwnAccountOutcome
    {
        public override string ToString() => "***";
    }

    /// <summary>The present password or the code is wrong.</summary>
    public sealed record Wrong : OwnAccountOutcome;

    /// <summary>There is nothing to confirm or to leave.</summary>
    public sealed record NotEnrolled : OwnAccountOutcome;

    /// <summary>Too many failed.</summary>
    public sealed record Locked(int Seconds) : OwnAccountOutcome;

    /// <summary>Somebody changed the operator at the same moment.</summary>
    public sealed record Changed : OwnAccountOutcome;
}
