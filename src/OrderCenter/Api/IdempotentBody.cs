namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint whose body identifies the request by itself, so that it needs no Idempotency-Key and is not held in
/// memory.</summary>
internal sealed class IdempotentBody;
