using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>The OIDC tokens with which Pub/Sub pushes: RS256 by Google's keys, made for our audience, of the service account that we expect
/// (anchors/payments.md, "RTDN"). Keys are kept by address, and fetched anew for a key id that is not known, at a bounded rate.</summary>
internal sealed class PushTokenVerifier(TimeProvider clock, StoreHttp http)
{
    private const int TokenCharsMax = 8192;
    private const int KeysMax = 32;
    private const int KeyBitsMin = 2048;
    private const int AddressesMax = 64;
    private const long SkewSeconds = 60;
    private static readonly JsonWebTokenHandler s_handler = new() { MaximumTokenSizeInBytes = TokenCharsMax };
    private static readonly string[] Issuers = ["https://accounts.google.com", "accounts.google.com"];

    /// <summary>An unknown key id, which anybody can send, causes at most one call in this time.</summary>
    private static readonly TimeSpan FetchPause = TimeSpan.FromMinutes(1);

    /// <summary>Google takes keys out of use after days; they are fetched again after this time.</summary>
    private static readonly TimeSpan KeysAgeMax = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<Uri, FetchedKeys<SecurityKey>> _keys = [];

    /// <param name="settings">Whose push it is.</param>
    /// <param name="authorization">The header; null: there was none.</param>
    /// <param name="receivedMs">When it came; its age is judged by that.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<PushTokenResult> VerifyAsync(
        GoogleSettings settings, string? authorization, long receivedMs, CancellationToken cancellationToken)
    {
        if (settings.PushAudience is null || settings.PushEmail is null)
        {
            return new PushTokenResult.Refused("pushAudience and pushEmail are not set for this app");
        }
        if (authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is not true || authorization.Length > TokenCharsMax
            || !TryRead(authorization[7..], out var token))
        {
            return new PushTokenResult.Refused("the push bears no token of three parts");
        }
        if (token.Alg != SecurityAlgorithms.RsaSha256 || token.Kid is not { Length: > 0 } keyId
            || token.TryGetHeaderValue<object>("crit", out _))
        {
            return new PushTokenResult.Refused("the token must be RS256 and name its key");
        }

        // What costs nothing is checked before a key is fetched; none of it is believed before the signature.
        if (ClaimsFault(settings, token, receivedMs) is { } fault)
        {
            return new PushTokenResult.Refused(fault);
        }
        var (isKnown, key, keyFault) = await KeysAt(settings.OidcCerts).FindAsync(keyId, cancellationToken);
        if (!isKnown)
        {
            return keyFault is null
                ? new PushTokenResult.Refused("the token's key is none of Google's")
                : new PushTokenResult.TryLater(keyFault);
        }
        return (await s_handler.ValidateTokenAsync(token, SignatureOf(key!))).IsValid
            ? new PushTokenResult.Genuine()
            : new PushTokenResult.Refused("the token's signature is not Google's");
    }

    private static bool TryRead(string text, [NotNullWhen(true)] out JsonWebToken? token)
    {
        try
        {
            token = s_handler.CanReadToken(text) ? s_handler.ReadJsonWebToken(text) : null;
        }
        catch (ArgumentException)
        {
            token = null;
        }
        return token is not null;
    }

    private static TokenValidationParameters SignatureOf(SecurityKey key) => new()
    {
        IssuerSigningKey = key, ValidAlgorithms = [SecurityAlgorithms.RsaSha256], RequireSignedTokens = true,

        // Checked by ClaimsFault, which says what is wrong, and by the time at which the push came.
        ValidateIssuer = false, ValidateAudience = false, ValidateLifetime = false,
    };

    private static string? ClaimsFault(GoogleSettings settings, JsonWebToken token, long receivedMs)
    {
        if (!Issuers.Contains(token.Issuer, StringComparer.Ordinal))
        {
            return "the token is not of accounts.google.com";
        }
        if (token.Audiences.ToList() is not [var audience] || audience != settings.PushAudience)
        {
            return "the token is not for our audience (pushAudience)";
        }
        if (!token.TryGetPayloadValue<string>("email", out var email) || email != settings.PushEmail
            || !token.TryGetPayloadValue<bool>("email_verified", out var isVerified) || !isVerified)
        {
            return "the token is of another account (pushEmail)";
        }
        if (!TryGetTime(token, JwtRegisteredClaimNames.Exp, out var endSeconds) || endSeconds <= (receivedMs / 1000) - SkewSeconds)
        {
            return "the token has ended";
        }
        return !TryGetTime(token, JwtRegisteredClaimNames.Iat, out var issuedSeconds) || issuedSeconds > (receivedMs / 1000) + SkewSeconds
            ? "the token is not yet valid"
            : null;
    }

    private static bool TryGetTime(JsonWebToken token, string claim, out long seconds) =>
        token.TryGetPayloadValue(claim, out seconds) && seconds >= 0;

    private FetchedKeys<SecurityKey> KeysAt(Uri address)
    {
        if (_keys.Count >= AddressesMax && !_keys.ContainsKey(address))
        {
            _keys.Clear();
        }
        return _keys.GetOrAdd(
            address, address => new FetchedKeys<SecurityKey>(clock, _ => FetchAsync(address), FetchPause, FetchPause, KeysAgeMax));
    }

    private async Task<(Dictionary<string, SecurityKey>? Keys, string? Fault)> FetchAsync(Uri address)
    {
        switch (await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), CancellationToken.None))
        {
            case StoreResponse.Answered { IsSuccess: true } answered:
                return Read(answered.Body) is { } keys ? (keys, null) : (null, "Google's keys are not usable");
            case StoreResponse.Answered answered:
                return (null, $"Google's keys could not be had: {answered.HttpStatus}");
            case StoreResponse.Failed failed:
                return (null, $"Google's keys could not be had: {failed.Reason}");
            default:
                throw new InvalidOperationException("unknown response");
        }
    }

    private static Dictionary<string, SecurityKey>? Read(byte[] body)
    {
        try
        {
            var set = new JsonWebKeySet(Encoding.UTF8.GetString(body));
            if (set.Keys.Count > KeysMax)
            {
                return null;
            }
            var keys = set.Keys
                .Where(IsUsable)
                .DistinctBy(key => key.Kid, StringComparer.Ordinal)
                .ToDictionary(key => key.Kid, SecurityKey (key) => key, StringComparer.Ordinal);
            return keys.Count == 0 ? null : keys;
        }
        catch (Exception malformed) when (malformed is ArgumentException or JsonException)
        {
            return null;
        }
    }

    /// <summary>One key that cannot be used does not keep the others from being used.</summary>
    private static bool IsUsable(JsonWebKey key)
    {
        try
        {
            return key is { Kty: JsonWebAlgorithmsKeyTypes.RSA, Kid.Length: > 0, KeySize: >= KeyBitsMin };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
