namespace OrderCenter.ProviderSync;

/// <summary>The last notification of a page.</summary>
public readonly record struct NotificationCursor(long ReceivedMs, string Key);
