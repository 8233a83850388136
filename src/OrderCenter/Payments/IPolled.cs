using OrderCenter.Model;

namespace OrderCenter.Payments;

/// <summary>A channel that asks its store from time to time what has happened: for what no notification told, or none reached us. The process boundary is
/// the store.</summary>
public interface IPolled
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>How long after the last page the store is asked again.</summary>
    TimeSpan Period { get; }

    /// <summary>Asks for what came after the cursor. The same is told again where a cursor was not kept, and a little is always told twice.</summary>
    /// <param name="app">The app.</param>
    /// <param name="cursor">What the last page gave, kept durably once its news were taken; null: never asked before.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<Poll> PollAsync(App app, string? cursor, CancellationToken cancellationToken);
}

/// <summary>What a store tells when it is polled.</summary>
public abstract record Poll
{
    private Poll()
    {
    }

    /// <param name="News">In the store's order.</param>
    /// <param name="Cursor">To be kept once all of them are taken.</param>
    /// <param name="HasMore">The next page can be asked for at once.</param>
    public sealed record Page(IReadOnlyList<News> News, string Cursor, bool HasMore) : Poll;

    /// <summary>The app does not have what asking takes.</summary>
    public sealed record NotConfigured : Poll;

    public sealed record TryLater(string Reason) : Poll;
}

/// <summary>One thing that a store tells when it is polled.</summary>
public abstract record News
{
    private News()
    {
    }

    /// <summary>A notification that was to be pushed to us: authenticated, and kept under the id that the push has, so that it is read once however it
    /// came. An old word must not be applied again after a newer one.</summary>
    public sealed record Notice(string NoticeId, RawNotice Raw) : News;

    /// <summary>A fact that may be told any number of times.</summary>
    public sealed record Fact(Tidings Tidings) : News;
}
