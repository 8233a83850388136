using System.Diagnostics;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>Called by <see cref="CallbackOutbox"/> for the callbacks that this node's transactions queue: leases and sends them at once if
/// the node has capacity, and otherwise notes when they are due.</summary>
internal sealed class CallbackScheduler(DispatcherState state, CallbackClaimer claimer, CallbackSendLoop sendLoop) : ICallbackScheduler
{
    public bool SendsInBackground => state.SendsInBackground;

    public NodeLease? TryReserve(string endpoint, long gameId) => SendsInBackground ? claimer.TryReserve(endpoint, gameId) : null;

    public void Release(string endpoint) => claimer.Release(state.EndpointOf(endpoint, DispatcherState.GameIdOf(endpoint)));

    public void Send(Callback callback, OrderRow row, NodeLease lease, ActivityContext caller) =>
        sendLoop.Start(new LeasedCallback(callback, row, lease.UntilMs, caller));

    public void Wake(string endpoint, long dueMs)
    {
        if (SendsInBackground)
        {
            state.NoteDue(endpoint, DispatcherState.GameIdOf(endpoint), dueMs);
        }
    }
}
