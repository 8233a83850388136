using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel that polls its store for events that no notification reported.</summary>
public interface IEventSource
{
    /// <summary>How long after the last page the store is polled again.</summary>
    TimeSpan Period { get; }

    /// <summary>Reads the events after the cursor. Events may be read again: where a cursor was not stored, and a few always are.</summary>
    /// <param name="app">The app.</param>
    /// <param name="cursor">The last page's, stored once its events were handled; null: never polled before.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<PollResult> PollAsync(App app, string? cursor, CancellationToken cancellationToken);
}
