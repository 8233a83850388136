using OrderCenter.Callbacks.Endpoints;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks;

/// <summary>One endpoint (app, scheme, host, port) on this node: the requests in flight, each of which has a slot, the leased callbacks
/// that wait for a free slot (prefetched), when the next one is due, and a circuit breaker for an endpoint at which every request fails. An
/// open breaker delays callbacks and consumes no attempts. Safe for concurrent use.</summary>
/// <remarks><c>wallMs</c> and due times are of the wall clock; <c>nowMs</c> is of the monotonic clock, which nobody
/// sets.</remarks>
internal sealed class EndpointLimiter(string endpoint, long gameId)
{
    /// <summary>protocols.md, "Callbacks, in every protocol".</summary>
    public const int FailuresToOpen = 20;
    public const int CallbacksToOpen = 5;
    private const long OpenMinMs = 10_000;
    private const long OpenMaxMs = 300_000;

    /// <summary>About as long as a claim takes.</summary>
    private const long RateWindowMs = 25;

    /// <summary>At most this many times the slots of the endpoint are prefetched.</summary>
    public const int PrefetchFactorMax = 8;

    /// <summary>A claim is made when a quarter of what may be leased is free, or at this interval: a few large claims cost less than many
    /// small ones.</summary>
    private const int ClaimDivisor = 4;
    public const long ClaimIntervalMs = 5;

    private readonly Lock _lock = new();
    private readonly HashSet<CallbackId> _failedCallbacks = [];
    private readonly Queue<LeasedCallback> _prefetched = new();
    private int _inFlight;
    private int _completed;
    private int _completedBefore;
    private long _windowStartMs;
    private int _failures;
    private int _rampUpMax = int.MaxValue;
    private long _openForMs = OpenMinMs;
    private long _openUntilMs;
    private bool _isOpen;
    private long _nextDueMs = long.MaxValue;
    private long _lastClaimMs;
    private long _lastUseMs;
    private bool _isRetired;

    public string Endpoint => endpoint;

    public long GameId => gameId;

    /// <summary>The attempts of the last hour.</summary>
    public EndpointHistory History { get; } = new();

    /// <summary>When this node last claimed for the endpoint, by the monotonic clock.</summary>
    public long LastClaimMs => Volatile.Read(ref _lastClaimMs);

    /// <summary>When the next callback is due, as far as this node knows; <see cref="long.MaxValue"/>:
    /// none.</summary>
    public long NextDueMs => Volatile.Read(ref _nextDueMs);

    public bool IsBreakerOpen => Volatile.Read(ref _isOpen);

    /// <summary>How long until a request may be sent: until the next due time, or the breaker's next trial if that is later. Zero or less:
    /// now.</summary>
    public long WaitMs(long wallMs, long nowMs)
    {
        lock (_lock)
        {
            var dueInMs = _nextDueMs == long.MaxValue ? long.MaxValue : _nextDueMs - wallMs;
            return _isOpen ? Math.Max(dueInMs, _openUntilMs - nowMs) : dueInMs;
        }
    }

    /// <summary>As it is shown.</summary>
    public EndpointState Describe(long wallMs, long nowMs)
    {
        lock (_lock)
        {
            return new EndpointState(endpoint, gameId)
            {
                InFlight = _inFlight, BreakerTriesMs = _isOpen ? wallMs + Math.Max(0, _openUntilMs - nowMs) : null,
                LastHour = History.Read(nowMs),
            };
        }
    }

    /// <summary>Notes that the endpoint is about to be used.</summary>
    /// <returns>False: this limiter was retired, and a new one is needed.</returns>
    public bool TryTouch(long nowMs)
    {
        lock (_lock)
        {
            _lastUseMs = nowMs;
            return !_isRetired;
        }
    }

    /// <summary>Retires a limiter that has had nothing in flight or due for a while.</summary>
    /// <returns>True: it may be removed.</returns>
    public bool TryRetire(long idleMs, long nowMs)
    {
        lock (_lock)
        {
            var isUnused = _inFlight == 0 && _prefetched.Count == 0 && _nextDueMs == long.MaxValue;
            return _isRetired = _isRetired || (isUnused && nowMs - _lastUseMs >= idleMs);
        }
    }

    public void NoteDue(long dueMs)
    {
        lock (_lock)
        {
            _nextDueMs = Math.Min(_nextDueMs, dueMs);
        }
    }

    /// <summary>Begins a claim, which reads again what is due; due times that are noted from here on still count.</summary>
    public void BeginClaim(long nowMs)
    {
        lock (_lock)
        {
            (_nextDueMs, _lastClaimMs) = (long.MaxValue, nowMs);
        }
    }

    /// <summary>Whether something is due and enough is free for a claim to be worth its cost.</summary>
    public bool ShouldClaim(int maxConcurrency, long wallMs, long nowMs)
    {
        lock (_lock)
        {
            if (_nextDueMs > wallMs)
            {
                return false;
            }
            var (free, prefetchMax) = (maxConcurrency - _inFlight, PrefetchMax(maxConcurrency, nowMs));
            return free + prefetchMax - _prefetched.Count >= Math.Max(1, (maxConcurrency + prefetchMax) / ClaimDivisor)
                || (free > _prefetched.Count && nowMs >= _lastClaimMs + ClaimIntervalMs);
        }
    }

    /// <summary>How many may be claimed beyond the free slots.</summary>
    public int PrefetchCapacity(int maxConcurrency, long nowMs)
    {
        lock (_lock)
        {
            return Math.Max(0, PrefetchMax(maxConcurrency, nowMs) - _prefetched.Count);
        }
    }

    /// <summary>Keeps a leased callback until a slot is free.</summary>
    public void Prefetch(LeasedCallback leased)
    {
        lock (_lock)
        {
            _prefetched.Enqueue(leased);
        }
    }

    /// <summary>Reserves a slot for the next prefetched callback; null: there is none, or no free slot.</summary>
    public LeasedCallback? TryStartNext(int maxConcurrency)
    {
        lock (_lock)
        {
            if (_isOpen || _inFlight >= Math.Min(maxConcurrency, _rampUpMax) || !_prefetched.TryDequeue(out var leased))
            {
                return null;
            }
            _inFlight++;
            return leased;
        }
    }

    /// <summary>Removes all prefetched callbacks, which are not to be sent now.</summary>
    public IReadOnlyList<LeasedCallback> TakePrefetched()
    {
        lock (_lock)
        {
            if (_prefetched.Count == 0)
            {
                return [];
            }
            LeasedCallback[] prefetched = [.. _prefetched];
            _prefetched.Clear();
            return prefetched;
        }
    }

    /// <summary>Reserves up to <paramref name="max"/> slots; prefetched callbacks come first. <paramref name="max"/> may be negative,
    /// if the app has more than its share: then none is reserved.</summary>
    /// <returns>How many were reserved.</returns>
    public int ReserveSlots(int max, int maxConcurrency, long nowMs)
    {
        lock (_lock)
        {
            var limit = !_isOpen ? Math.Min(maxConcurrency, _rampUpMax) : nowMs >= _openUntilMs ? 1 : 0;
            var reserved = Math.Max(0, Math.Min(limit - _inFlight - _prefetched.Count, max));
            _inFlight += reserved;
            return reserved;
        }
    }

    /// <summary>Reserves a slot whatever the breaker and the limit say: somebody waits for the result.</summary>
    public void ReserveSlotUnchecked()
    {
        lock (_lock)
        {
            _inFlight++;
        }
    }

    /// <summary>Releases slots that were reserved and not used.</summary>
    public void ReleaseSlots(int count)
    {
        lock (_lock)
        {
            _inFlight -= count;
        }
    }

    /// <summary>Ends a request and releases its slot. The breaker opens after 20 consecutive failures of at least 5 different callbacks.
    /// When a trial succeeds, it closes; the limit then starts at 2 and doubles with each further success.</summary>
    /// <returns>True: this opened or closed the breaker.</returns>
    public bool EndRequest(CallbackId id, bool isAccepted, long nowMs)
    {
        lock (_lock)
        {
            _inFlight--;
            RollRateWindow(nowMs);
            _completed++;
            if (isAccepted)
            {
                _failures = 0;
                _failedCallbacks.Clear();
                var wasOpen = _isOpen;
                _rampUpMax = wasOpen ? 2 : _rampUpMax > int.MaxValue / 2 ? int.MaxValue : _rampUpMax * 2;
                _isOpen = false;
                _openForMs = OpenMinMs;
                return wasOpen;
            }
            if (_isOpen)
            {
                if (nowMs >= _openUntilMs)
                {
                    _openForMs = Math.Min(_openForMs * 2, OpenMaxMs);
                    _openUntilMs = nowMs + _openForMs;
                }
                return false;
            }
            _failures++;
            if (_failedCallbacks.Count < CallbacksToOpen)
            {
                _failedCallbacks.Add(id);
            }
            if (_failures < FailuresToOpen || _failedCallbacks.Count < CallbacksToOpen)
            {
                return false;
            }
            _isOpen = true;
            _openUntilMs = nowMs + _openForMs;
            return true;
        }
    }

    /// <summary>As many callbacks are prefetched as were completed in this rate window and the one before: a fast endpoint always has work
    /// ready, and one that hangs soon has no prefetched callbacks.</summary>
    private int PrefetchMax(int maxConcurrency, long nowMs)
    {
        if (_isOpen || _rampUpMax < maxConcurrency)
        {
            return 0;
        }
        RollRateWindow(nowMs);
        return Math.Min(_completed + _completedBefore, PrefetchFactorMax * maxConcurrency);
    }

    private void RollRateWindow(long nowMs)
    {
        // A time a little before the window's start counts as within it: callers read the clock before they take the
        // lock.
        if (nowMs - _windowStartMs is var passedMs && passedMs is <= -RateWindowMs or >= RateWindowMs)
        {
            (_completedBefore, _completed, _windowStartMs) = (passedMs is >= 0 and < 2 * RateWindowMs ? _completed : 0, 0, nowMs);
        }
    }
}
