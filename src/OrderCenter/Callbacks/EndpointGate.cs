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

    private readonly Lock _gate = new();
    private readonly HashSet<CallbackId> _failing = [];
    private int _inFlight;
    private int _failures;
    private int _ramp = int.MaxValue;
    private long _openMs = OpenMinMs;
    private long _openUntilMs;
    private bool _isOpen;
    private long _nextDueMs = long.MaxValue;

    public string Endpoint => endpoint;

    public long GameId => gameId;

    /// <summary>When this node last claimed here, Unix milliseconds; only the claiming loop reads and writes it.</summary>
    public long ClaimedMs { get; set; }

    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _inFlight;
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

    public void SetNextDue(long? dueMs)
    {
        lock (_gate)
        {
            _nextDueMs = dueMs ?? long.MaxValue;
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
            var most = !_isOpen ? Math.Min(maxConcurrency, _ramp) : nowMs >= _openUntilMs ? 1 : 0;
            var taken = Math.Max(0, Math.Min(most - _inFlight, wanted));
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
}
