namespace OrderCenter.OpenWork;

/// <summary>The callbacks of an endpoint that wait for an attempt, on all nodes.</summary>
/// <param name="Count">At most 10,000.</param>
/// <param name="OldestMs">When the oldest of them was queued, Unix milliseconds. Where there are more than 10,000: of those that are due
/// first.</param>
/// <param name="IsMore">Whether there are more.</param>
public sealed record EndpointWaiting(long Count, long OldestMs, bool IsMore);
