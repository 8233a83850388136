using System.Collections.Concurrent;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Persistence;

/// <summary>Queues callbacks: a row in the caller's transaction, handed to the scheduler after the commit.</summary>
public sealed class CallbackOutbox(ICallbackScheduler scheduler)
{
    private const int EndpointsMax = 16_384;
    private const long DayMs = 86_400_000;

    /// <summary>Endpoints that this node has inserted, with the day on which it did.</summary>
    private readonly ConcurrentDictionary<string, long> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Queues a callback in the caller's transaction and hands it to the scheduler once that is committed.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="order">As the callback reports it.</param>
    /// <param name="payment">What paid it.</param>
    /// <param name="event">What happened.</param>
    /// <param name="plan">To where, and when.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="isFirst">Whether the order, as this transaction found it, cannot have had a callback.</param>
    public async ValueTask<Callback> QueueAsync(
        Transaction transaction, Order order, Payment? payment, string @event, CallbackPlan plan, long nowMs, bool isFirst = false)
    {
        var endpoint = Callback.EndpointOf(order.GameId, plan.Url, CallbackEvents.IsTold(@event));
        var lease = plan.WaitsMs[0] == 0 ? scheduler.TryReserve(endpoint, order.GameId) : null;
        if (lease is not null)
        {
            transaction.AfterRollback(() => scheduler.Release(endpoint));
        }
        else if (!scheduler.SendsInBackground)
        {
            transaction.Announce(endpoint);
        }
        var isNewEndpoint = !_endpoints.TryGetValue(endpoint, out var day) || day != nowMs / DayMs;
        var caller = Tracing.Caller;
        var callback = await CallbackTable.QueueAsync(transaction, order, endpoint, @event, plan, lease, isNewEndpoint, isFirst, nowMs);
        transaction.AfterCommit(() =>
        {
            if (isNewEndpoint)
            {
                Remember(endpoint, nowMs / DayMs);
            }
            if (lease is null)
            {
                scheduler.Wake(endpoint, callback.DueMs!.Value);
            }
            else
            {
                scheduler.Send(callback, OrderRow.Of(order, payment), lease, caller);
            }
        });
        return callback;
    }

    private void Remember(string endpoint, long day)
    {
        if (_endpoints.Count >= EndpointsMax)
        {
            _endpoints.Clear();
        }
        _endpoints[endpoint] = day;
    }
}
