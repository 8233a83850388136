namespace OrderCenter.Callbacks.Administration;

/// <summary>The result of an operator's redelivery.</summary>
public enum RedeliverOutcome
{
    Queued,
    NotFound,

    /// <summary>The callback is being delivered at this moment.</summary>
    InProgress,

    /// <summary>The payment was refunded, or the order is held for review.</summary>
    NotAllowed,
}
