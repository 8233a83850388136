using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Persistence.Keys;

/// <summary>One master key of the <see cref="Vault"/>: AES-256-GCM for texts, HMAC-SHA256 for digests.</summary>
internal sealed class VaultKey : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int DigestBytes = 16;
    private const int IdBytes = 4;

    private readonly AesGcm _cipher;
    private readonly byte[] _digestKey;

    public VaultKey(ReadOnlySpan<byte> masterKey)
    {
        _cipher = new AesGcm(masterKey, TagBytes);
        _digestKey = new byte[Vault.KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, masterKey, _digestKey, "OrderCenter digest v1"u8);
        Id = Convert.ToHexStringLower(SHA256.HashData(masterKey).AsSpan(0, IdBytes));
    }

    /// <summary>The first bytes of its SHA-256: they name it and tell nothing of it.</summary>
    public string Id { get; }

    public byte[] KeyOf(string place) => HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes($"key:{place}"));

    public string Seal(string plain, string place)
    {
        var bytes = Encoding.UTF8.GetBytes(plain);
        var output = new byte[NonceBytes + bytes.Length + TagBytes];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceBytes));
        lock (_cipher)
        {
            _cipher.Encrypt(
                output.AsSpan(0, NonceBytes), bytes, output.AsSpan(NonceBytes, bytes.Length),
                output.AsSpan(NonceBytes + bytes.Length), Encoding.UTF8.GetBytes(place));
        }
        return Convert.ToBase64String(output);
    }

    /// <exception cref="DatabaseUnavailableException">It was altered, or belongs to another place.</exception>
    public string Open(string body, string place)
    {
        try
        {
            var input = Convert.FromBase64String(body);
            var plain = new byte[input.Length - NonceBytes - TagBytes];
            lock (_cipher)
            {
                _cipher.Decrypt(
                    input.AsSpan(0, NonceBytes), input.AsSpan(NonceBytes, plain.Length), input.AsSpan(NonceBytes + plain.Length),
                    plain, Encoding.UTF8.GetBytes(place));
            }
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or OverflowException)
        {
            throw new DatabaseUnavailableException($"{place} cannot be decrypted: it was altered", fault);
        }
    }

    public string Digest(string text, string place)
    {
        // The length keeps place and text apart.
        var keyed = Encoding.UTF8.GetBytes($"{place.Length}:{place}{text}");
        return $"{Id}.{Convert.ToHexStringLower(HMACSHA256.HashData(_digestKey, keyed).AsSpan(0, DigestBytes))}";
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_digestKey);
        _cipher.Dispose();
    }
}
