using System.Collections.Concurrent;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Synchronous;

/// <summary>Sends an order's callback while the caller waits for the game's response, whatever the schedule says. Of
/// several requests for one order, on any number of nodes, one makes the calls (it has the lease) and the others wait
/// for its result.</summary>
internal sealed class SynchronousCallbackCoordinator(
    Database database, AppCatalog apps, DispatcherState state, CallbackLeaseService leases, CallbackProtocols protocols,
    SynchronousAttemptLoop attemptLoop, TimeProvider clock)
{
    public const string InProgressReason = "the game is being called; ask again";

    private const int PollMs = 250;

    private readonly ConcurrentDictionary<OrderId, Lazy<Task<SynchronousOutcome>>> _running = new();

    public async Task<SynchronousOutcome> SendAsync(OrderId orderId, SynchronousPlan plan, CancellationToken cancellationToken)
    {
        var started = new Lazy<Task<SynchronousOutcome>>(() => RunAsync(orderId, plan));
        var running = _running.GetOrAdd(orderId, started);
        if (running == started)
        {
            try
            {
                return await started.Value;
            }
            finally
            {
                _running.TryRemove(KeyValuePair.Create(orderId, started));
            }
        }
        try
        {
            var outcome = await running.Value.WaitAsync(TimeSpan.FromMilliseconds(plan.TimeoutMs), clock, cancellationToken);
            return outcome is SynchronousOutcome.Delivered ? new SynchronousOutcome.AlreadyDelivered() : outcome;
        }
        catch (TimeoutException)
        {
            return new SynchronousOutcome.Failed(InProgressReason);
        }
    }

    /// <summary>Makes the calls, or waits for the outcome while another node makes them.</summary>
    private async Task<SynchronousOutcome> RunAsync(OrderId orderId, SynchronousPlan plan)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var (leased, outcome) = await database.RecordAsync(
                transaction => TryClaimAsync(transaction, orderId, plan, state.WallMs), CancellationToken.None);
            if (leased is not null)
            {
                return await attemptLoop.RunAsync(leased, plan);
            }
            if (outcome is not null)
            {
                return outcome;
            }
            if (clock.GetElapsedTime(since).TotalMilliseconds >= plan.TimeoutMs || !state.IsAccepting)
            {
                return new SynchronousOutcome.Failed(InProgressReason);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(PollMs), clock, CancellationToken.None);
        }
    }

    /// <returns>The leased callback; or the outcome, if no request is needed; or neither, while another node calls.</returns>
    private async ValueTask<(LeasedCallback? Leased, SynchronousOutcome? Outcome)> TryClaimAsync(
        Transaction transaction, OrderId orderId, SynchronousPlan plan, long nowMs)
    {
        var callbacks = await CallbackTable.OfOrderAsync(transaction, orderId);
        var callback = callbacks.LastOrDefault(callback => callback.Event == CallbackEvents.Paid);
        switch (callback?.Status)
        {
            case null:
                return (null, new SynchronousOutcome.NoCallback());
            case CallbackStatus.Delivered:
                return (null, new SynchronousOutcome.AlreadyDelivered());
            case CallbackStatus.Cancelled:
                return (null, new SynchronousOutcome.Failed(CallbackLeaseService.InvalidReason));
            case CallbackStatus.Delivering:
                return (null, null);
        }
        if (!leases.IsClockSynchronized)
        {
            return (null, null);
        }
        if (apps.Find(callback.GameId) is not { Disabled: false } app || !state.IsAccepting)
        {
            return (null, new SynchronousOutcome.Failed("the app is closed or the service is stopping"));
        }

        // The absolute value: after the clock was set back, the last attempt's start may be later than now.
        var attempts = await CallbackAttemptTable.OfCallbackAsync(transaction, callback);
        if (attempts.LastOrDefault() is { } last && Math.Abs(nowMs - last.StartedMs) < plan.MinIntervalMs)
        {
            return (null, new SynchronousOutcome.Failed(last.Error ?? "the game was called a moment ago"));
        }
        if (callback.Status != CallbackStatus.Pending)
        {
            // Exhausted or held: it is queued again, for the URL that the app has now.
            var order = (await OrderTable.FindAsync(transaction, orderId))!.Order;
            callback = await CallbackTable.RestartAsync(transaction, callback, protocols.Plan(app, order, callback.Event), nowMs);
        }
        return (callback is null ? null : await CallbackTransactions.ClaimAsync(transaction, callback, leases.NewLease(app), nowMs), null);
    }
}
