using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>What a push's token proves.</summary>
internal abstract record PushTokenAnswer
{
    private PushTokenAnswer()
    {
    }

    public sealed record Genuine : PushTokenAnswer;

    public sealed record Refused(string Reason) : PushTokenAnswer;

    /// <summary>The keys could not be had.</summary>
    public sealed record TryLater(string Reason) : PushTokenAnswer;
}

/// <summary>The OIDC tokens with which Pub/Sub pushes: RS256 by Google's keys, made for our audience, of the service account that we expect
/// (anchors/payments.md, "RTDN"). Keys are kept by address, and fetched anew for a key id that is not known, at a bounded rate.</summary>
internal sealed class PushTokens(TimeProvider clock, StoreHttp http)
{
    private const int TokenCharsMax = 8192;
    private const int NameCharsMax = 512;
    private const int KeysMax = 32;
    private const int KeyBitsMin = 2048;
    private const int AddressesMax = 64;
    private const long SkewSeconds = 60;
    private static readonly string[] Issuers = ["https://accounts.google.com", "accounts.google.com"];

    /// <summary>An unknown key id, which anybody can send, makes us ask at most so often.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    /// <summary>Google takes keys out of use after days; ours are not trusted for longer than this without asking.</summary>
    private static readonly TimeSpan KeysAgeMax = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<Uri, KeySet> _keySets = [];

    /// <param name="settings">Whose push it is.</param>
    /// <param name="authorization">The header; null: there was none.</param>
    /// <param name="receivedMs">When it came; its age is judged by that.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<PushTokenAnswer> JudgeAsync(GoogleSettings settings, string? authorization, long receivedMs, CancellationToken cancellationToken)
    {
        if (settings.PushAudience is null || settings.PushEmail is null)
        {
            return new PushTokenAnswer.Refused("pushAudience and pushEmail are not set for this app");
        }
        if (authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is not true || authorization.Length > TokenCharsMax
            || authorization[7..].Split('.') is not [var headerText, var claimsText, var signatureText]
            || !TryDecode(headerText, out var headerBytes) || !TryDecode(claimsText, out var claimsBytes) || !TryDecode(signatureText, out var signature)
            || !Fields.TryParse(headerBytes, out var header, out _) || !Fields.TryParse(claimsBytes, out var claims, out _))
        {
            return new PushTokenAnswer.Refused("the push bears no token of three parts");
        }
        if (header.Text("alg", NameCharsMax) != "RS256" || header.Has("crit") || header.Text("kid", NameCharsMax) is not { } keyId)
        {
            return new PushTokenAnswer.Refused("the token must be RS256 and name its key");
        }

        // What costs nothing is judged before a key is asked for; nothing of it is believed before the signature.
        if (ClaimsFault(settings, claims, receivedMs / 1000) is { } fault)
        {
            return new PushTokenAnswer.Refused(fault);
        }
        var (key, keyFault) = await FindKeyAsync(settings.OidcCerts, keyId, cancellationToken);
        if (key is null)
        {
            return keyFault is null ? new PushTokenAnswer.Refused("the token's key is none of Google's") : new PushTokenAnswer.TryLater(keyFault);
        }
        using var rsa = RSA.Create();
        rsa.ImportParameters(key.Value);
        return rsa.VerifyData(Encoding.ASCII.GetBytes(headerText + "." + claimsText), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? new PushTokenAnswer.Genuine()
            : new PushTokenAnswer.Refused("the token's signature is not Google's");
    }

    private static string? ClaimsFault(GoogleSettings settings, Fields claims, long nowSeconds)
    {
        if (claims.Text("iss", NameCharsMax) is not { } issuer || !Issuers.Contains(issuer, StringComparer.Ordinal))
        {
            return "the token is not of accounts.google.com";
        }
        if (claims.Text("aud", NameCharsMax) != settings.PushAudience)
        {
            return "the token is not for our audience (pushAudience)";
        }
        if (claims.Text("email", NameCharsMax) != settings.PushEmail || claims.Flag("email_verified") is not true)
        {
            return "the token is of another account (pushEmail)";
        }
        if (claims.Integer("exp", 0, long.MaxValue) is not { } end || end <= nowSeconds - SkewSeconds)
        {
            return "the token has ended";
        }
        return claims.Integer("iat", 0, long.MaxValue) is not { } issued || issued > nowSeconds + SkewSeconds ? "the token is not yet valid" : null;
    }

    /// <returns>The key; or neither: Google does not have it; or why it is not known.</returns>
    private async Task<(RSAParameters? Key, string? Fault)> FindKeyAsync(Uri address, string keyId, CancellationToken cancellationToken)
    {
        if (_keySets.Count >= AddressesMax && !_keySets.ContainsKey(address))
        {
            _keySets.Clear();
        }
        var keys = _keySets.GetOrAdd(address, static _ => new KeySet());
        if (keys.Find(keyId, clock.GetUtcNow() - KeysAgeMax) is { } known)
        {
            return (known, null);
        }
        await keys.Asking.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited finds what the one before fetched.
            var now = clock.GetUtcNow();
            if (keys.Find(keyId, now - KeysAgeMax) is { } fetched)
            {
                return (fetched, null);
            }
            if (keys.AskedAt is { } askedAt && now - askedAt < AskAgain)
            {
                return (null, keys.Fault);
            }
            keys.AskedAt = now;
            keys.Fault = await FetchAsync(keys, address, cancellationToken);
            return (keys.Find(keyId, now - KeysAgeMax), keys.Fault);
        }
        finally
        {
            keys.Asking.Release();
        }
    }

    private async Task<string?> FetchAsync(KeySet keys, Uri address, CancellationToken cancellationToken)
    {
        switch (await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken))
        {
            case StoreAnswer.Answered { IsSuccess: true } answered:
                if (Read(answered.Body) is not { } read)
                {
                    return "Google's keys are not usable";
                }
                keys.Set(read, clock.GetUtcNow());
                return null;
            case StoreAnswer.Answered answered:
                return $"Google's keys could not be had: {answered.HttpStatus}";
            case StoreAnswer.Failed failed:
                return $"Google's keys could not be had: {failed.Reason}";
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static Dictionary<string, RSAParameters>? Read(byte[] body)
    {
        if (!Fields.TryParse(body, out var fields, out _) || fields.Element("keys") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > KeysMax)
        {
            return null;
        }
        var keys = new Dictionary<string, RSAParameters>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            var key = new Fields(element);
            if (key.Text("kty", NameCharsMax) == "RSA" && key.Text("kid", NameCharsMax) is { } keyId && key.Text("n", TokenCharsMax) is { } n && key.Text("e", NameCharsMax) is { } e
                && TryDecode(n, out var modulus) && TryDecode(e, out var exponent) && modulus.Length * 8 >= KeyBitsMin && exponent.Length is > 0 and <= 4)
            {
                keys[keyId] = new RSAParameters { Modulus = modulus, Exponent = exponent };
            }
        }
        return keys.Count == 0 ? null : keys;
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (text.Contains('=', StringComparison.Ordinal) || text.Any(char.IsWhiteSpace)
            || Base64Url.DecodeFromChars(text, buffer, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }
        bytes = buffer[..length];
        return true;
    }

    /// <summary>The keys of one address.</summary>
    private sealed class KeySet
    {
        private volatile Fetched? _fetched;

        /// <summary>One asks, the others wait.</summary>
        public SemaphoreSlim Asking { get; } = new(1, 1);

        /// <summary>Held by <see cref="Asking"/>.</summary>
        public DateTimeOffset? AskedAt { get; set; }

        /// <summary>Why the last question failed; null: it did not. Held by <see cref="Asking"/>.</summary>
        public string? Fault { get; set; }

        public RSAParameters? Find(string keyId, DateTimeOffset oldest) =>
            _fetched is { } fetched && fetched.At >= oldest && fetched.Keys.TryGetValue(keyId, out var key) ? key : null;

        public void Set(Dictionary<string, RSAParameters> keys, DateTimeOffset at) => _fetched = new Fetched(keys, at);

        private sealed record Fetched(Dictionary<string, RSAParameters> Keys, DateTimeOffset At);
    }
}
