using System.Collections.Concurrent;
using OrderCenter.Domain;

namespace OrderCenter.ProviderSync;

/// <summary>The stores that did not answer shortly before, by game and channel: those lookups are postponed without a call, so that a store
/// that answers nobody does not use up the time in which others are asked. Safe for concurrent use.</summary>
internal sealed class SilentStores(TimeProvider clock)
{
    private const int CountMax = 10_000;

    /// <summary>A lookup that takes as long and brings no answer was a wait for nothing.</summary>
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(long GameId, string Channel), long> _since = new();

    /// <summary>Whether the lookup would be a wait for nothing. False where only its receipt tells the channel.</summary>
    public bool IsSilent(PaymentLookup lookup) => lookup.Channel is { } channel
        && _since.TryGetValue((lookup.GameId, channel), out var since) && clock.GetElapsedTime(since) < s_pause;

    /// <summary>Notes how a lookup went.</summary>
    /// <param name="lookup">The lookup.</param>
    /// <param name="begun">When it began, of the clock's timestamps.</param>
    /// <param name="isAnswered">Whether the store said something.</param>
    public void Note(PaymentLookup lookup, long begun, bool isAnswered)
    {
        if (lookup.Channel is not { } channel)
        {
            return;
        }
        if (isAnswered)
        {
            _since.TryRemove((lookup.GameId, channel), out _);
        }
        else if (clock.GetElapsedTime(begun) >= s_wait)
        {
            if (_since.Count >= CountMax)
            {
                _since.Clear();
            }
            _since[(lookup.GameId, channel)] = clock.GetTimestamp();
        }
    }
}
