using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>How the engine comes by what is due: it learns of it, claims it an endpoint at a time, and sleeps until there is more.</summary>
public sealed partial class CallbackEngine
{
    private const int ClaimMax = 512;
    private const int RecoverMax = 256;

    /// <summary>An endpoint with more waiting than room is claimed for when this part of its room is free, or at this pace: a few large claims cost less than
    /// many of one.</summary>
    private const int RoomPart = 4;
    private const long ClaimPaceMs = 5;

    /// <summary>How many endpoints one look asks the store about; the next one goes on behind them.</summary>
    private const int LookMax = 256;

    /// <summary>A whole round of looks takes at most this many.</summary>
    private const int LooksMax = 10;

    /// <summary>Learns what is due: what other nodes queued, and what stood there before the start. Each look asks about a bounded part of the endpoints.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var due = await _store.ClaimAsync(
            async transaction =>
            {
                var endpoints = await CallbackTable.EndpointsAsync(transaction);
                var count = Math.Min(endpoints.Count, Math.Max(LookMax, (endpoints.Count + LooksMax - 1) / LooksMax));
                var asked = Enumerable.Range(_lookedAt, count).Select(i => endpoints[i % endpoints.Count]).ToList();
                var answers = asked.ConvertAll(endpoint => CallbackTable.NextDueAsync(transaction, endpoint.Endpoint));
                var found = new List<(string Endpoint, long GameId, long DueMs)>();
                for (var i = 0; i < asked.Count; i++)
                {
                    if (await answers[i] is { } dueMs)
                    {
                        found.Add((asked[i].Endpoint, asked[i].GameId, dueMs));
                    }
                }
                return (Found: found, Next: endpoints.Count == 0 ? 0 : (_lookedAt + count) % endpoints.Count);
            },
            cancellationToken);
        _lookedAt = due.Next;
        foreach (var (endpoint, gameId, dueMs) in due.Found)
        {
            GateOf(endpoint, gameId).Lower(dueMs);
        }
    }

    /// <summary>Takes over what dead nodes left, beside everything else: a row of theirs that is still locked holds up nothing but this.</summary>
    private async Task KeepRecoveringAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RecoverPeriod, _clock);
        try
        {
            do
            {
                try
                {
                    await RecoverAsync(cancellationToken);
                }
#pragma warning disable CA1031 // As in the engine's own loop.
                catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogStoreFault(_log, fault);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        int count;
        do
        {
            (var endpoints, count) = await _store.UpkeepAsync(transaction => Deliveries.RecoverAsync(transaction, RecoverMax, NowMs), cancellationToken);
            foreach (var (endpoint, gameId) in endpoints)
            {
                GateOf(endpoint, gameId).Lower(NowMs);
            }
            if (count > 0)
            {
                Signal();
                _metrics.Recovered(count);
                LogRecovered(_log, count);
            }
        }
        while (count == RecoverMax);
    }

    /// <summary>Claims what is due, at every endpoint as much as it has room for; the claims of all endpoints share their commits.</summary>
    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var claims = new List<Task>();
        var nowMs = NowMs;
        var gates = _gates.Values.ToArray();
        for (var i = 0; i < gates.Length; i++)
        {
            var gate = gates[(_claimedAt + i) % gates.Length];
            if (gate.NextDueMs > nowMs || _findApp(gate.GameId) is not { } app || !gate.WantsClaim(app.Callback.MaxConcurrency, ClaimPaceMs, RoomPart, nowMs))
            {
                continue;
            }
            var most = Math.Min(ClaimMax, InFlightMax - Volatile.Read(ref _inFlight));
            if (most <= 0)
            {
                // The node is full: where it stopped, it begins when there is room again. Otherwise those at the front would take all of it each time.
                _claimedAt = (_claimedAt + i) % gates.Length;
                break;
            }
            var room = gate.Take(most, app.Callback.MaxConcurrency, nowMs);

            // Half of the node's room is for calls only, so that fast endpoints leave some to the others.
            var ahead = Math.Max(0, Math.Min(Math.Min(most, (InFlightMax / 2) - Volatile.Read(ref _inFlight)) - room, gate.WantedAhead(app.Callback.MaxConcurrency, nowMs)));
            if (room + ahead > 0)
            {
                Interlocked.Add(ref _inFlight, room + ahead);
                claims.Add(ClaimAsync(gate, app, room, ahead, cancellationToken));
            }
        }
        await Task.WhenAll(claims);
    }

    private async Task ClaimAsync(EndpointGate gate, App app, int room, int ahead, CancellationToken cancellationToken)
    {
        var used = 0;
        try
        {
            // What is queued while this runs lowers the time again.
            gate.BeginClaim(NowMs);
            var (leased, nextDueMs) = await _store.ClaimAsync(
                transaction => Deliveries.ClaimDueAsync(transaction, gate.Endpoint, room + ahead, LeaseFor(app), NowMs), cancellationToken);
            used = leased.Count;
            if (nextDueMs is { } ms)
            {
                gate.Lower(ms);
            }
            foreach (var delivery in leased.Take(room))
            {
                Dispatch(delivery);
            }
            foreach (var delivery in leased.Skip(room))
            {
                gate.Keep(delivery);
            }
        }
        catch
        {
            gate.Lower(NowMs);
            throw;
        }
        finally
        {
            gate.GiveBack(Math.Max(0, room - used));
            Interlocked.Add(ref _inFlight, used - room - ahead);
            DispatchNext(gate);
        }
    }

    /// <summary>Room was given back: what is leased and waits for it goes out.</summary>
    private void DispatchNext(EndpointGate gate)
    {
        if (GoOn(gate) is { } delivery)
        {
            Dispatch(delivery);
        }
    }

    /// <summary>Room was given back. Where the endpoint's breaker is open, or this node stops, what is leased and waits for room is put back.</summary>
    /// <returns>The next one for the caller to send; where there is room for more, they are sent beside it. Null: none waits.</returns>
    private Delivery? GoOn(EndpointGate gate)
    {
        Delivery? first = null;
        if (!_isTaking || gate.IsOpen)
        {
            foreach (var delivery in gate.TakeAhead())
            {
                _ = PutBackAsync(gate, delivery);
            }
        }
        else if ((first = gate.TryNext(MaxConcurrencyOf(gate))) is not null)
        {
            while (gate.TryNext(MaxConcurrencyOf(gate)) is { } delivery)
            {
                Dispatch(delivery);
            }
        }
        if (gate.WantsClaim(MaxConcurrencyOf(gate), ClaimPaceMs, RoomPart, NowMs) || Volatile.Read(ref _inFlight) >= InFlightMax - 1)
        {
            Signal();
        }
        return first;
    }

    private int MaxConcurrencyOf(EndpointGate gate) => _findApp(gate.GameId)?.Callback.MaxConcurrency ?? 1;

    /// <summary>Ends the lease of a callback that was not sent.</summary>
    private async Task PutBackAsync(EndpointGate gate, Delivery delivery)
    {
        try
        {
            await _store.RecordAsync(transaction => Deliveries.PutBackAsync(transaction, delivery.Callback, NowMs), CancellationToken.None);
            gate.Lower(NowMs);
        }
        catch (Exception fault) when (fault is StoreBusyException or System.Data.Common.DbException)
        {
            LogFault(_log, fault, delivery.Callback.Id);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>A leased callback is done with.</summary>
    private void Leave()
    {
        var left = Interlocked.Decrement(ref _inFlight);
        if (left == InFlightMax - 1)
        {
            Signal();
        }
        if (left == 0 && !_isTaking)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Sleeps until the next callback is due, something happens, or it is time to look again.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var waitMs = (long)LookPeriod.TotalMilliseconds;
        foreach (var gate in _gates.Values)
        {
            // An endpoint that is full wakes this loop when a call ends.
            var wakeMs = gate.WakeMs;
            if (wakeMs > nowMs)
            {
                waitMs = Math.Min(waitMs, wakeMs - nowMs);
            }
            else if (gate.NextDueMs <= nowMs && gate.ClaimedMs + ClaimPaceMs is var nextMs && nextMs > nowMs)
            {
                waitMs = Math.Min(waitMs, nextMs - nowMs);
            }
        }
        using var slept = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_wake.WaitAsync(slept.Token), Task.Delay(TimeSpan.FromMilliseconds(waitMs), _clock, slept.Token));
        await slept.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();

        // Who signals from here on is heard by the round that begins now, or wakes the next wait.
        Interlocked.Exchange(ref _isWoken, 0);
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            _wake.Release();
        }
    }
}
