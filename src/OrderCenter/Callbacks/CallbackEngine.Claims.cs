using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>How the engine comes by what is due: it learns of it, claims it an endpoint at a time, and sleeps until there is more.</summary>
public sealed partial class CallbackEngine
{
    private const int ClaimMax = 128;
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
        var due = await _store.ReadAsync(
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

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        int count;
        do
        {
            (var endpoints, count) = await _store.RecordAsync(transaction => Deliveries.RecoverAsync(transaction, RecoverMax, NowMs), cancellationToken);
            foreach (var (endpoint, gameId) in endpoints)
            {
                GateOf(endpoint, gameId).Lower(NowMs);
            }
            if (count > 0)
            {
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
        foreach (var gate in _gates.Values)
        {
            if (gate.NextDueMs > nowMs || _findApp(gate.GameId) is not { } app)
            {
                continue;
            }
            if (nowMs < gate.ClaimedMs + ClaimPaceMs && app.Callback.MaxConcurrency - gate.InFlight < app.Callback.MaxConcurrency / RoomPart)
            {
                continue;
            }
            var room = gate.Take(Math.Min(ClaimMax, InFlightMax - Volatile.Read(ref _inFlight)), app.Callback.MaxConcurrency, nowMs);
            if (room > 0)
            {
                Interlocked.Add(ref _inFlight, room);
                claims.Add(ClaimAsync(gate, app, room, cancellationToken));
            }
        }
        await Task.WhenAll(claims);
    }

    private async Task ClaimAsync(EndpointGate gate, App app, int room, CancellationToken cancellationToken)
    {
        var used = 0;
        try
        {
            // What is queued while this runs lowers the time again.
            gate.SetNextDue(null);
            gate.ClaimedMs = NowMs;
            var (leased, nextDueMs) = await _store.RecordAsync(
                transaction => Deliveries.ClaimDueAsync(transaction, gate.Endpoint, room, LeaseFor(app), NowMs), cancellationToken);
            used = leased.Count;
            if (nextDueMs is { } ms)
            {
                gate.Lower(ms);
            }
            leased.ForEach(Dispatch);
        }
        catch
        {
            gate.Lower(NowMs);
            throw;
        }
        finally
        {
            Release(gate, room - used);
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
