namespace OrderCenter.Payments.Notifications;

/// <summary>What happened to a received notification.</summary>
public enum NotificationReception
{
    Stored,
    Refused,

    /// <summary>A fault that may pass: the answer makes the store send it again.</summary>
    TryLater,
}
