using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>Leases callbacks to this node and starts them: due ones from the database, endpoint by endpoint, within the limits per
/// endpoint, app and node; and single ones immediately.</summary>
internal sealed class CallbackClaimer(
    Database database, AppCatalog apps, DispatcherState state, CallbackLeaseService leases, CallbackSendLoop sendLoop)
{
    private const int ClaimMax = 512;

    /// <summary>How many endpoints one pass reads; the next pass continues behind them.</summary>
    private const int EndpointsMax = 256;

    /// <summary>All endpoints are read within this many passes.</summary>
    private const int PassesMax = 10;

    /// <summary>A pass reads what is due within this time: longer than all passes take, at one a second.</summary>
    private const long DueWithinMs = 15_000;

    /// <summary>When a claim is tried again that found all that is due locked.</summary>
    private const long LockedRetryMs = 100;

    private int _refreshCursor;
    private int _claimCursor;

    /// <summary>Refreshes the due times in memory for one page of endpoints: there are callbacks that other nodes queued, and those from
    /// before the start.</summary>
    public async Task RefreshDueTimesAsync(CancellationToken cancellationToken)
    {
        var nowMs = state.WallMs;
        var (found, next) = await database.ClaimAsync(
            async transaction =>
            {
                var all = await EndpointTable.AllAsync(transaction);
                var count = Math.Min(all.Count, Math.Max(EndpointsMax, (all.Count + PassesMax - 1) / PassesMax));

                // What is known to be due is claimed anyway, and may be a large backlog.
                var page = Enumerable.Range(_refreshCursor, count).Select(i => all[i % all.Count])
                    .Where(endpoint => state.NextDueMs(endpoint.Endpoint) > nowMs).ToList();
                var reads = page.ConvertAll(
                    endpoint => CallbackLeaseTable.DueSoonAsync(transaction, endpoint.Endpoint, nowMs + DueWithinMs));
                var due = new List<(string Endpoint, long GameId, long DueMs)>();
                for (var i = 0; i < page.Count; i++)
                {
                    if (await reads[i] is { } dueMs)
                    {
                        due.Add((page[i].Endpoint, page[i].GameId, dueMs));
                    }
                }
                return (due, all.Count == 0 ? 0 : (_refreshCursor + count) % all.Count);
            },
            cancellationToken);
        _refreshCursor = next;
        foreach (var (endpoint, gameId, dueMs) in found)
        {
            state.EndpointOf(endpoint, gameId).NoteDue(dueMs);
        }
    }

    /// <summary>Claims what is due, for every endpoint as much as it can take; the claims share their
    /// commits.</summary>
    public async Task ClaimDueAsync(CancellationToken cancellationToken)
    {
        if (!leases.IsClockSynchronized)
        {
            return;
        }
        var claims = new List<Task>();
        var (wallMs, nowMs) = (state.WallMs, state.MonotonicMs);
        var endpoints = state.Endpoints.ToArray();
        var first = endpoints.Length == 0 ? 0 : _claimCursor % endpoints.Length;
        var isFirstSkipped = true;
        for (var i = 0; i < endpoints.Length; i++)
        {
            var endpoint = endpoints[(first + i) % endpoints.Length];
            if (endpoint.NextDueMs > wallMs || apps.Find(endpoint.GameId) is not { } app
                || !endpoint.ShouldClaim(app.Callback.MaxConcurrency, wallMs, nowMs))
            {
                continue;
            }
            var limit = Math.Min(ClaimMax, state.Leased.AvailableFor(app));
            if (limit <= 0)
            {
                // The next pass starts at the first endpoint that is skipped here, so that no endpoint starves.
                if (isFirstSkipped)
                {
                    _claimCursor = (first + i) % endpoints.Length;
                    isFirstSkipped = false;
                }
                if (state.Leased.IsFull)
                {
                    break;
                }
                continue;
            }
            var slots = endpoint.ReserveSlots(limit, app.Callback.MaxConcurrency, nowMs);

            // Prefetched callbacks use at most half of the node, so that fast endpoints leave the rest to others.
            var prefetchLimit = Math.Min(limit, (LeasedCallbackCount.TotalMax / 2) - state.Leased.Total) - slots;
            var prefetch = Math.Max(0, Math.Min(prefetchLimit, endpoint.PrefetchCapacity(app.Callback.MaxConcurrency, nowMs)));
            if (slots + prefetch > 0)
            {
                state.Leased.Add(endpoint.GameId, slots + prefetch);
                claims.Add(ClaimAsync(endpoint, app, slots, prefetch, cancellationToken));
            }
        }
        await Task.WhenAll(claims);
    }

    /// <summary>Sends a waiting callback now, whatever its endpoint's breaker and limit say. If it has changed since it was read, nothing
    /// is sent here: the node that changed it sends it.</summary>
    public async Task SendNowAsync(Callback callback, CancellationToken cancellationToken)
    {
        if (apps.Find(callback.GameId) is not { } app)
        {
            return;
        }
        if (!leases.IsClockSynchronized)
        {
            state.NoteDue(callback.Endpoint, callback.GameId, state.WallMs);
            return;
        }
        var leased = await database.RecordAsync(
            transaction => CallbackTransactions.ClaimAsync(transaction, callback, leases.NewLease(app), state.WallMs), cancellationToken);
        if (leased is not null)
        {
            state.EndpointOf(callback.Endpoint, callback.GameId).ReserveSlotUnchecked();
            state.Leased.Add(callback.GameId, 1);
            sendLoop.Start(leased);
        }
    }

    /// <summary>Reserves a slot for a callback that is being queued, and leases it.</summary>
    /// <returns>Null: it waits in the database.</returns>
    public NodeLease? TryReserve(string endpoint, long gameId)
    {
        if (!state.IsAccepting
            || apps.Find(gameId) is not { Disabled: false } app || state.Leased.AvailableFor(app) <= 0 || !leases.IsClockSynchronized)
        {
            return null;
        }
        var limiter = state.EndpointOf(endpoint, gameId);
        if (limiter.NextDueMs <= state.WallMs || limiter.ReserveSlots(1, app.Callback.MaxConcurrency, state.MonotonicMs) == 0)
        {
            // Older callbacks of this endpoint wait and come first.
            return null;
        }
        state.Leased.Add(gameId, 1);
        if (state.Leased.AvailableFor(app) < 0)
        {
            // Another writer took the last place at the same moment.
            limiter.ReleaseSlots(1);
            state.Leased.Remove(gameId, 1);
            return null;
        }
        return leases.NewLease(app);
    }

    /// <summary>Undoes <see cref="TryReserve"/> for a callback whose transaction was not committed.</summary>
    public void Release(EndpointLimiter endpoint)
    {
        endpoint.ReleaseSlots(1);
        state.ReleaseLeased(endpoint);
        sendLoop.StartPrefetched(endpoint);
    }

    private async Task ClaimAsync(EndpointLimiter endpoint, App app, int slots, int prefetch, CancellationToken cancellationToken)
    {
        var used = 0;
        try
        {
            endpoint.BeginClaim(state.MonotonicMs);
            var (batch, nextDueMs) = await database.ClaimAsync(
                transaction => CallbackTransactions.ClaimDueAsync(
                    transaction, endpoint.Endpoint, slots + prefetch, leases.NewLease(app), state.WallMs),
                cancellationToken);
            used = batch.Count;
            if (nextDueMs is { } ms)
            {
                // Where nothing was claimed of what is due, another transaction has locked it.
                endpoint.NoteDue(used == 0 ? Math.Max(ms, state.WallMs + LockedRetryMs) : ms);
            }
            foreach (var leased in batch.Take(slots))
            {
                sendLoop.Start(leased);
            }
            foreach (var leased in batch.Skip(slots))
            {
                endpoint.Prefetch(leased);
            }
        }
        catch
        {
            endpoint.NoteDue(state.WallMs);
            throw;
        }
        finally
        {
            endpoint.ReleaseSlots(Math.Max(0, slots - used));
            state.ReleaseLeased(endpoint, slots + prefetch - used);
            sendLoop.StartPrefetched(endpoint);
        }
    }
}
