namespace OrderCenter.Payments.Notifications;

/// <summary>Whether a notification is the store's.</summary>
public abstract record AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>The store's. One that is authentic and cannot be understood is genuine too: it is stored, acknowledged and shown.</summary>
    /// <param name="NotificationId">The store's own id of it, the same in every repetition: the key by which it is stored once.</param>
    public sealed record Genuine(string NotificationId) : AuthenticationResult
    {
        /// <summary>The account of the channel that it is for; null: the app has but one.</summary>
        public string? Account { get; init; }

        /// <summary>Whether it says itself that it is for other settings than those that it was verified with: for another package, say,
        /// whose notifications the same key signs. Where the app has several accounts, the one that it is for takes it.</summary>
        public bool IsForAnother { get; init; }
    }

    /// <summary>Forged, for another app, or the channel is not configured. Counted, logged, not stored.</summary>
    public sealed record Refused(string Reason) : AuthenticationResult;

    /// <summary>It cannot be verified now (keys could not be fetched): the store shall send it again.</summary>
    public sealed record TryLater(string Reason) : AuthenticationResult;
}
