namespace OrderCenter.Cards;

/// <summary>The result of issuing cards to an order.</summary>
public abstract record IssueOutcome
{
    private IssueOutcome()
    {
    }

    /// <param name="Cards">In the order in which they were imported.</param>
    /// <param name="Keys">Their keys, to undo it (<see cref="CardInventory.ReleaseAsync"/>).</param>
    public sealed record Issued(IReadOnlyList<Card> Cards, IReadOnlyList<string> Keys) : IssueOutcome;

    /// <summary>The stock is less than the order's quantity; none was issued.</summary>
    public sealed record Lacking : IssueOutcome;

    /// <summary>A card cannot be decrypted; none was issued.</summary>
    public sealed record Unreadable(string Reason) : IssueOutcome;
}
