namespace OrderCenter.Api;

/// <summary>What a side says: an amount, or the number of pieces, or both.</summary>
internal sealed record DiscrepancySideJson(string? Money, string? Currency, long? Units);
