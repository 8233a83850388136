namespace OrderCenter.Api.Work;

/// <summary>An endpoint that callbacks go to: an app, a scheme, a host and a port.</summary>
/// <param name="GameId">The app.</param>
/// <param name="Url">Scheme, host and, where it is not the usual one, port.</param>
/// <param name="Waiting">Callbacks that wait for an attempt, of all nodes; at most 10,000.</param>
/// <param name="IsMore">Whether more wait.</param>
/// <param name="OldestWaitingAt">When the oldest of them was queued; null: none waits.</param>
/// <param name="ThisNode">What only this node knows; each node has a breaker and a memory of its own.</param>
internal sealed record EndpointJson(
    long GameId, string Url, long Waiting, bool IsMore, DateTime? OldestWaitingAt, EndpointOfNodeJson ThisNode);

/// <summary>What a node knows of an endpoint.</summary>
/// <param name="Breaker"><c>closed</c>, or <c>open</c>: no callback is sent but a trial.</param>
/// <param name="BreakerTriesAt">When the next trial is due; null: the breaker is closed.</param>
/// <param name="InFlight">Requests that are not answered yet.</param>
/// <param name="LastHour">The attempts of the last 60 minutes.</param>
/// <param name="LastFailure">The last attempt that was not accepted; null: none since the endpoint has been in use here.</param>
internal sealed record EndpointOfNodeJson(
    string Breaker, DateTime? BreakerTriesAt, int InFlight, EndpointHourJson LastHour, EndpointFailureJson? LastFailure);

/// <summary>Attempts of an hour.</summary>
/// <param name="Attempts">How many ended.</param>
/// <param name="Succeeded">How many the receiver acknowledged.</param>
/// <param name="SuccessRate">Their share, 0 to 1; null: there were none.</param>
/// <param name="P50Ms">What half of them did not exceed, to within a fifth.</param>
/// <param name="P95Ms">What 95 of 100 did not exceed, to within a fifth.</param>
internal sealed record EndpointHourJson(long Attempts, long Succeeded, double? SuccessRate, long? P50Ms, long? P95Ms);

/// <summary>A failure.</summary>
/// <param name="At">When the attempt ended.</param>
/// <param name="Text">Why it was not accepted.</param>
internal sealed record EndpointFailureJson(DateTime At, string Text);
