using System.Collections.Concurrent;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>What came of a round of calls that somebody waits for.</summary>
public abstract record RoundOutcome
{
    private RoundOutcome()
    {
    }

    /// <summary>The game acknowledged now; <paramref name="WasThere"/>: it says that it had the goods already.</summary>
    public sealed record Delivered(bool WasThere) : RoundOutcome;

    /// <summary>It had been delivered before, or by the round that this one waited for.</summary>
    public sealed record AlreadyDelivered : RoundOutcome;

    /// <summary>The calls failed, or are still under way; the callback goes on in the background.</summary>
    public sealed record Failed(string Reason) : RoundOutcome;

    /// <summary>The order has no callback: its app has no address for one.</summary>
    public sealed record NoCallback : RoundOutcome;
}

/// <summary>How a round is made.</summary>
/// <param name="WaitsMs">The wait before each call of the round, milliseconds.</param>
/// <param name="QuietMs">A round that follows a call within this time is not made.</param>
/// <param name="PatienceMs">How long one that is not first waits for the one that is.</param>
public sealed record RoundPlan(IReadOnlyList<long> WaitsMs, long QuietMs, long PatienceMs);

/// <summary>Rounds of calls that a request waits for (OrderCheck). One at a time for an order, in any number of nodes: the lease says who.</summary>
public sealed partial class CallbackEngine
{
    private const int PollMs = 250;
    private readonly ConcurrentDictionary<OrderId, Lazy<Task<RoundOutcome>>> _rounds = new();

    /// <summary>Calls the game now, whatever the schedule says, and waits for its answer. Of several at once one calls and the others wait for it.</summary>
    public async Task<RoundOutcome> RunRoundAsync(OrderId orderId, RoundPlan plan, CancellationToken cancellationToken)
    {
        var mine = new Lazy<Task<RoundOutcome>>(() => FirstRoundAsync(orderId, plan));
        var round = _rounds.GetOrAdd(orderId, mine);
        if (round == mine)
        {
            try
            {
                return await mine.Value;
            }
            finally
            {
                _rounds.TryRemove(new KeyValuePair<OrderId, Lazy<Task<RoundOutcome>>>(orderId, mine));
            }
        }
        try
        {
            var outcome = await round.Value.WaitAsync(TimeSpan.FromMilliseconds(plan.PatienceMs), _clock, cancellationToken);
            return outcome is RoundOutcome.Delivered ? new RoundOutcome.AlreadyDelivered() : outcome;
        }
        catch (TimeoutException)
        {
            return StillUnderWay();
        }
    }

    private static RoundOutcome.Failed StillUnderWay() => new("the game is being called; ask again");

    /// <summary>The round of this node; while another node calls, it waits for that one's outcome.</summary>
    private async Task<RoundOutcome> FirstRoundAsync(OrderId orderId, RoundPlan plan)
    {
        var since = _clock.GetTimestamp();
        while (true)
        {
            var (delivery, answer) = await _store.RecordAsync(transaction => TryBeginRoundAsync(transaction, orderId, plan, NowMs), CancellationToken.None);
            if (delivery is not null)
            {
                return await RoundAsync(delivery, plan);
            }
            if (answer is not null)
            {
                return answer;
            }
            if (_clock.GetElapsedTime(since).TotalMilliseconds >= plan.PatienceMs || !_isTaking)
            {
                return StillUnderWay();
            }
            await Task.Delay(TimeSpan.FromMilliseconds(PollMs), _clock, CancellationToken.None);
        }
    }

    /// <returns>A lease; or the answer that needs none; or neither, while another one calls.</returns>
    private async ValueTask<(Delivery? Delivery, RoundOutcome? Answer)> TryBeginRoundAsync(Transaction transaction, OrderId orderId, RoundPlan plan, long nowMs)
    {
        var callback = (await CallbackTable.OfOrderAsync(transaction, orderId)).LastOrDefault(callback => callback.Event == CallbackEvents.Paid);
        switch (callback?.Status)
        {
            case null:
                return (null, new RoundOutcome.NoCallback());
            case CallbackStatus.Delivered:
                return (null, new RoundOutcome.AlreadyDelivered());
            case CallbackStatus.Cancelled:
                return (null, new RoundOutcome.Failed("the order was refunded, or is held for review"));
            case CallbackStatus.Delivering:
                return (null, null);
        }
        if (_findApp(callback.GameId) is not { Disabled: false } app || !_isTaking)
        {
            return (null, new RoundOutcome.Failed("the app is closed or the service is stopping"));
        }
        var attempts = await CallbackTable.AttemptsAsync(transaction, callback);
        if (attempts.LastOrDefault() is { } last && last.StartedMs > nowMs - plan.QuietMs)
        {
            return (null, new RoundOutcome.Failed(last.Error ?? "the game was called a moment ago"));
        }
        if (callback.Status != CallbackStatus.Pending)
        {
            // Exhausted or held: a check takes it up again, to where its app has it go now.
            var order = (await OrderTable.FindAsync(transaction, orderId))!.Order;
            callback = await CallbackTable.RestartAsync(transaction, callback, _protocols[app.Protocol].Plan(app, order, callback.Event), nowMs);
        }
        return (callback is null ? null : await Deliveries.ClaimAsync(transaction, callback, LeaseFor(app), nowMs), null);
    }

    private async Task<RoundOutcome> RoundAsync(Delivery delivery, RoundPlan plan)
    {
        var gate = GateOf(delivery.Callback.Endpoint, delivery.Callback.GameId);
        gate.TakeAnyway();
        Interlocked.Increment(ref _inFlight);
        var (isCalled, isAccepted) = (false, false);
        try
        {
            for (var call = 0; ; call++)
            {
                if (_findApp(delivery.Callback.GameId) is not { } app || app.SigningSecret(NowMs) is not { } secret)
                {
                    await HoldAsync(delivery.Callback);
                    return new RoundOutcome.Failed("the app is closed");
                }
                if (!delivery.Holds)
                {
                    await CancelAsync(delivery.Callback);
                    return new RoundOutcome.Failed("the order was refunded, or is held for review");
                }
                if (!delivery.MayBeSent(app.Callback.TimeoutSeconds * 1000L, NowMs))
                {
                    await _store.RecordAsync(transaction => Deliveries.PutBackAsync(transaction, delivery.Callback, NowMs), CancellationToken.None);
                    gate.Lower(NowMs);
                    return StillUnderWay();
                }
                isCalled = true;
                var (startedMs, outcome) = await AttemptAsync(app, secret, delivery);
                isAccepted = outcome.Acknowledgement.IsAccepted;
                if (isAccepted || call + 1 >= plan.WaitsMs.Count || !_isTaking)
                {
                    var recorded = await RecordAsync(gate, app, delivery.Callback, startedMs, outcome, isExtra: true);
                    return recorded == Recorded.Delivered ? new RoundOutcome.Delivered(outcome.Acknowledgement.Detail is not null)
                        : new RoundOutcome.Failed(outcome.Acknowledgement.Detail ?? "the game refused");
                }
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(startedMs + plan.WaitsMs[call + 1] - NowMs, 0, plan.WaitsMs[call + 1])), _clock, CancellationToken.None);
                if (await NextCallAsync(delivery, app, startedMs, outcome) is not { } next)
                {
                    return StillUnderWay();
                }
                delivery = next;
            }
        }
        catch (OperationCanceledException) when (_calls.IsCancellationRequested)
        {
            await _store.RecordAsync(transaction => Deliveries.GiveUpAsync(transaction, delivery.Callback, NowMs), CancellationToken.None);
            return StillUnderWay();
        }
        finally
        {
            if (isCalled)
            {
                gate.Leave(delivery.Callback.Id, isAccepted, NowMs);
            }
            else
            {
                gate.GiveBack(1);
            }
            Leave();
            DispatchNext(gate);
        }
    }

    /// <summary>Ends one call of a round and begins the next, in one commit, of the order as it is then.</summary>
    /// <returns>Null: the lease was lost.</returns>
    private Task<Delivery?> NextCallAsync(Delivery delivery, App app, long startedMs, AttemptOutcome outcome) =>
        _store.RecordAsync(
            async transaction =>
            {
                var lease = LeaseFor(app);
                if (await CallbackTable.AgainUnderLeaseAsync(transaction, delivery.Callback, lease.UntilMs, NowMs) is not { } next)
                {
                    return null;
                }
                await Deliveries.EndAttemptAsync(transaction, delivery.Callback, startedMs, outcome);
                return new Delivery(next, (await OrderTable.FindAsync(transaction, next.Id.OrderId))!, lease.UntilMs);
            },
            CancellationToken.None);
}
