namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint that changes nothing and whose response is secret: it is not stored, and a repeated request is served
/// anew.</summary>
internal sealed class ResponseNotStored;
