using OrderCenter.Domain;

namespace OrderCenter.Api;

/// <summary>The bearer token of the native API; null: the API is closed.</summary>
internal sealed record AdminToken(Secret? Token);
