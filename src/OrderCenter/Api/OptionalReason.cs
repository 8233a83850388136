namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint whose body may be left out; where there is one, it is a <see cref="ReasonJson"/>. Not the framework's
/// own metadata of bodies: by that, routing gives a request without a content type to the route that answers for unknown
/// addresses.</summary>
internal sealed class OptionalReason;
