namespace OrderCenter.Callbacks.Synchronous;

/// <summary>The schedule of a callback that is sent while the caller waits.</summary>
/// <param name="WaitsMs">The wait before each call, milliseconds.</param>
/// <param name="MinIntervalMs">No call is made when the last attempt began less than this ago.</param>
/// <param name="TimeoutMs">How long a caller waits for calls that another request or node makes.</param>
public sealed record SynchronousPlan(IReadOnlyList<long> WaitsMs, long MinIntervalMs, long TimeoutMs);
