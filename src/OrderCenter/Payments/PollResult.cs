namespace OrderCenter.Payments;

/// <summary>A store's answer to a poll.</summary>
public abstract record PollResult
{
    private PollResult()
    {
    }

    /// <param name="Events">In the store's order.</param>
    /// <param name="Cursor">To be stored once all of them are handled.</param>
    /// <param name="HasMore">The next page can be polled at once.</param>
    public sealed record Page(IReadOnlyList<PolledEvent> Events, string Cursor, bool HasMore) : PollResult;

    /// <summary>The app's settings do not have what polling takes.</summary>
    public sealed record NotConfigured : PollResult;

    public sealed record TryLater(string Reason) : PollResult;
}
