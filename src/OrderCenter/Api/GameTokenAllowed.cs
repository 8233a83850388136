namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint where a game may read its own data with its own token.</summary>
internal sealed record GameTokenAllowed;
