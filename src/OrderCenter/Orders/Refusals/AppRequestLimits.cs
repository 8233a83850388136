namespace OrderCenter.Orders.Refusals;

/// <summary>How many requests an app may make; 0: no limit (operating.md, Settings).</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="AtOnce">Requests in progress at once on this node.</param>
public sealed record AppRequestLimits(int PerSecond, int AtOnce);
