using System.Collections.Concurrent;

namespace OrderCenter.Simulator.Games;

/// <summary>One callback that arrived.</summary>
/// <param name="WebhookId">The header <c>webhook-id</c>; empty where there was none.</param>
/// <param name="Attempt">Which call with this id it is, from 1; counted anew where the log has forgotten it.</param>
/// <param name="At">When its body was read.</param>
/// <param name="Path">Where it arrived.</param>
/// <param name="Order">The platform's order number; empty where it could not be read.</param>
/// <param name="Headers">As sent, names in lower case.</param>
/// <param name="Body">As sent.</param>
/// <param name="Refusal">Why the game refused it; null: it was right.</param>
/// <param name="Fault">The fault that it met; null: none.</param>
public sealed record Arrival(
    string WebhookId, int Attempt, DateTimeOffset At, string Path, string Order, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body,
    string? Refusal, FaultKind? Fault);

/// <summary>What a game knows: which orders have their goods, which callbacks came, and what the order center did wrong.</summary>
public sealed class GameLedger
{
    /// <summary>Orders and callback ids remembered; beyond it the oldest are forgotten.</summary>
    public const int OrdersMax = 1 << 20;

    private readonly ConcurrentDictionary<string, int> _handled = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _handledInOrder = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Turn>> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly Queue<Arrival> _log = new();
    private readonly int _arrivalsMax;
    private long _received;
    private long _grants;
    private long _duplicates;
    private long _overlaps;
    private long _wrongSignatures;
    private long _malformed;
    private long _faults;
    private long _redirectsFollowed;
    private long _inFlightMax;
    private long _inFlightNow;
    private long _fast;
    private TaskCompletionSource? _changed;

    internal GameLedger(int arrivalsMax) => _arrivalsMax = arrivalsMax;

    /// <summary>Callbacks that arrived, right or wrong; not those of the fast path.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Orders whose goods were granted.</summary>
    public long Grants => Interlocked.Read(ref _grants);

    /// <summary>Right callbacks for what had been handled before. At least once delivery allows them.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Callbacks that arrived while another with the same <c>webhook-id</c> was not yet answered and its caller had not hung up. Must be 0.</summary>
    public long Overlaps => Interlocked.Read(ref _overlaps);

    /// <summary>Callbacks whose signature, the protocol's or Standard Webhooks', is wrong or missing.</summary>
    public long WrongSignatures => Interlocked.Read(ref _wrongSignatures);

    /// <summary>Callbacks that are not what the protocol's document says.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Callbacks that met a fault of the plan.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>Calls at the place to which <see cref="FaultKind.Redirect"/> points. Must be 0.</summary>
    public long RedirectsFollowed => Interlocked.Read(ref _redirectsFollowed);

    /// <summary>Callbacks not yet answered.</summary>
    public long InFlight => Interlocked.Read(ref _inFlightNow);

    /// <summary>The most callbacks that were ever unanswered at once.</summary>
    public long InFlightMax => Interlocked.Read(ref _inFlightMax);

    /// <summary>Calls of the fast path.</summary>
    public long Fast => Interlocked.Read(ref _fast);

    /// <summary>Whether an order's goods were granted, which happens once at most.</summary>
    public bool HasGoods(string order) =>
        _handled.ContainsKey(order + " paid") || _handled.ContainsKey(order + " success") || _handled.ContainsKey(order + " order.paid");

    /// <summary>How many right callbacks were handled for an order and an event: <c>paid</c> (H5Sdk, OrderCheck), <c>success</c>, <c>failed</c>,
    /// <c>order.paid</c>, <c>order.refunded</c>, <c>order.closed</c>.</summary>
    public int HandledOf(string order, string @event) => _handled.GetValueOrDefault(Key(order, @event));

    /// <summary>The last callbacks, oldest first.</summary>
    public IReadOnlyList<Arrival> Arrivals()
    {
        lock (_gate)
        {
            return [.. _log];
        }
    }

    /// <summary>The last callbacks of an order, oldest first.</summary>
    public IReadOnlyList<Arrival> ArrivalsOf(string order) => [.. Arrivals().Where(arrival => arrival.Order == order)];

    /// <summary>Waits until something is so; looked at again whenever a callback arrives, is handled, or is answered.</summary>
    public async Task WaitAsync(Func<GameLedger, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var changed = Interlocked.CompareExchange(ref _changed, fresh, null) ?? fresh;
            if (isSo(this))
            {
                return;
            }
            await changed.Task.WaitAsync(cancellationToken);
        }
    }

    internal void CountFast()
    {
        Interlocked.Increment(ref _fast);
        Changed();
    }

    internal void CountRedirect()
    {
        Interlocked.Increment(ref _redirectsFollowed);
        Changed();
    }

    /// <summary>Notes a callback that arrived, and that it is not yet answered.</summary>
    internal Turn Enter(Arrival arrival, Func<bool> isCallerThere)
    {
        var turn = new Turn(this, arrival.WebhookId, isCallerThere);
        lock (_gate)
        {
            var id = arrival.WebhookId;
            if (id.Length > 0)
            {
                if (!_inFlight.TryGetValue(id, out var others))
                {
                    _inFlight[id] = others = new List<Turn>(1);
                }
                _overlaps += others.Exists(other => other.IsCallerThere()) ? 1 : 0;
                others.Add(turn);
                arrival = arrival with { Attempt = _attempts[id] = _attempts.GetValueOrDefault(id) + 1 };
            }
            _log.Enqueue(arrival);
            if (_log.Count > _arrivalsMax && _log.Dequeue() is var oldest && _attempts.GetValueOrDefault(oldest.WebhookId) == oldest.Attempt)
            {
                _attempts.Remove(oldest.WebhookId);
            }
            _ = arrival.Refusal switch
            {
                null => 0,
                CallbackReading.WrongSignature => Interlocked.Increment(ref _wrongSignatures),
                _ => Interlocked.Increment(ref _malformed),
            };
            if (arrival.Fault is not null)
            {
                Interlocked.Increment(ref _faults);
            }

            // Last: whoever waits for these finds everything else about the arrival counted.
            _inFlightMax = Math.Max(_inFlightMax, _inFlightNow + 1);
            Interlocked.Increment(ref _inFlightNow);
            Interlocked.Increment(ref _received);
        }
        Changed();
        return turn;
    }

    private void Leave(Turn turn)
    {
        lock (_gate)
        {
            _inFlightNow--;
            if (_inFlight.TryGetValue(turn.WebhookId, out var turns) && turns.Remove(turn) && turns.Count == 0)
            {
                _inFlight.Remove(turn.WebhookId);
            }
        }
        Changed();
    }

    /// <summary>Handles a right callback. True the first time: then an event that pays grants the goods.</summary>
    internal bool Handle(CallbackReading callback)
    {
        var key = Key(callback.Order, callback.Event);
        var isFirst = _handled.AddOrUpdate(key, 1, (_, count) => count + 1) == 1;
        if (!isFirst)
        {
            Interlocked.Increment(ref _duplicates);
        }
        else
        {
            Interlocked.Add(ref _grants, callback.GrantsGoods ? 1 : 0);
            _handledInOrder.Enqueue(key);
            if (_handledInOrder.Count > OrdersMax && _handledInOrder.TryDequeue(out var oldest))
            {
                _handled.TryRemove(oldest, out _);
            }
        }
        Changed();
        return isFirst;
    }

    private static string Key(string order, string @event) => order + " " + @event;

    private void Changed()
    {
        // Nearly nobody waits, so the common case is one read.
        if (Volatile.Read(ref _changed) is not null)
        {
            Interlocked.Exchange(ref _changed, null)?.TrySetResult();
        }
    }

    /// <summary>That a callback is not yet answered.</summary>
    internal sealed class Turn(GameLedger ledger, string webhookId, Func<bool> isCallerThere)
    {
        private bool _isOver;

        public string WebhookId => webhookId;

        public bool IsCallerThere() => isCallerThere();

        /// <summary>The callback is answered, or nobody waits for its answer. Called before the answer's last byte leaves, so that a caller who tries again at
        /// once does not look like an overlap. Again: nothing happens.</summary>
        public void End()
        {
            if (!_isOver)
            {
                _isOver = true;
                ledger.Leave(this);
            }
        }
    }
}
