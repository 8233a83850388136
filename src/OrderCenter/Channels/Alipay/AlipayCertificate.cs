using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrderCenter.Channels.Shared;

namespace OrderCenter.Channels.Alipay;

/// <summary>A certificate of Alipay's certificate mode: its key, and the number by which requests and answers name it.</summary>
internal sealed class AlipayCertificate
{
    public const string Form = "must be a certificate in PEM with an RSA key of at least 2048 bits";
    private const string RsaSignature = "1.2.840.113549.1.1.";
    private const int CertificatesMax = 16;

    private AlipayCertificate(RsaKey key, string number)
    {
        Key = key;
        Number = number;
    }

    public RsaKey Key { get; }

    /// <summary>MD5 of the issuer's name and the serial number in decimal, hexadecimal in lower case: <c>app_cert_sn</c>,
    /// <c>alipay_cert_sn</c>.</summary>
    public string Number { get; }

    /// <summary>Reads a certificate; others may follow it in the text, those that issued it.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out AlipayCertificate? certificate)
    {
        certificate = null;
        using var all = new Certificates(text);
        if (all.Items is not [var leaf, ..] || !RsaKey.TryReadPublic(leaf.ExportCertificatePem(), out var key))
        {
            return false;
        }
        certificate = new AlipayCertificate(key, NumberOf(leaf));
        return true;
    }

    /// <summary>The number of a bundle of roots, <c>alipay_root_cert_sn</c>: those of its certificates that are signed with RSA, joined by
    /// <c>_</c>.</summary>
    /// <returns>Null: it holds none.</returns>
    public static string? NumberOfRoots(string text)
    {
        using var roots = new Certificates(text);
        var numbers = roots.Items.Where(IsRsaSigned).Select(NumberOf).ToList();
        return numbers.Count == 0 ? null : string.Join('_', numbers);
    }

    /// <summary>Whether a certificate was issued under one of the roots. Asks no network.</summary>
    /// <param name="text">The certificate, PEM, and those between it and the root.</param>
    /// <param name="roots">The roots, PEM.</param>
    /// <param name="at">When it must be valid; null: at any time, for a setting is judged the same today and tomorrow.</param>
    public static bool IsIssuedUnder(string text, string roots, DateTimeOffset? at = null)
    {
        using var sent = new Certificates(text);
        using var trusted = new Certificates(roots);
        if (sent.Items.Count == 0)
        {
            return false;
        }
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var root in trusted.Items.Where(IsRsaSigned))
        {
            var isRoot = root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData);
            (isRoot ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(root);
        }
        foreach (var between in sent.Items.Skip(1))
        {
            chain.ChainPolicy.ExtraStore.Add(between);
        }
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = at?.UtcDateTime ?? sent.Items[0].NotBefore;
        chain.ChainPolicy.VerificationFlags = at is null ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag;
        try
        {
            // A root itself signs nothing that is sent.
            return chain.ChainPolicy.CustomTrustStore.Count > 0 && chain.Build(sent.Items[0]) && chain.ChainElements.Count > 1;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static bool IsRsaSigned(X509Certificate2 certificate) =>
        certificate.SignatureAlgorithm.Value?.StartsWith(RsaSignature, StringComparison.Ordinal) == true;

    private static string NumberOf(X509Certificate2 certificate)
    {
        var serial = new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);
#pragma warning disable CA5351 // Alipay's documents say MD5; it names a certificate and proves nothing.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes($"{IssuerOf(certificate)}{serial}")));
#pragma warning restore CA5351
    }

    /// <summary>As RFC 2253 writes a name: the last part first.</summary>
    private static string IssuerOf(X509Certificate2 certificate) => string.Join(
        ',', certificate.IssuerName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements)
            .Select(part => $"{Keyword(part.GetSingleElementType())}={part.GetSingleElementValue()}"));

    private static string Keyword(Oid type) => type.Value switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        var other => other ?? "",
    };

    /// <summary>The certificates of a text in PEM. What is none that this system knows is left out: Alipay's bundle of roots holds some of
    /// other algorithms.</summary>
    private sealed class Certificates : IDisposable
    {
        public Certificates(string text)
        {
            var rest = text.AsSpan();
            while (rest.Length <= RsaKey.CharsMax * 2 && Items.Count < CertificatesMax && PemEncoding.TryFind(rest, out var fields))
            {
                if (rest[fields.Label] is "CERTIFICATE")
                {
                    try
                    {
                        Items.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
                    }
                    catch (Exception other) when (other is CryptographicException or FormatException)
                    {
                    }
                }
                rest = rest[fields.Location.End..];
            }
        }

        public List<X509Certificate2> Items { get; } = [];

        public void Dispose() => Items.ForEach(item => item.Dispose());
    }
}
