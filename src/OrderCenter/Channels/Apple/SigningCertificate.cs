using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrderCenter.Channels.Shared;

namespace OrderCenter.Channels.Apple;

/// <summary>The leaf of a verified chain, with the time in which the whole chain is valid (anchors/payments.md, "JWS
/// transaction").</summary>
internal sealed class SigningCertificate
{
    /// <summary>Leaf, intermediate, root.</summary>
    public const int ChainLength = 3;

    private const string LeafOid = "1.2.840.113635.100.6.11.1";
    private const string IntermediateOid = "1.2.840.113635.100.6.2.1";
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private static readonly TimeSpan Skew = TimeSpan.FromMilliseconds(SignedTransaction.SkewMs);

    private readonly KeyPool<ECDsa> _keys;
    private readonly DateTime _notBefore;
    private readonly DateTime _notAfter;

    private SigningCertificate(byte[] publicKey, DateTime notBefore, DateTime notAfter)
    {
        _keys = new KeyPool<ECDsa>(() => Import(publicKey));
        _notBefore = notBefore;
        _notAfter = notAfter;
    }

    /// <summary>Verifies the certificates as sent, leaf first, or says what is wrong. Asks no network: neither revocation nor missing
    /// certificates.</summary>
    /// <remarks>1. The root is trusted by its fingerprint, never because it was sent. 2. Leaf and intermediate have their roles, Apple's
    /// extensions and a P-256 key. 3. The chain is built at the time of signing. 4. The path that was built is the one that was
    /// sent.</remarks>
    public static bool TryVerify(
        IReadOnlyList<byte[]> sent,
        AppleSettings settings,
        DateTime signedAt,
        [NotNullWhen(true)] out SigningCertificate? certificate,
        [NotNullWhen(false)] out string? fault)
    {
        certificate = null;
        if (sent.Count == 1 && settings.IsXcode)
        {
            return TryVerifyXcode(sent[0], settings, signedAt, out certificate, out fault);
        }
        if (sent.Count != ChainLength)
        {
            fault = $"x5c must hold exactly {ChainLength} certificates";
            return false;
        }
        if (!settings.Trusts(Convert.ToHexString(SHA256.HashData(sent[2]))))
        {
            fault = "the root certificate is not a trusted one";
            return false;
        }
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(sent[0]);
            using var intermediate = X509CertificateLoader.LoadCertificate(sent[1]);
            using var root = X509CertificateLoader.LoadCertificate(sent[2]);
            fault = RoleFault(leaf, intermediate);
            if (fault is null)
            {
                var candidate = new SigningCertificate(
                    leaf.PublicKey.ExportSubjectPublicKeyInfo(),
                    Latest(leaf, intermediate, root),
                    Earliest(leaf, intermediate, root));
                fault = candidate.TimeFault(signedAt) ?? PathFault(leaf, intermediate, root, sent, candidate.Judged(signedAt));
                if (fault is null)
                {
                    // Imported here, so that a point off the curve is refused like any other malformed certificate.
                    candidate._keys.Rent().Dispose();
                    certificate = candidate;
                    return true;
                }
            }
        }
        catch (CryptographicException)
        {
            fault = "x5c holds a malformed certificate";
        }
        return false;
    }

    /// <summary>Xcode signs with one certificate of its own making, which nobody issued: it is trusted only where the app lists that very
    /// certificate.</summary>
    private static bool TryVerifyXcode(
        byte[] sent, AppleSettings settings, DateTime signedAt, [NotNullWhen(true)] out SigningCertificate? certificate,
        [NotNullWhen(false)] out string? fault)
    {
        certificate = null;
        if (!settings.Lists(Convert.ToHexString(SHA256.HashData(sent))))
        {
            fault = "the one certificate is not listed in rootCertificates";
            return false;
        }
        try
        {
            using var own = X509CertificateLoader.LoadCertificate(sent);
            if (!IsP256(own.PublicKey))
            {
                fault = "the certificate's key is not on the curve P-256";
                return false;
            }
            var candidate = new SigningCertificate(own.PublicKey.ExportSubjectPublicKeyInfo(), Latest(own), Earliest(own));
            fault = candidate.TimeFault(signedAt);
            if (fault is not null)
            {
                return false;
            }
            candidate._keys.Rent().Dispose();
            certificate = candidate;
            return true;
        }
        catch (CryptographicException)
        {
            fault = "x5c holds a malformed certificate";
            return false;
        }
    }

    /// <summary>Why this chain cannot have signed at that time; null where it can. The clocks of those who issue and sign may differ by
    /// <see cref="SignedTransaction.SkewMs"/>.</summary>
    public string? TimeFault(DateTime signedAt) =>
        _notBefore - signedAt > Skew || signedAt - _notAfter > Skew ? "a certificate was not valid at signedDate" : null;

    /// <summary>Whether the leaf's key signed these bytes: ECDSA P-256 with SHA-256, 64 bytes r‖s.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var rental = _keys.Rent();
        return rental.Key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether the certificate says, once, that it is a CA.</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().ToArray() is [{ CertificateAuthority: true }];

    private static string? RoleFault(X509Certificate2 leaf, X509Certificate2 intermediate)
    {
        if (!IsAuthority(intermediate))
        {
            return "the intermediate certificate is not a CA";
        }
        if (!Has(intermediate, IntermediateOid))
        {
            return $"the intermediate certificate lacks the extension {IntermediateOid}";
        }
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
        {
            return "the leaf certificate is a CA";
        }
        if (!Has(leaf, LeafOid))
        {
            return $"the leaf certificate lacks the extension {LeafOid}";
        }
        return IsP256(leaf.PublicKey) ? null : "the leaf certificate's key is not on the curve P-256";
    }

    private static string? PathFault(
        X509Certificate2 leaf, X509Certificate2 intermediate, X509Certificate2 root, IReadOnlyList<byte[]> sent, DateTime judged)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.Add(intermediate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = judged;
        try
        {
            var isBuilt = chain.Build(leaf);
            // Byte for byte: the loader takes PEM too and ignores what follows a certificate, and OpenSSL may know another path.
            var isSent = chain.ChainElements.Count == ChainLength;
            for (var i = 0; isSent && i < ChainLength; i++)
            {
                isSent = Same(chain.ChainElements[i].Certificate, sent[i]);
            }
            return isBuilt && isSent ? null : "the certificates are not a valid chain from leaf over intermediate to root";
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    /// <summary>The time of signing, moved by the skew into the time in which the chain is valid; OpenSSL counts the last second as
    /// past.</summary>
    private DateTime Judged(DateTime signedAt)
    {
        var last = _notAfter - TimeSpan.FromSeconds(1);
        return signedAt < _notBefore ? _notBefore : signedAt > last ? last : signedAt;
    }

    private static bool Same(X509Certificate2 certificate, byte[] der) => certificate.RawDataMemory.Span.SequenceEqual(der);

    private static bool Has(X509Certificate2 certificate, string oid) =>
        certificate.Extensions.Any(extension => extension.Oid?.Value == oid);

    private static bool IsP256(PublicKey key) =>
        key.Oid.Value == EcPublicKeyOid && key.EncodedParameters is { } parameters
            && parameters.RawData.AsSpan().SequenceEqual(P256Parameters);

    /// <summary>The object identifier 1.2.840.10045.3.1.7 in DER: a named curve, never parameters of the sender's making.</summary>
    private static ReadOnlySpan<byte> P256Parameters => [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    private static DateTime Latest(params ReadOnlySpan<X509Certificate2> certificates)
    {
        var latest = DateTime.MinValue;
        foreach (var certificate in certificates)
        {
            var notBefore = certificate.NotBefore.ToUniversalTime();
            latest = notBefore > latest ? notBefore : latest;
        }
        return latest;
    }

    private static DateTime Earliest(params ReadOnlySpan<X509Certificate2> certificates)
    {
        var earliest = DateTime.MaxValue;
        foreach (var certificate in certificates)
        {
            var notAfter = certificate.NotAfter.ToUniversalTime();
            earliest = notAfter < earliest ? notAfter : earliest;
        }
        return earliest;
    }

    private static ECDsa Import(byte[] publicKey)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key;
    }
}
