namespace OrderCenter.ProviderSync;

/// <summary>How far a store's events for an app were read; leased.</summary>
internal sealed record EventPollCursor(long GameId, string Channel, string? Cursor, long Lease);
