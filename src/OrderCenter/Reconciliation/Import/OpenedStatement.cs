namespace OrderCenter.Reconciliation.Import;

/// <summary>The result of opening a file.</summary>
internal abstract record OpenedStatement
{
    private OpenedStatement()
    {
    }

    public sealed record Good(StatementReader Reader) : OpenedStatement;

    /// <summary>It is no statement of that channel: why, and what one looks like.</summary>
    public sealed record Refused(string Reason) : OpenedStatement;
}
