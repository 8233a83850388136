namespace OrderCenter.Operators;

/// <summary>What came of making or changing an operator.</summary>
public abstract record OperatorOutcome
{
    private OperatorOutcome()
    {
    }

    /// <param name="Operator">As he is now.</param>
    /// <param name="Password">His first password, which is shown once; null: the password is the one that he had.</param>
    public sealed record Done(Operator Operator, string? Password) : OperatorOutcome
    {
        public override string ToString() => $"{Operator.Name}, ***";
    }

    public sealed record NameTaken : OperatorOutcome;

    public sealed record NotFound : OperatorOutcome;

    /// <summary>It would reach games beyond the maker's.</summary>
    public sealed record Beyond : OperatorOutcome;

    public sealed record TooMany : OperatorOutcome;
}
