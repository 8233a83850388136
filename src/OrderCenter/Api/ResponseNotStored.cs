namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint whose response is secret (a signature, a first password, a token): it is not stored, and a repeated
/// request is served anew.</summary>
internal sealed class ResponseNotStored;
