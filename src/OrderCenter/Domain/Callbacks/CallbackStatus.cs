namespace OrderCenter.Domain.Callbacks;

/// <summary>How far a callback is. Numbers as stored.</summary>
public enum CallbackStatus
{
    /// <summary>Waits for its due time.</summary>
    Pending = 0,

    /// <summary>Leased to a node that is calling, or about to.</summary>
    Delivering = 1,
    Delivered = 2,

    /// <summary>Every attempt of its schedule failed; it waits for a person.</summary>
    Exhausted = 3,

    /// <summary>Kept back: the app is disabled.</summary>
    Held = 4,

    /// <summary>Cancelled, since the order was refunded or held first.</summary>
    Cancelled = 5,
}
