namespace OrderCenter.ProviderSync;

/// <summary>A notification with its headers and body.</summary>
public sealed record NotificationDetail(Notification Notification, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);
