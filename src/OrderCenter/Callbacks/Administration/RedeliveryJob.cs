using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Administration;

/// <summary>A redelivery of many callbacks: of those with <paramref name="Status"/> that were created since <paramref name="SinceMs"/>.
/// <paramref name="Queued"/> counts those that were queued again so far.</summary>
public sealed record RedeliveryJob(
    string JobId, long GameId, CallbackStatus Status, long SinceMs, string Actor, long Queued,
    bool IsDone, bool IsCancelled);
