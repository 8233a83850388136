namespace OrderCenter.ProviderSync;

/// <summary>A notification with its encrypted headers and body.</summary>
internal sealed record StoredNotification(Notification Notification, string Sealed);
