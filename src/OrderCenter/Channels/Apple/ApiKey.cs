using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What signs requests to the App Store Server API and to the App Store Connect API (anchors/payments.md, "App Store Server
/// API").</summary>
/// <param name="IssuerId">From App Store Connect, Users and Access, Integrations.</param>
/// <param name="KeyId">The key's own id.</param>
/// <param name="Pkcs8">The private key.</param>
internal sealed record ApiKey(string IssuerId, string KeyId, byte[] Pkcs8)
{
    private const int KeyCharsMax = 4096;
    private const string Audience = "appstoreconnect-v1";

    /// <summary>The PKCS#8 of the key in a field; null: it is absent, or no such key, which is a fault.</summary>
    public static byte[]? ReadPrivateKey(JsonFieldReader fields, string name)
    {
        if (fields.Text(name, KeyCharsMax) is not { } text)
        {
            return null;
        }
        var key = Parse(text);
        if (key is null)
        {
            fields.AddFault($"{name} must be a P-256 EC private key in PKCS#8, as PEM (the .p8 file's text) or base64 DER");
        }
        return key;
    }

    /// <summary>A bearer token, signed with ES256.</summary>
    public string Sign(DateTimeOffset now, TimeSpan life, params ReadOnlySpan<(string Name, string Value)> claims)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Pkcs8, out _);
        return Jwt.Sign(new ECDsaSecurityKey(key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256, IssuerId, Audience, now, life, claims);
    }

    private static byte[]? Parse(string text)
    {
        using var key = ECDsa.Create();
        try
        {
            if (text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                key.ImportFromPem(text);
            }
            else
            {
                var der = new byte[text.Length];
                if (!Convert.TryFromBase64String(text, der, out var length))
                {
                    return null;
                }
                key.ImportPkcs8PrivateKey(der.AsSpan(0, length), out _);
            }
            // A public key alone cannot be exported so, and throws.
            var parameters = key.ExportParameters(includePrivateParameters: true);
            var isP256 = parameters.D is not null && parameters.Curve.IsNamed
                && parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
            return isP256 ? key.ExportPkcs8PrivateKey() : null;
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
