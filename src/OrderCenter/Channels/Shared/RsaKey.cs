using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Shared;

/// <summary>An RSA key for SHA256withRSA, PKCS#1 v1.5 (RSA2).</summary>
internal sealed class RsaKey
{
    public const int CharsMax = 16 * 1024;
    public const string PrivateForm = "must be an RSA private key of at least 2048 bits: PEM, or its base64 (PKCS#8 or PKCS#1)";
    public const string PublicForm =
        "must be an RSA public key of at least 2048 bits: PEM, or its base64 (SubjectPublicKeyInfo), or a certificate";
    private const int BitsMin = 2048;
    private readonly KeyPool<RSA> _keys;

    private RsaKey(RSAParameters parameters, string? serialNumber)
    {
        _keys = new KeyPool<RSA>(() => RSA.Create(parameters));
        SerialNumber = serialNumber;
    }

    /// <summary>The serial number of the certificate that the key came in, hexadecimal; null: it came in none.</summary>
    public string? SerialNumber { get; }

    /// <summary>Reads a private key that the settings must have; null, with the fault noted: there is none.</summary>
    public static RsaKey? ReadPrivate(JsonFieldReader settings, string field)
    {
        RsaKey? key = null;
        if (settings.RequiredText(field, CharsMax) is { } text && !TryRead(text, isPrivate: true, out key))
        {
            settings.AddFault($"{field} {PrivateForm}");
        }
        return key;
    }

    public static bool TryReadPublic(string text, [NotNullWhen(true)] out RsaKey? key) => TryRead(text, isPrivate: false, out key);

    /// <summary>Signs; base64.</summary>
    public string Sign(ReadOnlySpan<byte> data)
    {
        using var rental = _keys.Rent();
        return Convert.ToBase64String(rental.Key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>Whether the base64 signature is this key's over exactly these bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> data, string signature) =>
        signature.Length <= CharsMax && StrictBase64.TryDecode(signature, out var bytes) && Verify(data, bytes, HashAlgorithmName.SHA256);

    /// <summary>The same with another digest, PKCS#1 v1.5 too.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName digest)
    {
        using var rental = _keys.Rent();
        return rental.Key.VerifyData(data, signature, digest, RSASignaturePadding.Pkcs1);
    }

    private static bool TryRead(string text, bool isPrivate, [NotNullWhen(true)] out RsaKey? key)
    {
        key = null;
        if (text.Length > CharsMax)
        {
            return false;
        }
        try
        {
            using var rsa = RSA.Create();
            var serial = text.Contains("-----BEGIN", StringComparison.Ordinal)
                ? ImportPem(rsa, text, isPrivate)
                : ImportDer(rsa, text, isPrivate);
            if (rsa.KeySize < BitsMin)
            {
                return false;
            }
            key = new RsaKey(rsa.ExportParameters(isPrivate), serial);
            return true;
        }
        catch (Exception refused) when (refused is CryptographicException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static string? ImportPem(RSA rsa, string text, bool isPrivate)
    {
        if (!isPrivate && text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            return Import(rsa, certificate);
        }
        if (!isPrivate && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new CryptographicException("a private key where a public one is wanted: it does not belong there");
        }
        rsa.ImportFromPem(text);
        return null;
    }

    private static string? ImportDer(RSA rsa, string text, bool isPrivate)
    {
        var der = Convert.FromBase64String(text);
        if (!isPrivate)
        {
            if (!TryImport(der, rsa.ImportSubjectPublicKeyInfo))
            {
                using var certificate = X509CertificateLoader.LoadCertificate(der);
                return Import(rsa, certificate);
            }
        }
        else if (!TryImport(der, rsa.ImportPkcs8PrivateKey))
        {
            rsa.ImportRSAPrivateKey(der, out _);
        }
        return null;
    }

    private static string Import(RSA rsa, X509Certificate2 certificate)
    {
        using var inside = certificate.GetRSAPublicKey() ?? throw new CryptographicException("the certificate's key is not RSA");
        rsa.ImportParameters(inside.ExportParameters(includePrivateParameters: false));
        return certificate.SerialNumber;
    }

    private delegate void ImportBytes(ReadOnlySpan<byte> der, out int read);

    private static bool TryImport(byte[] der, ImportBytes import)
    {
        try
        {
            import(der, out var read);
            return read == der.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
