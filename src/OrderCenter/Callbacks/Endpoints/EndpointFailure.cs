namespace OrderCenter.Callbacks.Endpoints;

/// <summary>The last attempt at an endpoint that was not accepted.</summary>
/// <param name="AtMs">When it ended, Unix milliseconds.</param>
/// <param name="Text">Why, as with the callback's attempt.</param>
public sealed record EndpointFailure(long AtMs, string Text);
