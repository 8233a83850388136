using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulation;

/// <summary>One seeded history: a few nodes deliver a few callbacks through the product's own units of work on a real database (of either engine), in virtual
/// time. Nodes crash at every step between claim and record, stand still past their leases, and the network delays, resets, loses and refuses.</summary>
internal sealed class CallbackSimulation(UnitsInTurn units)
{
    private const long TimeoutMs = 5_000;
    private const long LeaseMs = TimeoutMs + 8_000;
    private const int Nodes = 3;
    private const string Url = "http://game.example/callback";

    private Random _random = new(0);
    private long _nowMs;
    private int _owner;
    private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
    private readonly List<Call> _calls = [];
    private readonly Dictionary<OrderId, bool> _goods = [];
    private readonly List<string> _faults = [];
    private int _sequence;
    private bool _isCalm;
    private readonly HashSet<CallbackId> _open = [];
    private Node[] _nodes = [];

    /// <summary>A call as the game sees it.</summary>
    private sealed record Call(CallbackId Id, int Attempt, int Step, long StartedMs, long EndedMs);

    private sealed class Node
    {
        public string Name = "";
        public int Life;
        public long StillUntilMs;
    }

    /// <summary>Whether stale owners may write as if the lease were theirs: the fence, broken on purpose.</summary>
    public bool IsFenceBroken { get; init; }

    /// <summary>Runs one history to its end.</summary>
    /// <returns>What was wrong; empty: nothing.</returns>
    public IReadOnlyList<string> Run(int seed)
    {
        Reset(seed);
        var callbacks = Enumerable.Range(1, _random.Next(1, 4)).Select(Queue).ToList();
        for (var i = 0; i < Nodes; i++)
        {
            Tick(_nodes[i], _nodes[i].Life);
        }
        var calmMs = _nowMs + 40_000;
        Schedule(calmMs - _nowMs, () => _isCalm = true);
        var endMs = calmMs + 200_000;
        while (_events.TryDequeue(out var act, out var at) && at.At <= endMs)
        {
            _nowMs = at.At;
            act();
            if (_open.Count == 0)
            {
                // Long enough for whoever still stands still with a lease that is over.
                endMs = Math.Min(endMs, _nowMs + 45_000);
            }
        }
        callbacks.ForEach(Judge);
        return _faults;
    }

    private void Reset(int seed)
    {
        _random = new Random(seed);
        _nowMs = 1_000_000;
        (_owner, _sequence, _isCalm) = (0, 0, false);
        _events.Clear();
        _calls.Clear();
        _goods.Clear();
        _faults.Clear();
        _open.Clear();
        units.Clear("orders", "pending_changes", "callbacks", "callback_attempts", "callback_endpoints");
        _nodes = [.. Enumerable.Range(0, Nodes).Select(_ => new Node { Name = "n" + _owner++ })];
    }

    /// <summary>An order that has just been paid, as the settlement leaves it: with or without a lease.</summary>
    private CallbackId Queue(int number)
    {
        var id = OrderId.FromStore($"100{number}");
        var order = new Order
        {
            Id = id, GameId = 1, ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "u", CreatedMs = _nowMs, ExpiresMs = _nowMs + 1_000_000,
            State = new OrderState(PayState.Paid, Progress.Delivering), PaidMs = _nowMs,
        };
        units.Run(transaction => OrderTable.InsertAsync(transaction, order));
        units.Run(transaction => transaction.ExecuteAsync("UPDATE orders SET pay_state = 1, progress = 2, paid_ms = 1, payment = '{\"channel\":\"c\",\"environment\":\"e\",\"transactionId\":\"t\"}' WHERE order_id = $1", id.Value));
        var waits = Enumerable.Range(0, _random.Next(2, 6)).Select(i => i == 0 ? 0L : _random.Next(0, 8) * 1000L).ToList();
        var node = _random.Next(3) == 0 ? null : _nodes[_random.Next(Nodes)];
        var lease = node is null ? null : new NodeLease(node.Name, _nowMs + LeaseMs);
        var callback = units.Run(transaction => CallbackTable.QueueAsync(transaction, order, Callback.EndpointOf(order.GameId, Url), CallbackEvents.Paid, new CallbackPlan(Url, waits), lease, isNewEndpoint: true, isFirst: true, _nowMs));
        if (node is not null)
        {
            var life = node.Life;
            Schedule(Jitter(20), () => Send(node, life, new LeasedCallback(callback, OrderRow.Of(order, null), lease!.UntilMs)));
        }
        _open.Add(callback.Id);
        return callback.Id;
    }

    /// <summary>A node's loop: recover what lapsed, claim what is due.</summary>
    private void Tick(Node node, int life)
    {
        if (node.Life != life)
        {
            return;
        }
        if (!IsStill(node) && HasWork())
        {
            Misfortune(node);
            if (node.Life != life)
            {
                return;
            }
            units.Run(transaction => CallbackTransactions.RecoverAsync(transaction, 10, _nowMs, _nowMs));
            var lease = new NodeLease(node.Name, _nowMs + LeaseMs);
            var (leased, _) = units.Run(transaction => CallbackTransactions.ClaimDueAsync(transaction, Callback.EndpointOf(1, Url), _random.Next(1, 4), lease, _nowMs));
            foreach (var delivery in leased)
            {
                Schedule(Jitter(20), () => Send(node, life, delivery));
            }
        }
        Schedule(300 + Jitter(500), () => Tick(node, life));
    }

    private bool HasWork() => units.Run(transaction => transaction.QueryAsync(
        "SELECT 1 FROM callbacks WHERE (status = 0 AND due_ms <= $1) OR (status = 1 AND lease_until_ms <= $1) LIMIT 1", static row => row.GetInt32(0), _nowMs)).Count > 0;

    private void Send(Node node, int life, LeasedCallback delivery)
    {
        if (Postponed(node, life, () => Send(node, life, delivery)) || Crashed(node, life))
        {
            return;
        }
        if (!IsFenceBroken && !delivery.FitsLease(TimeoutMs, _nowMs))
        {
            units.Run(transaction => CallbackTransactions.PutBackAsync(transaction, delivery.Callback, _nowMs));
            return;
        }
        var startedMs = _nowMs;
        var kind = _isCalm ? 0 : _random.Next(6);
        var takesMs = kind == 1 ? TimeoutMs : 1 + _random.Next(3000);
        var outcome = kind switch
        {
            0 => new AttemptOutcome(Acknowledgement.Accepted, 200, "ok", takesMs, null, false),
            1 => new AttemptOutcome(Acknowledgement.Refused("time-out"), null, null, takesMs, null, false),
            2 => new AttemptOutcome(Acknowledgement.Refused("reset"), null, null, takesMs, null, false),
            _ => new AttemptOutcome(Acknowledgement.Refused("no"), 500, "no", takesMs, null, false),
        };
        _calls.Add(new Call(delivery.Callback.Id, delivery.Callback.Attempts, delivery.Callback.Step, startedMs, startedMs + takesMs));
        if (kind is 0 or 2 or 5)
        {
            // The game grants, also where its answer is lost on the way back.
            _goods[delivery.Callback.Id.OrderId] = true;
        }
        Schedule(takesMs, () => Record(node, life, delivery.Callback, startedMs, outcome));
    }

    private void Record(Node node, int life, Callback callback, long startedMs, AttemptOutcome outcome)
    {
        if (Postponed(node, life, () => Record(node, life, callback, startedMs, outcome)) || Crashed(node, life))
        {
            return;
        }
        if (IsFenceBroken && units.Run(transaction => CallbackTable.FindAsync(transaction, callback.Id)) is { } now)
        {
            callback = callback with { Lease = now.Lease };
        }
        var (recorded, _) = units.Run(transaction => CallbackTransactions.RecordAsync(transaction, callback, startedMs, outcome, acknowledgementFulfilsOrder: true, isOutsideSchedule: false, _nowMs));
        if (recorded is AttemptEffect.Delivered or AttemptEffect.Exhausted)
        {
            _open.Remove(callback.Id);
        }
        Crashed(node, life);
    }

    /// <summary>A crash loses everything that the node had in memory; it comes back under another name.</summary>
    private bool Crashed(Node node, int life)
    {
        if (node.Life != life)
        {
            return true;
        }
        Misfortune(node);
        return node.Life != life;
    }

    private void Misfortune(Node node)
    {
        if (_isCalm)
        {
            return;
        }
        var fate = _random.Next(100);
        if (fate < 7)
        {
            node.Life++;
            node.Name = "n" + _owner++;
            var life = node.Life;
            Schedule(100 + _random.Next(5000), () => Tick(node, life));
        }
        else if (fate < 13)
        {
            node.StillUntilMs = _nowMs + _random.Next(30_000);
        }
    }

    private bool IsStill(Node node) => _nowMs < node.StillUntilMs;

    private bool Postponed(Node node, int life, Action act)
    {
        if (node.Life == life && IsStill(node))
        {
            Schedule(node.StillUntilMs - _nowMs, act);
            return true;
        }
        return false;
    }

    private void Judge(CallbackId id)
    {
        var callback = units.Run(transaction => CallbackTable.FindAsync(transaction, id))!;
        var order = units.Run(transaction => OrderTable.FindAsync(transaction, id.OrderId))!.Order;
        var attempts = units.Run(transaction => CallbackAttemptTable.OfCallbackAsync(transaction, callback));
        var calls = _calls.Where(call => call.Id == id).OrderBy(call => call.StartedMs).ToList();
        void Expect(bool good, string what)
        {
            if (!good)
            {
                _faults.Add($"{id}: {what} ({callback.Status}, order {order.State})");
            }
        }

        Expect(callback.Status is CallbackStatus.Delivered or CallbackStatus.Exhausted, "it has no end");
        Expect(callback.Status != CallbackStatus.Delivered || _goods.ContainsKey(id.OrderId), "delivered without goods");
        Expect(order.State.Progress == (callback.Status == CallbackStatus.Delivered ? Progress.Delivered : Progress.Failed), "the order does not follow");
        Expect(attempts.Count == callback.Attempts && attempts.All(attempt => attempt.Error is not null || attempt.DurationMs is not null), "an attempt has no outcome");
        foreach (var (before, after) in calls.Zip(calls.Skip(1)))
        {
            Expect(after.StartedMs >= before.EndedMs, $"attempts {before.Attempt} and {after.Attempt} overlap");
            Expect(after.Step == before.Step || after.Step == before.Step + 1, $"the schedule jumps from {before.Step} to {after.Step}");
            Expect(after.Step == before.Step || after.StartedMs >= before.StartedMs + callback.WaitsMs[after.Step], $"attempt {after.Attempt} is early");
        }
        Expect(calls.Select(call => call.Attempt).Distinct().Count() == calls.Count, "an attempt was sent twice");
        Expect(callback.Status != CallbackStatus.Exhausted || calls[^1].Step == callback.WaitsMs.Count - 1, "given up before the schedule's end");
    }

    private long Jitter(int mostMs) => _random.Next(mostMs + 1);

    private void Schedule(long inMs, Action act) => _events.Enqueue(act, (_nowMs + Math.Max(0, inMs), _sequence++));
}

public sealed class CallbackSimulationTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private UnitsInTurn _units = null!;

    /// <summary>A commit of PostgreSQL is two round trips between processes; SQLite's is here in memory.</summary>
    private int Histories => _database.Engine == "postgres" ? 300 : 10_000;

    public async ValueTask InitializeAsync() => _units = await UnitsInTurn.OpenAsync(_database.Options);

    public ValueTask DisposeAsync()
    {
        _units.Dispose();
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Histories_lose_nothing_overlap_nothing_and_keep_the_schedule()
    {
        var simulation = new CallbackSimulation(_units);
        for (var seed = 0; seed < Histories; seed++)
        {
            var faults = simulation.Run(seed);
            Assert.True(faults.Count == 0, $"seed {seed}: {string.Join("; ", faults)}");
        }
    }

    [Fact]
    public void A_broken_fence_is_caught()
    {
        var simulation = new CallbackSimulation(_units) { IsFenceBroken = true };
        Assert.Contains(Enumerable.Range(0, 1000), seed => simulation.Run(seed).Count > 0);
    }

    [Fact]
    public void A_seed_is_the_same_history_every_time()
    {
        var (one, two) = (new CallbackSimulation(_units) { IsFenceBroken = true }, new CallbackSimulation(_units) { IsFenceBroken = true });
        for (var seed = 0; seed < 50; seed++)
        {
            Assert.Equal(one.Run(seed).ToList(), two.Run(seed).ToList());
        }
    }
}
