namespace OrderCenter.Channels.Shared;

/// <summary>A store's public keys by id. They are fetched where an id is not known or the keys are old, at a bounded rate, since anybody
/// can name an id; concurrent callers share one call.</summary>
/// <param name="clock">Waits use its monotonic time: a clock that is set back makes none longer.</param>
/// <param name="fetch">Gets the keys, because of an id, or says why it cannot now.</param>
/// <param name="pause">How long they are not fetched again.</param>
/// <param name="pauseAfterFault">The same, where they could not be had.</param>
/// <param name="ageMax">How long keys are used without being fetched again.</param>
internal sealed class FetchedKeys<T>(
    TimeProvider clock, Func<string, Task<(Dictionary<string, T>? Keys, string? Fault)>> fetch, TimeSpan pause, TimeSpan pauseAfterFault,
    TimeSpan ageMax)
{
    private readonly Lock _lock = new();

    /// <summary>Replaced as a whole.</summary>
    private volatile Fetched? _fetched;
    private volatile string? _fault;
    private Task _fetching = Task.CompletedTask;
    private TimeSpan _nextFetch;

    private TimeSpan Now => clock.GetElapsedTime(0);

    /// <returns>Whether the key is known; if not, why it cannot be fetched now. Neither: the store has no such key.</returns>
    public async ValueTask<(bool IsKnown, T? Key, string? Fault)> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (TryFind(id, out var key))
        {
            return (true, key, null);
        }
        await RefreshAsync(id).WaitAsync(cancellationToken);
        return TryFind(id, out key) ? (true, key, null) : (false, default, _fault);
    }

    private bool TryFind(string id, out T? key)
    {
        key = default;
        return _fetched is { } fetched && Now - fetched.At <= ageMax && fetched.Keys.TryGetValue(id, out key);
    }

    private Task RefreshAsync(string id)
    {
        lock (_lock)
        {
            if (_fetching.IsCompleted && Now >= _nextFetch)
            {
                _nextFetch = Now + pause;
                _fetching = FetchAsync(id);
            }
            return _fetching;
        }
    }

    /// <summary>Others wait for it too: a caller that goes away does not end it. It ends by the time limit of a call.</summary>
    private async Task FetchAsync(string id)
    {
        var (keys, fault) = await fetch(id);
        _fault = fault;
        if (keys is not null)
        {
            _fetched = new Fetched(keys, Now);
            return;
        }
        lock (_lock)
        {
            _nextFetch = Now + pauseAfterFault;
        }
    }

    private sealed record Fetched(Dictionary<string, T> Keys, TimeSpan At);
}
