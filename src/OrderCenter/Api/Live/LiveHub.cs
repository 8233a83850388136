using System.Collections.Immutable;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.OpenWork;

namespace OrderCenter.Api.Live;

/// <summary>All streams of this node. While there is one, the node looks at the ends of the feeds and at what needs a person, once for all
/// of them; without one it does nothing.</summary>
internal sealed class LiveHub(FeedFollower follower, WorkCounts work, LiveOptions options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private ImmutableArray<LiveSubscription> _streams = [];
    private WorkSnapshot? _work;
    private long _workReadAt;

    /// <summary>The streams that are open.</summary>
    internal ImmutableArray<LiveSubscription> Streams
    {
        get
        {
            lock (_lock)
            {
                return _streams;
            }
        }
    }

    /// <summary>A stream was opened: the next look is due now.</summary>
    public event EventHandler? Opened;

    /// <summary>Opens a stream.</summary>
    /// <returns>The stream; or none, because its holder, or this node, has as many as are allowed.</returns>
    public (LiveSubscription? Stream, bool IsHolderFull) TryOpen(string holder, GameLimit games)
    {
        var stream = new LiveSubscription(holder, games);
        lock (_lock)
        {
            if (_streams.Count(other => other.Holder == holder) >= options.StreamsOfCallerMax)
            {
                return (null, true);
            }
            if (_streams.Length >= options.StreamsMax)
            {
                return (null, false);
            }
            _streams = _streams.Add(stream);
        }
        Opened?.Invoke(this, EventArgs.Empty);
        return (stream, false);
    }

    public void Close(LiveSubscription stream)
    {
        lock (_lock)
        {
            _streams = _streams.Remove(stream);
        }
    }

    /// <summary>Looks once, and adds to each stream what is its own.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var streams = Streams;
        if (streams.IsEmpty)
        {
            follower.Reset();
            _work = null;
            return;
        }

        // 1. The feeds of the games that somebody sees.
        var isAnyWanted = streams.Any(stream => stream.Games.Games is null);
        var wanted = streams.SelectMany(stream => stream.Games.Games ?? []).ToHashSet();
        foreach (var changes in await follower.NextAsync(gameId => isAnyWanted || wanted.Contains(gameId), cancellationToken))
        {
            foreach (var stream in streams)
            {
                stream.Add(changes);
            }
        }

        // 2. What needs a person, less often.
        if (_work is null || clock.GetElapsedTime(_workReadAt) >= options.WorkPeriod)
        {
            var before = _work;
            (_work, _workReadAt) = (await work.ReadAsync(cancellationToken), clock.GetTimestamp());
            AddWork(streams, before ?? _work, _work);
        }

        // 3. Who came before this look misses nothing from it on.
        foreach (var stream in streams)
        {
            stream.MarkReady();
        }
    }

    private static void AddWork(ImmutableArray<LiveSubscription> streams, WorkSnapshot before, WorkSnapshot now)
    {
        foreach (var gameId in before.Games.Keys.Union(now.Games.Keys))
        {
            var (was, isNow) = (before.Games.GetValueOrDefault(gameId), now.Games.GetValueOrDefault(gameId));
            if (was != isNow)
            {
                var haveCallbacksChanged = CallbacksOf(was) != CallbacksOf(isNow);
                var haveAlertsChanged = AlertsOf(was) != AlertsOf(isNow);
                foreach (var stream in streams)
                {
                    stream.AddWork(gameId, haveCallbacksChanged, haveAlertsChanged);
                }
            }
        }
    }

    private static (long?, long?, long?) CallbacksOf(GameWork? game) =>
        (game?.ExhaustedCallbacks ?? 0, game?.HeldCallbacks ?? 0, game?.OldestWaitingMs);

    private static (long, long) AlertsOf(GameWork? game) => (game?.OpenAlerts ?? 0, game?.AlertsMark ?? 0);
}
