using System.Collections.Concurrent;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>Where those who queue callbacks meet the one who delivers them, without knowing each other: the deliverer says what it has room for, the
/// queue says what was committed.</summary>
public sealed class DueWork
{
    private readonly ConcurrentDictionary<string, byte> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Takes room for a callback to that endpoint, where the node can send it at once; null: it waits in the database.</summary>
    public Func<string, long, NodeLease?> TryTake { get; set; } = static (_, _) => null;

    /// <summary>Whether this node delivers in the background; where it does not, the others are told what is due.</summary>
    public bool Delivers { get; set; }

    /// <summary>Gives room back that was taken for a callback which was not committed.</summary>
    public Action<string> GiveBack { get; set; } = static _ => { };

    /// <summary>Told after the commit: a callback that is leased to this node and has room taken.</summary>
    public Action<Callback, OrderRow, NodeLease> Leased { get; set; } = static (_, _, _) => { };

    /// <summary>Told after the commit: a callback that waits until its due time.</summary>
    public Action<string, long> Waiting { get; set; } = static (_, _) => { };

    /// <summary>Queues a callback in the caller's transaction and hands it to the deliverer once that is committed.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="order">As it is told.</param>
    /// <param name="payment">What paid it.</param>
    /// <param name="event">What is told.</param>
    /// <param name="plan">To where, and when.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="isFirst">Whether the order, as this transaction found it, cannot have had a callback.</param>
    public async ValueTask<Callback> QueueAsync(
        Transaction transaction, Order order, Payment? payment, string @event, CallbackPlan plan, long nowMs, bool isFirst = false)
    {
        var endpoint = Callback.EndpointOf(order.GameId, plan.Url);
        var lease = plan.WaitsMs[0] == 0 ? TryTake(endpoint, order.GameId) : null;
        if (lease is not null)
        {
            transaction.AfterRollback(() => GiveBack(endpoint));
        }
        else if (!Delivers)
        {
            transaction.Announce(endpoint);
        }
        var callback = await CallbackTable.QueueAsync(transaction, order, endpoint, @event, plan, lease, isNewEndpoint: !_endpoints.ContainsKey(endpoint), isFirst, nowMs);
        transaction.AfterCommit(() =>
        {
            _endpoints.TryAdd(endpoint, 0);
            if (lease is null)
            {
                Waiting(endpoint, callback.DueMs!.Value);
            }
            else
            {
                Leased(callback, OrderRow.Of(order, payment), lease);
            }
        });
        return callback;
    }
}
