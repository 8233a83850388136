using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Persistence;

/// <summary>Encryption at rest: AES-256-GCM under the installation's master key. A sealed text names its key (<c>v1.KEY.BASE64</c>) and
/// is bound to the place where it stands, so that it cannot be moved to another row.</summary>
public sealed class Vault : IDisposable
{
    public const int KeyBytes = 32;
    private const string Version = "v1";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int DigestBytes = 16;

    private readonly AesGcm _cipher;
    private readonly byte[] _digestKey;
    private readonly string _keyId;

    public Vault(ReadOnlySpan<byte> masterKey)
    {
        _cipher = new AesGcm(masterKey, TagBytes);
        _digestKey = new byte[KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, masterKey, _digestKey, "OrderCenter digest v1"u8);
        _keyId = Convert.ToHexStringLower(SHA256.HashData(masterKey).AsSpan(0, 4));
    }

    /// <summary>Encrypts a text for one place.</summary>
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
        return $"{Version}.{_keyId}.{Convert.ToBase64String(output)}";
    }

    /// <summary>Decrypts what <see cref="Seal"/> made for the same place.</summary>
    /// <exception cref="DatabaseUnavailableException">It was made under another key, or was altered.</exception>
    public string Open(string sealedText, string place)
    {
        var parts = sealedText.Split('.', 3);
        if (parts is not [Version, var keyId, var body])
        {
            throw new DatabaseUnavailableException($"{place} is not a sealed text of version {Version}");
        }
        if (keyId != _keyId)
        {
            throw new DatabaseUnavailableException($"{place} was encrypted with key {keyId}, Secrets:MasterKey is key {_keyId}");
        }
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

    /// <summary>A keyed digest of a text for one place (<c>KEY.HEX</c>): the same text gives the same digest, which tells nothing of the
    /// text without the master key.</summary>
    public string Digest(string text, string place)
    {
        // The length keeps place and text apart.
        var keyed = Encoding.UTF8.GetBytes($"{place.Length}:{place}{text}");
        return $"{_keyId}.{Convert.ToHexStringLower(HMACSHA256.HashData(_digestKey, keyed).AsSpan(0, DigestBytes))}";
    }

    /// <summary>A key for one purpose, named by its place: always the same, and no other key can be told from it.</summary>
    public byte[] KeyOf(string place) => HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes($"key:{place}"));

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_digestKey);
        _cipher.Dispose();
    }
}
