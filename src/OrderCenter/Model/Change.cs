namespace OrderCenter.Model;

/// <summary>What happened to an order. Numbers as stored.</summary>
public enum ChangeEvent
{
    Created = 0,
    Paid = 1,

    /// <summary>The game is being told, or a failed delivery is tried again.</summary>
    Delivering = 2,
    Delivered = 3,
    Failed = 4,
    Closed = 5,

    /// <summary>Held for a person to look at.</summary>
    Held = 6,

    /// <summary>No longer held.</summary>
    Released = 7,
    Refunded = 8,
    RefundReversed = 9,
}

/// <summary>What a move of an order is called. Where a callback tells of the same, it has the callback's name.</summary>
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
        _ => throw new InvalidOperationException($"unknown event {@event}"),
    };
}

/// <summary>One move of an order, and how the order stood after it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Move">The count of the move within the order; 0: its creation.</param>
/// <param name="GameId">The order's game.</param>
/// <param name="Event">What happened.</param>
/// <param name="State">The state after it.</param>
/// <param name="Reason">Why the order was held, closed or failed; null otherwise.</param>
/// <param name="AtMs">Unix milliseconds, by the clock of the node that did it.</param>
public sealed record Change(OrderId OrderId, int Move, long GameId, ChangeEvent Event, OrderState State, string? Reason, long AtMs);

/// <summary>A change with its place in its game's feed.</summary>
public sealed record NumberedChange(long Number, Change Change);
