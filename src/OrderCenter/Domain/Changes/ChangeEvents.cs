using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Domain.Changes;

/// <summary>The name of a change of an order: that of the callback that reports it, where there is one.</summary>
public static class ChangeEvents
{
    public static ChangeEvent Of(OrderState from, OrderState to) => (from.Pay, to.Pay, to.Progress) switch
    {
        (not PayState.Refunded, PayState.Refunded, _) => ChangeEvent.Refunded,
        (PayState.Refunded, PayState.Paid, _) => ChangeEvent.RefundReversed,
        (PayState.Unpaid, PayState.Paid, _) => ChangeEvent.Paid,
        (_, _, Progress.Delivered) => ChangeEvent.Delivered,
        (_, _, Progress.Failed) => ChangeEvent.Failed,
        (_, _, Progress.Closed) => ChangeEvent.Closed,
        (_, _, Progress.Review) => ChangeEvent.Held,
        _ => from.Progress == Progress.Review ? ChangeEvent.Released : ChangeEvent.Delivering,
    };

    /// <summary>The name of a change that is told at an app's <c>eventsUrl</c>; null: it is not.</summary>
    public static string? ToldName(ChangeEvent @event) => @event switch
    {
        ChangeEvent.Paid => CallbackEvents.Paid,
        ChangeEvent.Delivered => "order.delivered",
        ChangeEvent.Refunded => CallbackEvents.Refunded,
        ChangeEvent.PartiallyRefunded => "order.partially_refunded",
        ChangeEvent.RefundReversed => "order.refund_reversed",
        ChangeEvent.Held => "order.held",
        ChangeEvent.Closed => CallbackEvents.Closed,
        _ => null,
    };

    public static string Name(ChangeEvent @event) => @event switch
    {
        ChangeEvent.Created => "order.created",
        ChangeEvent.Paid => CallbackEvents.Paid,
        ChangeEvent.Delivering => "order.delivering",
        ChangeEvent.Delivered => "order.delivered",
        ChangeEvent.Failed => "order.failed",
        ChangeEvent.Closed => CallbackEvents.Closed,
        ChangeEvent.Held => "order.held",
        ChangeEvent.Released => "order.released",
        ChangeEvent.Refunded => CallbackEvents.Refunded,
        ChangeEvent.RefundReversed => "order.refundReversed",
        ChangeEvent.PartiallyRefunded => "order.partiallyRefunded",
        _ => throw new InvalidOperationException($"unknown event {@event}"),
    };
}
