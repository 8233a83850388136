using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrderCenter.Channels;

/// <summary>An RSA key for SHA256withRSA, PKCS#1 v1.5 (RSA2). RSA promises nothing for concurrent use of one object and importing costs more than a check, so
/// imported keys are lent to one use at a time and kept.</summary>
internal sealed class RsaKey
{
    public const int CharsMax = 16 * 1024;
    public const string PrivateForm = "must be an RSA private key of at least 2048 bits: PEM, or its base64 (PKCS#8 or PKCS#1)";
    public const string PublicForm = "must be an RSA public key of at least 2048 bits: PEM, or its base64 (SubjectPublicKeyInfo), or a certificate";
    private const int BitsMin = 2048;
    private static readonly int IdleMax = Environment.ProcessorCount;

    private readonly ConcurrentQueue<RSA> _idle = new();
    private readonly RSAParameters _parameters;

    private RsaKey(RSAParameters parameters, string? serialNumber)
    {
        _parameters = parameters;
        SerialNumber = serialNumber;
    }

    /// <summary>The serial number of the certificate that the key came in, hexadecimal; null: it came in none.</summary>
    public string? SerialNumber { get; }

    public static bool TryPrivate(string text, [NotNullWhen(true)] out RsaKey? key) => TryRead(text, isPrivate: true, out key);

    public static bool TryPublic(string text, [NotNullWhen(true)] out RsaKey? key) => TryRead(text, isPrivate: false, out key);

    /// <summary>Takes the one canonical spelling of base64 only: no blanks, no stray bits after the last byte.</summary>
    public static bool TryBase64(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[text.Length];
        bytes = Convert.TryFromBase64String(text, buffer, out var length) && Convert.ToBase64String(buffer.AsSpan(0, length)) == text ? buffer[..length] : null;
        return bytes is not null;
    }

    /// <summary>Signs; base64.</summary>
    public string Sign(ReadOnlySpan<byte> data)
    {
        var key = Lend();
        try
        {
            return Convert.ToBase64String(key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        finally
        {
            Return(key);
        }
    }

    /// <summary>Whether the base64 signature is this key's over exactly these bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> data, string signature)
    {
        if (signature.Length > CharsMax || !TryBase64(signature, out var bytes))
        {
            return false;
        }
        var key = Lend();
        try
        {
            return key.VerifyData(data, bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            Return(key);
        }
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
            var serial = text.Contains("-----BEGIN", StringComparison.Ordinal) ? ImportPem(rsa, text, isPrivate) : ImportDer(rsa, text, isPrivate);
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

    private RSA Lend()
    {
        if (_idle.TryDequeue(out var idle))
        {
            return idle;
        }
        return RSA.Create(_parameters);
    }

    private void Return(RSA key)
    {
        if (_idle.Count < IdleMax)
        {
            _idle.Enqueue(key);
        }
        else
        {
            key.Dispose();
        }
    }
}
