namespace OrderCenter.Protocols;

/// <summary>How many requests an address may send a minute that are refused for their signature, app or address; 0: no limit.</summary>
public sealed record FailureRateLimit(int FailuresPerMinute);
