using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>Which order holds a game's own order number, and the fingerprint of that request.</summary>
internal sealed record OrderKey(OrderId OrderId, string Fingerprint);
