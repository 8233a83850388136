using OrderCenter.Payments.Notifications;

namespace OrderCenter.Payments;

/// <summary>One event of a store that was polled.</summary>
public abstract record PolledEvent
{
    private PolledEvent()
    {
    }

    /// <summary>A notification that was not pushed to us: authentic, and stored under the id that the push has, so that it is processed
    /// once.</summary>
    public sealed record Notification(string NotificationId, RawNotification Raw) : PolledEvent;

    /// <summary>An event that may be reported any number of times.</summary>
    public sealed record Fact(ProviderEvent Event) : PolledEvent;
}
