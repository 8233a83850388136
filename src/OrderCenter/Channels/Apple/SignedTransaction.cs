using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>A JWS signed by the App Store (RFC 7515 compact form; anchors/payments.md, "JWS transaction").</summary>
internal static class SignedTransaction
{
    /// <summary>The longest that is looked at; Apple's own are about 5 KiB.</summary>
    public const int CharsMax = 64 * 1024;

    /// <summary>How far the clocks of Apple, its certificates and ours may differ, milliseconds.</summary>
    public const long SkewMs = 60_000;

    private const int SignatureBytes = 64;
    private const int CertificateCharsMax = 16 * 1024;
    private const int AlgorithmCharsMax = 16;

    /// <summary>Verifies a JWS and gives its payload's fields, or says what is wrong with it.</summary>
    /// <remarks>1. Three parts of strict base64url. 2. The payload's <c>signedDate</c>, at which the certificates are verified, is not in
    /// the future. 3. The header names ES256 and a chain of three certificates that leads to a trusted root (in an Xcode channel also the
    /// one that Xcode signs with, where the app lists it); a header seen before is not verified twice. 4. The leaf's key signed header and
    /// payload. Nothing else of the payload is looked at before that.</remarks>
    public static bool TryVerify(
        string jws,
        AppleSettings settings,
        long nowMs,
        [NotNullWhen(true)] out JsonFieldReader? payload,
        [NotNullWhen(false)] out string? fault)
    {
        payload = null;
        if (!TrySplit(jws, out var parts))
        {
            fault = $"must be a JWS: three parts of unpadded base64url, at most {CharsMax} characters in all";
            return false;
        }
        if (!JsonFieldReader.TryParse(parts.Payload, out var unproven, out fault))
        {
            fault = $"the payload {fault}";
            return false;
        }
        if (unproven.AnyTime("signedDate") is not { } signedMs || signedMs > nowMs + SkewMs)
        {
            fault = "signedDate must be Unix milliseconds, and not in the future";
            return false;
        }
        var signedAt = DateTime.UnixEpoch.AddMilliseconds(signedMs);
        if (!TryCertificate(parts, settings, signedAt, out var certificate, out fault))
        {
            return false;
        }
        if (parts.Signature.Length != SignatureBytes || !certificate.Verify(parts.Signed, parts.Signature))
        {
            fault = "the signature is not the certificate's";
            return false;
        }
        settings.Remember(parts.HeaderText, certificate);
        payload = unproven;
        return true;
    }

    private static bool TryCertificate(
        Parts parts,
        AppleSettings settings,
        DateTime signedAt,
        [NotNullWhen(true)] out SigningCertificate? certificate,
        [NotNullWhen(false)] out string? fault)
    {
        if (settings.Remembered(parts.HeaderText) is { } remembered)
        {
            fault = remembered.TimeFault(signedAt);
            certificate = fault is null ? remembered : null;
            return fault is null;
        }
        certificate = null;
        return TryHeader(parts.Header, settings, out var chain, out fault)
            && SigningCertificate.TryVerify(chain, settings, signedAt, out certificate, out fault);
    }

    private static bool TryHeader(byte[] utf8, AppleSettings settings, out List<byte[]> chain, [NotNullWhen(false)] out string? fault)
    {
        chain = [];
        if (!JsonFieldReader.TryParse(utf8, out var header, out fault))
        {
            fault = $"the header {fault}";
            return false;
        }
        if (header.Text("alg", AlgorithmCharsMax) != "ES256")
        {
            fault = "alg must be ES256";
            return false;
        }
        if (header.Has("crit"))
        {
            // RFC 7515 §4.1.11: what one does not understand must be refused, and we understand none.
            fault = "crit is not accepted";
            return false;
        }
        fault = $"x5c must hold exactly {SigningCertificate.ChainLength} certificates in base64 DER";
        if (header.Element("x5c") is not { ValueKind: JsonValueKind.Array } list
            || !(list.GetArrayLength() == SigningCertificate.ChainLength || (settings.IsXcode && list.GetArrayLength() == 1)))
        {
            return false;
        }
        foreach (var element in list.EnumerateArray())
        {
            if (!StrictBase64.TryDecode(element, CertificateCharsMax, out var der))
            {
                return false;
            }
            chain.Add(der);
        }
        fault = null;
        return true;
    }

    private static bool TrySplit(string jws, out Parts parts)
    {
        parts = default;
        if (jws.Length > CharsMax || jws.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var first))
        {
            return false;
        }
        var second = jws.IndexOf('.', first + 1);
        if (second < 0
            || !StrictBase64.TryDecodeUrl(jws.AsSpan(0, first), out var header)
            || !StrictBase64.TryDecodeUrl(jws.AsSpan(first + 1, second - first - 1), out var payload)
            || !StrictBase64.TryDecodeUrl(jws.AsSpan(second + 1), out var signature))
        {
            return false;
        }
        parts = new Parts(jws[..first], header, payload, signature, Encoding.ASCII.GetBytes(jws[..second]));
        return true;
    }

    /// <param name="HeaderText">The header as sent.</param>
    /// <param name="Header">The decoded header, JSON.</param>
    /// <param name="Payload">The decoded payload, JSON.</param>
    /// <param name="Signature">The decoded signature.</param>
    /// <param name="Signed">What the signature covers: header and payload as sent, with the dot between them.</param>
    private readonly record struct Parts(string HeaderText, byte[] Header, byte[] Payload, byte[] Signature, byte[] Signed);
}
