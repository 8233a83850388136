using System.Diagnostics;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>A callback that is leased to this node, with its order.</summary>
/// <param name="Callback">As it was leased.</param>
/// <param name="Row">Its order, as it was then.</param>
/// <param name="LeaseUntilMs">By <see cref="LeaseClock"/>.</param>
/// <param name="Caller">The span that queued it on this node; the default: it was read from the database.</param>
public sealed record LeasedCallback(Callback Callback, OrderRow Row, long LeaseUntilMs, ActivityContext Caller = default)
{
    /// <summary>Whether the callback was still valid when it was leased.</summary>
    public bool IsValid => IsStillValid(Callback, Row.Order);

    /// <summary>Whether a call that takes as long as its time-out ends within the lease, by <see cref="LeaseClock"/>.
    /// After a pause of this node another one may be sending the callback already.</summary>
    public bool FitsLease(long timeoutMs, long nowMs) => nowMs + timeoutMs + NodeLease.ClockSkewMs <= LeaseUntilMs;

    /// <summary>Whether a callback may be sent at all. <see cref="CallbackEvents.Paid"/> makes the game grant the
    /// goods, which must not happen for an order that was refunded or is held for review.</summary>
    public static bool IsStillValid(Callback callback, Order order) =>
        callback.Event != CallbackEvents.Paid || order.State is { Pay: PayState.Paid, Progress: not Progress.Review };
}
