namespace OrderCenter.Reconciliation.Fetching;

/// <summary>How far the fetch of a statement is. The numbers are the table's (<c>statement_fetches</c>).</summary>
public enum StatementFetchState
{
    /// <summary>It is due, now or later.</summary>
    Waiting = 0,

    /// <summary>The statement was imported; its reconciliation tells the rest.</summary>
    Fetched = 1,

    /// <summary>It was tried for <see cref="StatementFetcher.GiveUpAfter"/>: a person has to upload the statement or ask again.</summary>
    Failed = 2,
}
