using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Channels.Apple;

/// <summary>The UUID of each order that a client may hand to Apple as <c>appAccountToken</c>: the order's number, encrypted under a key of
/// its game, so that nothing has to be stored. Whoever does not have the key cannot make the token of an order, and a UUID that was made
/// elsewhere names none: of 2^30 at most one has the right form, and that one would have to be an order's number.</summary>
/// <remarks>A Feistel network (Luby and Rackoff, 1988) over the 122 bits of a UUID that are free, with HMAC-SHA256 as its round function;
/// version 8 of RFC 9562 marks the rest.</remarks>
internal sealed class OrderTokens(Vault vault)
{
    private const int Rounds = 8;
    private const int HalfBits = 61;
    private const ulong HalfMask = (1UL << HalfBits) - 1;

    /// <summary>The digits behind the game's number, at most 26, are below 2^87; how many they are stands above them.</summary>
    private const int DigitsBits = 87;

    private readonly ConcurrentDictionary<long, IReadOnlyList<byte[]>> _keys = [];

    /// <summary>An order's token, the same until the master key is changed; null where the order's number has not the form that we
    /// give.</summary>
    public Guid? Of(OrderId id, long gameId)
    {
        if (!id.CouldBelongTo(gameId))
        {
            return null;
        }
        var digits = id.Value[PrefixOf(gameId).Length..];
        var value = UInt128.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) | ((UInt128)digits.Length << DigitsBits);
        var (left, right) = ((ulong)(value >> HalfBits), (ulong)value & HalfMask);
        var key = KeysOf(gameId)[0];
        for (var round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ Mix(key, round, right));
        }
        return ToGuid(((UInt128)left << HalfBits) | right);
    }

    /// <summary>The order that a token of that game names, whether there is such an order or not; null: it is no token of ours. Tokens that
    /// were given under an old master key count for as long as the service has that key.</summary>
    public OrderId? OrderOf(Guid token, long gameId) => TryFromGuid(token, out var value)
        ? KeysOf(gameId).Select(key => Decrypt(key, value, gameId)).FirstOrDefault(id => id is not null)
        : null;

    private static OrderId? Decrypt(byte[] key, UInt128 value, long gameId)
    {
        var (left, right) = ((ulong)(value >> HalfBits), (ulong)value & HalfMask);
        for (var round = Rounds - 1; round >= 0; round--)
        {
            (left, right) = (right ^ Mix(key, round, left), left);
        }
        value = ((UInt128)left << HalfBits) | right;
        var length = (int)Math.Min((ulong)(value >> DigitsBits), OrderId.LengthMax);
        var digits = (value & ((UInt128.One << DigitsBits) - 1)).ToString("D" + length, CultureInfo.InvariantCulture);
        return OrderId.TryParse(PrefixOf(gameId) + digits, out var id) && digits.Length == length && id.CouldBelongTo(gameId) ? id : null;
    }

    private IReadOnlyList<byte[]> KeysOf(long gameId) =>
        _keys.GetOrAdd(gameId, game => vault.KeysOf($"apple order tokens {PrefixOf(game)}"));

    private static string PrefixOf(long gameId) => gameId.ToString(CultureInfo.InvariantCulture);

    private static ulong Mix(byte[] key, int round, ulong half)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong) + 1];
        BinaryPrimitives.WriteUInt64BigEndian(input, half);
        input[^1] = (byte)round;
        Span<byte> output = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, input, output);
        return BinaryPrimitives.ReadUInt64BigEndian(output) & HalfMask;
    }

    /// <summary>48 bits, the version, 12 bits, the variant, 62 bits.</summary>
    private static Guid ToGuid(UInt128 value)
    {
        var high = ((ulong)(value >> 74) << 16) | 0x8000UL | ((ulong)(value >> 62) & 0xFFF);
        var low = (1UL << 63) | ((ulong)value & ((1UL << 62) - 1));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, new UInt128(high, low));
        return new Guid(bytes, bigEndian: true);
    }

    private static bool TryFromGuid(Guid token, out UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        token.TryWriteBytes(bytes, bigEndian: true, out _);
        var (high, low) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        value = ((UInt128)(high >> 16) << 74) | ((UInt128)(high & 0xFFF) << 62) | (low & ((1UL << 62) - 1));
        return (high & 0xF000) == 0x8000 && low >> 62 == 0b10;
    }
}
