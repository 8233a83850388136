namespace OrderCenter.Payments.Notifications;

/// <summary>An answer to a store, in the form of its documents.</summary>
public sealed record NotificationResponse(int HttpStatus, string ContentType, string Body)
{
    /// <summary>For stores that read the status only: 2xx acknowledges, everything else makes them send the notification again. A refusal
    /// is 403, a fault that may pass 503.</summary>
    public static NotificationResponse ByStatus(NotificationReception reception) => new(
        reception switch { NotificationReception.Stored => 200, NotificationReception.TryLater => 503, _ => 403 }, "text/plain", "");
}
