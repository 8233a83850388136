namespace OrderCenter.Protocols;

/// <summary>Requests a second that one app may make; 0: no limit (contract.md, Settings).</summary>
public sealed record AppRateLimit(int RequestsPerSecond);
