using System.Collections.Concurrent;
using OrderCenter.Apps;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;

namespace OrderCenter.Callbacks;

/// <summary>What the parts of this node's dispatcher share: the limiter of every endpoint, the count of callbacks that are leased to the
/// node, whether it accepts more, and the signal that wakes the dispatcher.</summary>
internal sealed class DispatcherState : IDisposable
{
    private const long EndpointIdleMs = 3_600_000;

    /// <summary>How long a stop waits for requests in flight. A stop may take 10 s in all (contract.md): the rest is for releasing the
    /// leases of what was cut off.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PutBackMax = TimeSpan.FromSeconds(1);

    private readonly AppCatalog _apps;
    private readonly LeaseClock _leases;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, EndpointLimiter> _endpoints = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _signal = new(0);
    private readonly CancellationTokenSource _requestCancellation;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isSignalled;
    private volatile bool _isAccepting;

    public DispatcherState(Database database, AppCatalog apps, IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        (_leases, _apps, _clock) = (database.Leases, apps, clock);
        _requestCancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        lifetime.ApplicationStopping.Register(StopAccepting);
    }

    /// <summary>The wall clock: due times, and times that people see.</summary>
    public long WallMs => _leases.WallMs;

    /// <summary>The monotonic clock, which nobody sets: waits in memory.</summary>
    public long MonotonicMs => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    public LeasedCallbackCount Leased { get; } = new();

    public ICollection<EndpointLimiter> Endpoints => _endpoints.Values;

    /// <summary>False before the start and from the beginning of a stop on: no callback is begun.</summary>
    public bool IsAccepting => _isAccepting;

    /// <summary>Cancelled when a stop has waited long enough for the requests in flight.</summary>
    public CancellationToken RequestToken => _requestCancellation.Token;

    /// <summary>Whether this node sends callbacks in the background; if it does not, other nodes do.</summary>
    public bool SendsInBackground { get; set; }

    /// <summary>The app that an endpoint belongs to.</summary>
    public static long GameIdOf(string endpoint) => Callback.GameIdOf(endpoint);

    public EndpointLimiter EndpointOf(string endpoint, long gameId)
    {
        while (true)
        {
            var limiter = _endpoints.GetOrAdd(endpoint, static (name, number) => new EndpointLimiter(name, number), gameId);
            if (limiter.TryTouch(MonotonicMs))
            {
                return limiter;
            }
            _endpoints.TryRemove(KeyValuePair.Create(endpoint, limiter));
        }
    }

    /// <summary>When the next callback of an endpoint is due, as far as this node knows; <see cref="long.MaxValue"/>: none.</summary>
    public long NextDueMs(string endpoint) => _endpoints.TryGetValue(endpoint, out var limiter) ? limiter.NextDueMs : long.MaxValue;

    /// <summary>The limiter of an endpoint; null: this node has not used the endpoint lately.</summary>
    public EndpointLimiter? Find(string endpoint) => _endpoints.GetValueOrDefault(endpoint);

    public int MaxConcurrencyOf(EndpointLimiter endpoint) => _apps.Find(endpoint.GameId)?.Callback.MaxConcurrency ?? 1;

    public void RetireIdleEndpoints()
    {
        foreach (var (name, limiter) in _endpoints)
        {
            if (limiter.TryRetire(EndpointIdleMs, MonotonicMs))
            {
                _endpoints.TryRemove(KeyValuePair.Create(name, limiter));
            }
        }
    }

    /// <summary>Notes when a callback is due at an endpoint, and wakes the dispatcher.</summary>
    public void NoteDue(string endpoint, long gameId, long dueMs)
    {
        EndpointOf(endpoint, gameId).NoteDue(dueMs);
        Signal();
    }

    /// <summary>Wakes the dispatcher if the endpoint may be claimed for again.</summary>
    public void SignalFreed(EndpointLimiter endpoint)
    {
        if (endpoint.ShouldClaim(MaxConcurrencyOf(endpoint), WallMs, MonotonicMs) || Leased.HasAtMostOneFree(_apps.Find(endpoint.GameId)))
        {
            Signal();
        }
    }

    /// <summary>Subtracts callbacks that are not leased any more, or were only reserved, from the count of their app. Wakes the dispatcher
    /// if the app was at its limit, and ends the drain of a stop with the last one.</summary>
    public void ReleaseLeased(EndpointLimiter endpoint, int count = 1)
    {
        var wasFull = _apps.Find(endpoint.GameId) is { } app && Leased.AvailableFor(app) <= 0;
        var left = Leased.Remove(endpoint.GameId, count);
        if (wasFull && count > 0)
        {
            Signal();
        }
        if (left == 0 && !_isAccepting)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Waits until the dispatcher is signalled or the time has passed.</summary>
    public async Task WaitAsync(long waitMs, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_signal.WaitAsync(either.Token), Task.Delay(TimeSpan.FromMilliseconds(waitMs), _clock, either.Token));
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();

        // The flag is reset only after waking: a later signal is seen by the pass that begins now or ends the next wait, and none is lost.
        Interlocked.Exchange(ref _isSignalled, 0);
    }

    public void Signal()
    {
        if (Interlocked.Exchange(ref _isSignalled, 1) == 0)
        {
            _signal.Release();
        }
    }

    public void StartAccepting() => _isAccepting = true;

    /// <summary>Begins no more requests, and starts the timer that cuts off those in flight after <see cref="DrainMax"/>.</summary>
    public void StopAccepting()
    {
        _isAccepting = false;
        _requestCancellation.CancelAfter(DrainMax);
    }

    /// <summary>Waits until no callback is leased to this node. The outcome of a request that is cut off is unknown; another node sends it
    /// again.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (Leased.Total == 0)
        {
            _drained.TrySetResult();
        }
        _requestCancellation.CancelAfter(DrainMax);
        await Task.WhenAny(_drained.Task, Task.Delay(DrainMax + PutBackMax, _clock, cancellationToken));
        await _requestCancellation.CancelAsync();
    }

    public void Dispose()
    {
        _requestCancellation.Dispose();
        _signal.Dispose();
    }
}
