using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Client;

/// <summary>What a callback's Standard Webhooks headers say.</summary>
public enum WebhookVerdict
{
    /// <summary>One of the secrets signed these bytes, and lately.</summary>
    Right,

    /// <summary>A header is missing or malformed.</summary>
    HeaderMissing,

    /// <summary><c>webhook-timestamp</c> is too far from now: a replay, or a clock that is wrong.</summary>
    TimeOutside,

    /// <summary>No signature fits the bytes.</summary>
    WrongSignature,
}

/// <summary>Signs and verifies the Standard Webhooks headers that every callback carries, whatever its protocol (protocols.md, "Callbacks, in every
/// protocol").</summary>
public static class StandardWebhook
{
    /// <summary>The header with the callback's id, the same over all attempts.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the attempt's time, Unix seconds.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signatures, separated by blanks: one for each secret that is valid.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>How far an attempt's time may be from now, both ways: 5 minutes.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const string KeyPrefix = "whsec_";
    private const int SignaturesMax = 16;

    /// <summary>The signature of one secret: <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    /// <param name="id">The callback's id.</param>
    /// <param name="timestampSeconds">The attempt's time, Unix seconds.</param>
    /// <param name="body">The body's bytes.</param>
    /// <param name="secret">The app's secret as it is (its UTF-8 bytes are the key), or as <c>whsec_</c> and base64 of those bytes.</param>
    public static string Sign(string id, long timestampSeconds, ReadOnlySpan<byte> body, string secret) =>
        Version + Convert.ToBase64String(Digest(id, timestampSeconds.ToString(CultureInfo.InvariantCulture), body, KeyOf(secret)));

    /// <summary>Judges the headers of a callback. Signatures are compared in constant time; an empty secret verifies nothing.</summary>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="signatures">The header <c>webhook-signature</c>.</param>
    /// <param name="body">The body's bytes as they came.</param>
    /// <param name="secrets">The secrets of which any may have signed.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far the attempt's time may be from now; left out: <see cref="Tolerance"/>.</param>
    public static WebhookVerdict Verify(
        string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, IEnumerable<string> secrets, DateTimeOffset now, TimeSpan? tolerance = null)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(signatures)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return WebhookVerdict.HeaderMissing;
        }
        if (Math.Abs(seconds - (now.ToUnixTimeMilliseconds() / 1000.0)) > (tolerance ?? Tolerance).TotalSeconds)
        {
            return WebhookVerdict.TimeOutside;
        }
        var received = signatures.Split(' ', SignaturesMax, StringSplitOptions.RemoveEmptyEntries);
        foreach (var secret in secrets.Where(secret => secret.Length > 0))
        {
            var expected = Encoding.ASCII.GetBytes(Version + Convert.ToBase64String(Digest(id, timestamp!, body, KeyOf(secret))));
            foreach (var signature in received)
            {
                if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected))
                {
                    return WebhookVerdict.Right;
                }
            }
        }
        return WebhookVerdict.WrongSignature;
    }

    private static byte[] Digest(string id, string timestamp, ReadOnlySpan<byte> body, byte[] key)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    private static byte[] KeyOf(string secret)
    {
        if (secret.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            var key = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[KeyPrefix.Length..], key, out var length) && length > 0)
            {
                return key[..length];
            }
        }
        return Encoding.UTF8.GetBytes(secret);
    }
}
