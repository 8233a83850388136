using OrderCenter.Domain;

namespace OrderCenter.Payments.Notifications;

/// <summary>A channel that can say how it reads a notification, step by step, without any consequence.</summary>
public interface INotificationTrial
{
    /// <summary>Reads a sample as if the store had sent it. Changes nothing, stores nothing.</summary>
    NotificationTrial Try(App app, RawNotification sample);
}
