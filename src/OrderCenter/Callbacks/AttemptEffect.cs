namespace OrderCenter.Callbacks;

/// <summary>What the outcome of an attempt did to its callback.</summary>
public enum AttemptEffect
{
    Delivered,
    Rescheduled,
    Exhausted,

    /// <summary>The attempt failed, and the order was refunded or held for review before it was recorded: the callback is not sent
    /// again.</summary>
    Cancelled,

    /// <summary>The lease had expired and another node has taken over; nothing was changed.</summary>
    LeaseLost,
}
