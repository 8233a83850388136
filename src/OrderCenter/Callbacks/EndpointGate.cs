using OrderCenter.Model;

namespace OrderCenter.Callbacks;

/// <summary>One endpoint (app, scheme, host, port) as a node sees it: how many calls are in flight, when the next callback is due, and a breaker that stops
/// calling what fails every time. The breaker defers, it spends no attempts: what waits stays due. Safe for concurrent use.</summary>
internal sealed class EndpointGate(string endpoint, long gameId)
{
    /// <summary>protocols.md, "Callbacks, in every protocol".</summary>
    public const int FailuresToOpen = 20;
    public const int CallbacksToOpen = 5;
    private const long OpenMinMs = 10_000;
    private const long OpenMaxMs = 300_000;

    /// <summary>About as long as a claim may take to come back.</summary>
    private const long WindowMs = 25;

    /// <summary>At most this many times the endpoint's calls are leased beyond them.</summary>
    private const int AheadTimesMax = 8;

    private readonly Lock _gate = new();
    private readonly HashSet<CallbackId> _failing = [];
    private readonly Queue<Delivery> _ahead = new();
    private int _inFlight;
    private int _ended;
    private int _endedBefore;
    private long _windowMs;
    private int _failures;
    private int _ramp = int.MaxValue;
    private long _openMs = OpenMinMs;
    private long _openUntilMs;
    private bool _isOpen;
    private long _nextDueMs = long.MaxValue;
    private long _claimedMs;

    public string Endpoint => endpoint;

    public long GameId => gameId;

    /// <summary>When this node last claimed here, Unix milliseconds.</summary>
    public long ClaimedMs
    {
        get
        {
            lock (_gate)
            {
                return _claimedMs;
            }
        }
    }

    /// <summary>When the next waiting callback is due, as far as this node knows; <see cref="long.MaxValue"/>: none waits.</summary>
    public long NextDueMs
    {
        get
        {
            lock (_gate)
            {
                return _nextDueMs;
            }
        }
    }

    /// <summary>When something may be sent next: the next due time, or the breaker's next probe where that is later.</summary>
    public long WakeMs
    {
        get
        {
            lock (_gate)
            {
                return _isOpen ? Math.Max(_nextDueMs, _openUntilMs) : _nextDueMs;
            }
        }
    }

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _isOpen;
            }
        }
    }

    /// <summary>A claim begins: what is due from here on is learned anew.</summary>
    public void BeginClaim(long nowMs)
    {
        lock (_gate)
        {
            (_nextDueMs, _claimedMs) = (long.MaxValue, nowMs);
        }
    }

    /// <summary>Whether it is time to claim: something is due, and there is room for a good part of what may be leased, or the endpoint stands idle and the pace
    /// allows a small claim. A few large claims cost less than many of one.</summary>
    public bool WantsClaim(int maxConcurrency, long paceMs, int part, long nowMs)
    {
        lock (_gate)
        {
            if (_nextDueMs > nowMs)
            {
                return false;
            }
            var (free, ahead) = (maxConcurrency - _inFlight, AheadMost(maxConcurrency, nowMs));
            return free + ahead - _ahead.Count >= Math.Max(1, (maxConcurrency + ahead) / part) || (free > _ahead.Count && nowMs >= _claimedMs + paceMs);
        }
    }

    /// <summary>How many may be claimed beyond the room there is.</summary>
    public int WantedAhead(int maxConcurrency, long nowMs)
    {
        lock (_gate)
        {
            return Math.Max(0, AheadMost(maxConcurrency, nowMs) - _ahead.Count);
        }
    }

    /// <summary>Keeps a leased callback until a call ends.</summary>
    public void Keep(Delivery delivery)
    {
        lock (_gate)
        {
            _ahead.Enqueue(delivery);
        }
    }

    /// <summary>Takes room for the next leased callback that waits for it; null: there is none, or no room.</summary>
    public Delivery? TryNext(int maxConcurrency)
    {
        lock (_gate)
        {
            if (_isOpen || _inFlight >= Math.Min(maxConcurrency, _ramp) || !_ahead.TryDequeue(out var delivery))
            {
                return null;
            }
            _inFlight++;
            return delivery;
        }
    }

    /// <summary>Takes out what was leased and shall not be sent now.</summary>
    public IReadOnlyList<Delivery> TakeAhead()
    {
        lock (_gate)
        {
            if (_ahead.Count == 0)
            {
                return [];
            }
            Delivery[] ahead = [.. _ahead];
            _ahead.Clear();
            return ahead;
        }
    }

    public void Lower(long dueMs)
    {
        lock (_gate)
        {
            _nextDueMs = Math.Min(_nextDueMs, dueMs);
        }
    }

    /// <summary>Takes room for up to <paramref name="wanted"/> calls. None are wanted (zero or less) while checks and people hold more than the node's share.</summary>
    /// <returns>How many were taken.</returns>
    public int Take(int wanted, int maxConcurrency, long nowMs)
    {
        lock (_gate)
        {
            // What is leased already comes first.
            var most = !_isOpen ? Math.Min(maxConcurrency, _ramp) : nowMs >= _openUntilMs ? 1 : 0;
            var taken = Math.Max(0, Math.Min(most - _inFlight - _ahead.Count, wanted));
            _inFlight += taken;
            return taken;
        }
    }

    /// <summary>Takes room past the breaker and the limit: a check, or a person's word.</summary>
    public void TakeAnyway()
    {
        lock (_gate)
        {
            _inFlight++;
        }
    }

    /// <summary>Gives room back that was not used.</summary>
    public void GiveBack(int count)
    {
        lock (_gate)
        {
            _inFlight -= count;
        }
    }

    /// <summary>Ends a call. Twenty failures in a row over five callbacks open the breaker; after a success the rate comes back by doubling.</summary>
    /// <returns>True: the breaker opened or closed by this.</returns>
    public bool Leave(CallbackId id, bool isAccepted, long nowMs)
    {
        lock (_gate)
        {
            _inFlight--;
            RollWindow(nowMs);
            _ended++;
            if (isAccepted)
            {
                _failures = 0;
                _failing.Clear();
                var wasOpen = _isOpen;
                _ramp = wasOpen ? 2 : _ramp > int.MaxValue / 2 ? int.MaxValue : _ramp * 2;
                _isOpen = false;
                _openMs = OpenMinMs;
                return wasOpen;
            }
            if (_isOpen)
            {
                if (nowMs >= _openUntilMs)
                {
                    _openMs = Math.Min(_openMs * 2, OpenMaxMs);
                    _openUntilMs = nowMs + _openMs;
                }
                return false;
            }
            _failures++;
            if (_failing.Count < CallbacksToOpen)
            {
                _failing.Add(id);
            }
            if (_failures < FailuresToOpen || _failing.Count < CallbacksToOpen)
            {
                return false;
            }
            _isOpen = true;
            _openUntilMs = nowMs + _openMs;
            return true;
        }
    }

    /// <summary>As many as ended in this window and the one before: an endpoint which answers fast never waits for a claim's commit, and one which hangs soon holds no
    /// more than its calls.</summary>
    private int AheadMost(int maxConcurrency, long nowMs)
    {
        if (_isOpen || _ramp < maxConcurrency)
        {
            return 0;
        }
        RollWindow(nowMs);
        return Math.Min(_ended + _endedBefore, AheadTimesMax * maxConcurrency);
    }

    private void RollWindow(long nowMs)
    {
        // A caller whose time is a little older than the window's is in it all the same.
        if (nowMs - _windowMs is var passedMs && passedMs is <= -WindowMs or >= WindowMs)
        {
            (_endedBefore, _ended, _windowMs) = (passedMs is >= 0 and < 2 * WindowMs ? _ended : 0, 0, nowMs);
        }
    }
}
