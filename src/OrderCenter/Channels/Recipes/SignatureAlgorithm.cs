using System.Security.Cryptography;

namespace OrderCenter.Channels.Recipes;

/// <summary>How a text is signed: a digest of the text with a key in it, an HMAC, or RSA (PKCS#1 v1.5).</summary>
internal sealed class SignatureAlgorithm
{
    private const string Hmac = "hmac-";
    private const string RsaPrefix = "rsa-";

    private static readonly (string Name, HashAlgorithmName Digest)[] Digests =
        [("md5", HashAlgorithmName.MD5), ("sha1", HashAlgorithmName.SHA1), ("sha256", HashAlgorithmName.SHA256)];

    private static readonly SignatureAlgorithm[] All =
    [
        .. Digests.Select(digest => new SignatureAlgorithm(digest.Name, digest.Digest)),
        .. Digests.Select(digest => new SignatureAlgorithm(Hmac + digest.Name, digest.Digest)),
        .. Digests.Select(digest => new SignatureAlgorithm(RsaPrefix + digest.Name, digest.Digest)),
    ];

    private SignatureAlgorithm(string name, HashAlgorithmName digest)
    {
        Name = name;
        Digest = digest;
    }

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(known => known.Name)];

    public string Name { get; }

    public HashAlgorithmName Digest { get; }

    /// <summary>Whether the store signs with its own key, and the app has the public half.</summary>
    public bool IsRsa => Name.StartsWith(RsaPrefix, StringComparison.Ordinal);

    /// <summary>Whether the key stands in the text.</summary>
    public bool HasKeyInText => !IsRsa && !Name.StartsWith(Hmac, StringComparison.Ordinal);

    public static SignatureAlgorithm? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    /// <summary>The digest of a text with the key in it, or its HMAC; not for RSA.</summary>
    public byte[] Sign(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => HasKeyInText
        ? CryptographicOperations.HashData(Digest, text)
        : CryptographicOperations.HmacData(Digest, key, text);
}
