using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>What WeChat signs and encrypts (anchors/payments.md, "WeChat Pay APIv3").</summary>
internal static class WeChatSigning
{
    public const string TimestampHeader = "wechatpay-timestamp";
    public const string NonceHeader = "wechatpay-nonce";
    public const string SerialHeader = "wechatpay-serial";
    public const string SignatureHeader = "wechatpay-signature";

    /// <summary>WeChat sends signatures that are wrong on purpose, to see whether they are checked.</summary>
    private const string ProbePrefix = "WECHATPAY/SIGNTEST/";

    private const long WindowSeconds = 300;
    private const int HeaderCharsMax = 128;
    private const int AssociatedCharsMax = 1024;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Checks the headers of a signature, as far as that needs no key.</summary>
    /// <returns>Null: they may be WeChat's, and are fresh. Otherwise why not.</returns>
    public static string? FormFault(Func<string, string> header, long nowMs)
    {
        var (nonce, serial, signature) = (header(NonceHeader), header(SerialHeader), header(SignatureHeader));
        if (signature.Length == 0 || nonce.Length is 0 or > HeaderCharsMax || serial.Length is 0 or > HeaderCharsMax)
        {
            return "the Wechatpay headers are missing or malformed";
        }
        if (signature.StartsWith(ProbePrefix, StringComparison.Ordinal))
        {
            return "the signature is a probe, which must fail";
        }
        return !long.TryParse(header(TimestampHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)seconds - (nowMs / 1000)) > WindowSeconds
            ? $"Wechatpay-Timestamp is more than {WindowSeconds} s away from now"
            : null;
    }

    /// <summary>Whether the signature over <c>TS\nNONCE\nBODY\n</c> is that key's.</summary>
    public static bool IsSigned(RsaKey key, Func<string, string> header, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{header(TimestampHeader)}\n{header(NonceHeader)}\n"), .. body, (byte)'\n'];
        return key.Verify(signed, header(SignatureHeader));
    }

    /// <summary>The <c>Authorization</c> of a request over <c>METHOD\nPATH?QUERY\nTS\nNONCE\nBODY\n</c>.</summary>
    public static string Authorize(WeChatSettings settings, string method, string pathAndQuery, string body, long nowSeconds)
    {
        var nonce = Nonce();
        var signature = settings.PrivateKey.Sign(Encoding.UTF8.GetBytes($"{method}\n{pathAndQuery}\n{nowSeconds}\n{nonce}\n{body}\n"));
        return $"WECHATPAY2-SHA256-RSA2048 mchid=\"{settings.MchId}\",nonce_str=\"{nonce}\",timestamp=\"{nowSeconds}\","
            + $"serial_no=\"{settings.SerialNo}\",signature=\"{signature}\"";
    }

    public static string Nonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What the seal covers besides: often nothing, and then absent, null or empty.</summary>
    private static string? Associated(JsonFieldReader resource) =>
        resource.IsGiven("associated_data") ? resource.Text("associated_data", AssociatedCharsMax) : "";

    /// <summary>Opens what WeChat seals (a notification's <c>resource</c>, a certificate): AES-256-GCM under the APIv3 key.</summary>
    /// <returns>Null: it was not made under this key for this purpose, or is malformed.</returns>
    public static byte[]? Open(WeChatSettings settings, JsonFieldReader resource)
    {
        if (resource.Text("algorithm", HeaderCharsMax) != "AEAD_AES_256_GCM"
            || resource.Text("nonce", HeaderCharsMax) is not { } nonceText
            || resource.Text("ciphertext", int.MaxValue) is not { } ciphertext
            || Associated(resource) is not { } associated || !StrictBase64.TryDecode(ciphertext, out var sealedBytes)
            || sealedBytes.Length < TagBytes)
        {
            return null;
        }
        var nonce = Encoding.UTF8.GetBytes(nonceText);
        if (nonce.Length != NonceBytes)
        {
            return null;
        }
        var plain = new byte[sealedBytes.Length - TagBytes];
        try
        {
            using var cipher = new AesGcm(settings.ApiV3Key, TagBytes);
            cipher.Decrypt(
                nonce, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length), plain, Encoding.UTF8.GetBytes(associated));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
