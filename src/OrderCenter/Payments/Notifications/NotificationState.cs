namespace OrderCenter.Payments.Notifications;

/// <summary>How far a notification is processed. Numbers as stored.</summary>
public enum NotificationState
{
    /// <summary>Not processed yet, or to be processed again.</summary>
    Waiting = 0,

    /// <summary>An order is in the state that it reports, by it or before it.</summary>
    Applied = 1,

    /// <summary>No order's state depends on it.</summary>
    Ignored = 2,

    /// <summary>A payment, or its refund, that no order claims.</summary>
    Unclaimed = 3,

    /// <summary>A payment that pays nothing (a second one for its order, or one that another order has used), or a refund that moves
    /// nothing (of a part).</summary>
    Unapplied = 4,

    /// <summary>Its order is held for review.</summary>
    Held = 5,

    /// <summary>It could not be processed however often it was tried, or it is authentic and cannot be understood; it waits for an
    /// operator.</summary>
    Failed = 6,
}
