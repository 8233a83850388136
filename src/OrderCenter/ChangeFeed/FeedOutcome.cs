using OrderCenter.Domain.Changes;

namespace OrderCenter.ChangeFeed;

/// <summary>The result of a request for a page of a game's feed.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome()
    {
    }

    /// <param name="Items">In the order of their numbers, without a gap.</param>
    /// <param name="Next">Where the next page begins.</param>
    /// <param name="HasMore">Whether there is more now.</param>
    public sealed record Page(IReadOnlyList<NumberedChange> Items, FeedPosition Next, bool HasMore) : FeedOutcome;

    /// <summary>The changes after that position are no longer kept.</summary>
    /// <param name="Oldest">The oldest number that is kept.</param>
    public sealed record Gone(long Oldest) : FeedOutcome;

    /// <summary>The position is of another history: the database was restored to an earlier time since.</summary>
    /// <param name="Oldest">As of <see cref="Gone"/>.</param>
    public sealed record OtherHistory(long Oldest) : FeedOutcome;
}
