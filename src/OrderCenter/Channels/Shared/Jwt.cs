using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderCenter.Channels.Shared;

/// <summary>Signs the JSON Web Tokens that stores want of us (RFC 7519).</summary>
internal static class Jwt
{
    private static readonly JsonWebTokenHandler s_handler = new() { SetDefaultTimesOnTokenCreation = false };

    // The library would keep a signer beyond the life of its key.
    private static readonly CryptoProviderFactory s_signers = new() { CacheSignatureProviders = false };

    /// <summary>A token that is valid from now on.</summary>
    /// <param name="key">Signs it; its <c>KeyId</c>, where it has one, is named in the header.</param>
    /// <param name="algorithm">As in the header: <c>RS256</c>, <c>ES256</c>.</param>
    /// <param name="issuer">Its <c>iss</c>.</param>
    /// <param name="audience">Its <c>aud</c>.</param>
    /// <param name="issuedAt">Its <c>iat</c>, to the second.</param>
    /// <param name="life">From <c>iat</c> to <c>exp</c>.</param>
    /// <param name="claims">More claims.</param>
    public static string Sign(
        SecurityKey key, string algorithm, string issuer, string audience, DateTimeOffset issuedAt, TimeSpan life,
        params ReadOnlySpan<(string Name, string Value)> claims)
    {
        var more = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in claims)
        {
            more[name] = value;
        }
        var seconds = DateTimeOffset.FromUnixTimeSeconds(issuedAt.ToUnixTimeSeconds());
        return s_handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = seconds.UtcDateTime,
            Expires = (seconds + life).UtcDateTime,
            Claims = more,
            SigningCredentials = new SigningCredentials(key, algorithm) { CryptoProviderFactory = s_signers },
        });
    }
}
