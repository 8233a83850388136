namespace OrderCenter.Apps;

/// <summary>What came of a change to an app.</summary>
public abstract record AppOutcome
{
    private AppOutcome()
    {
    }

    public sealed record Created(AppEntry Entry) : AppOutcome;

    public sealed record Changed(AppEntry Entry) : AppOutcome
    {
        /// <summary>What it was before this change.</summary>
        public required AppEntry Before { get; init; }
    }

    public sealed record Invalid(IReadOnlyList<Fault> Faults) : AppOutcome;

    public sealed record NotFound : AppOutcome;
}
