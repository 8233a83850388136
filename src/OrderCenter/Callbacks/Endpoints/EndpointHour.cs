namespace OrderCenter.Callbacks.Endpoints;

/// <summary>The attempts of one node at an endpoint within the last hour.</summary>
/// <param name="Attempts">How many ended.</param>
/// <param name="Accepted">How many of them the receiver acknowledged.</param>
/// <param name="P50Ms">What half of them did not exceed, milliseconds, to within a fifth; null: there were none.</param>
/// <param name="P95Ms">The same for 95 of 100.</param>
/// <param name="LastFailure">The last one that was not accepted, since the endpoint has been in use; null: none.</param>
public sealed record EndpointHour(long Attempts, long Accepted, long? P50Ms, long? P95Ms, EndpointFailure? LastFailure);
