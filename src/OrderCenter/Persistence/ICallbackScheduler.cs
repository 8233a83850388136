using System.Diagnostics;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Persistence;

/// <summary>Sends the callbacks that this node's transactions queue, as far as it has capacity; the others wait in the database.</summary>
public interface ICallbackScheduler
{
    /// <summary>Whether this node sends callbacks in the background; where it does not, what is due is announced to the other
    /// nodes.</summary>
    bool SendsInBackground { get; }

    /// <summary>Reserves capacity for a callback that is being queued.</summary>
    /// <returns>The lease for its row; null: there is no capacity now.</returns>
    NodeLease? TryReserve(string endpoint, long gameId);

    /// <summary>Releases capacity whose callback was not committed.</summary>
    void Release(string endpoint);

    /// <summary>Sends a committed callback, for which capacity is reserved.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="row">Its order.</param>
    /// <param name="lease">Until when it is leased to this node.</param>
    /// <param name="caller">The span that queued it (<see cref="Tracing.Caller"/>).</param>
    void Send(Callback callback, OrderRow row, NodeLease lease, ActivityContext caller);

    /// <summary>A committed callback waits in the database until its due time.</summary>
    void Wake(string endpoint, long dueMs);
}
