namespace OrderCenter.ProviderSync;

/// <summary>Headers and body of a notification, as they are encrypted.</summary>
internal sealed record SealedNotification(Dictionary<string, string> Headers, byte[] Body);
