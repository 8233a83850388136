namespace OrderCenter.Domain.Changes;

/// <summary>What happened to an order. Numbers as stored.</summary>
public enum ChangeEvent
{
    Created = 0,
    Paid = 1,

    /// <summary>The callback is being sent, or sent again after it failed.</summary>
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

    /// <summary>A part of the money went back; the order is as it was.</summary>
    PartiallyRefunded = 10,
}
