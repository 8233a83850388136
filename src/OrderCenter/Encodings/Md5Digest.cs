using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Encodings;

/// <summary>The MD5 digests with which the protocols sign: 32 lower-case hex digits; a received one is compared without regard to case and
/// in constant time (protocols.md, introduction).</summary>
public static class Md5Digest
{
    public const int HexLength = 32;

    /// <summary>The digest of a canonical text followed by a secret.</summary>
    public static string Of(ReadOnlySpan<byte> canonical, string secret)
    {
        Span<byte> hex = stackalloc byte[HexLength];
        Write(canonical, secret, hex);
        return Encoding.ASCII.GetString(hex);
    }

    /// <summary>Whether a received digest is the one of a canonical text followed by a secret. An empty secret signs nothing.</summary>
    public static bool Matches(ReadOnlySpan<byte> received, ReadOnlySpan<byte> canonical, string secret)
    {
        if (received.Length != HexLength || secret.Length == 0)
        {
            return false;
        }
        Span<byte> expected = stackalloc byte[HexLength];
        Write(canonical, secret, expected);
        Span<byte> lower = stackalloc byte[HexLength];
        for (var i = 0; i < HexLength; i++)
        {
            lower[i] = received[i] is >= (byte)'A' and <= (byte)'F' ? (byte)(received[i] | 0x20) : received[i];
        }
        return CryptographicOperations.FixedTimeEquals(lower, expected);
    }

    private static void Write(ReadOnlySpan<byte> canonical, string secret, Span<byte> hex)
    {
        var length = canonical.Length + Encoding.UTF8.GetMaxByteCount(secret.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        canonical.CopyTo(rented);
        var end = canonical.Length + Encoding.UTF8.GetBytes(secret, rented.AsSpan(canonical.Length));
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(rented.AsSpan(0, end), digest);
        ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        Convert.TryToHexStringLower(digest, hex, out _);
    }
}
