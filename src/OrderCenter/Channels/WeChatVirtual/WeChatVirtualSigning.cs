using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>What is signed and encrypted between WeChat's virtual payment and us (docs/channels/wechat-virtual.md, "Signatures").</summary>
internal static class WeChatVirtualSigning
{
    /// <summary>WeChat says nothing of the age of a signed address; a repetition may come hours later.</summary>
    private const long WindowSeconds = 24 * 3600;

    private const int CharsMax = 128;
    private const int PrefixBytes = 16;
    private const int LengthBytes = 4;
    private const int PadBytesMax = 32;

    /// <summary>Hexadecimal HMAC-SHA256.</summary>
    public static string Hmac(ReadOnlySpan<byte> key, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether a text is that digest, whatever the case of its letters; in constant time.</summary>
    public static bool IsSame(string digest, string? text) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(digest), Encoding.UTF8.GetBytes((text ?? "").ToLowerInvariant()));

    /// <summary>Checks what the address of a message bears: <c>signature</c> over the token, <c>timestamp</c> and <c>nonce</c>, or, where
    /// <paramref name="encrypted"/> is given, <c>msg_signature</c> over these and the encrypted text.</summary>
    /// <returns>Null: it is WeChat's. Otherwise why not.</returns>
    public static string? AddressFault(
        WeChatVirtualSettings settings, IReadOnlyDictionary<string, string> query, string? encrypted, long nowMs)
    {
        var name = encrypted is null ? "signature" : "msg_signature";
        var (signature, time, nonce) = (
            query.GetValueOrDefault(name, ""), query.GetValueOrDefault("timestamp", ""), query.GetValueOrDefault("nonce", ""));
        if (signature.Length is 0 or > CharsMax || nonce.Length is 0 or > CharsMax)
        {
            return $"{name}, timestamp or nonce is missing or malformed in the address";
        }
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)seconds - (nowMs / 1000)) > WindowSeconds)
        {
            return $"timestamp is more than {WindowSeconds} s away from now";
        }
        string[] parts = encrypted is null ? [settings.PushToken, time, nonce] : [settings.PushToken, time, nonce, encrypted];
        Array.Sort(parts, StringComparer.Ordinal);
        return IsSame(Digest(string.Concat(parts)), signature) ? null : $"the {name} is not WeChat's for this app";
    }

    /// <summary>Opens an encrypted message: AES-256-CBC, 16 random bytes, the length, the message, the appid.</summary>
    /// <returns>The message; null: it was not made under this key for this appid.</returns>
    public static byte[]? Open(WeChatVirtualSettings settings, string encrypted)
    {
        if (settings.AesKey is not { } key || !StrictBase64.TryDecode(encrypted, out var sealedBytes)
            || sealedBytes.Length % PrefixBytes != 0)
        {
            return null;
        }
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(sealedBytes, key.AsSpan(0, PrefixBytes), PaddingMode.None);
        var pad = plain[^1];
        if (pad is 0 or > PadBytesMax || pad > plain.Length - PrefixBytes - LengthBytes)
        {
            return null;
        }
        var content = plain.AsSpan(PrefixBytes, plain.Length - pad - PrefixBytes);
        var length = BinaryPrimitives.ReadUInt32BigEndian(content);
        content = content[LengthBytes..];
        return length <= content.Length
            && content[(int)length..].SequenceEqual(Encoding.UTF8.GetBytes(settings.AppId))
            ? content[..(int)length].ToArray()
            : null;
    }

    private static string Digest(string text)
    {
#pragma warning disable CA5350 // WeChat's documents say SHA-1.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }
}
