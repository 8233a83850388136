namespace OrderCenter.Channels.Apple;

/// <summary>What signs requests to the App Store Server API (anchors/payments.md, "App Store Server API").</summary>
/// <param name="IssuerId">From App Store Connect, Users and Access, Integrations.</param>
/// <param name="KeyId">The key's own id.</param>
/// <param name="Pkcs8">The private key.</param>
internal sealed record ApiKey(string IssuerId, string KeyId, byte[] Pkcs8);
