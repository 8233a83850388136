namespace OrderCenter.Cards;

/// <summary>The result of issuing cards to an order.</summary>
public abstract record IssueOutcome
{
    private IssueOutcome()
    {
    }

    public sealed record Issued(IReadOnlyList<Card> Cards) : IssueOutcome;

    /// <summary>The stock is less than the order's quantity; none was issued.</summary>
    public sealed record Lacking : IssueOutcome;

    /// <summary>A card cannot be decrypted; none was issued.</summary>
    public sealed record Unreadable(string Reason) : IssueOutcome;
}
