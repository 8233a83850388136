namespace OrderCenter.Payments.Statements;

/// <summary>The result of asking a store for a statement.</summary>
public abstract record StatementFetch
{
    private StatementFetch()
    {
    }

    /// <summary>The statement as a person would upload it.</summary>
    /// <param name="Content">The unpacked file, from its first byte on.</param>
    /// <param name="File">What holds the file; to be disposed after the content.</param>
    public sealed record Found(Stream Content, IDisposable File) : StatementFetch;

    /// <summary>The store says that nothing was sold or refunded in the period: a statement without lines.</summary>
    public sealed record Nothing : StatementFetch;

    /// <summary>There is no statement yet, or the store could not be asked.</summary>
    /// <param name="Reason">For the operator.</param>
    public sealed record TryLater(string Reason) : StatementFetch;

    /// <summary>The store refuses: the settings, the account's rights, or the period is too old.</summary>
    /// <param name="Reason">For the operator: what to check.</param>
    public sealed record Refused(string Reason) : StatementFetch;
}
