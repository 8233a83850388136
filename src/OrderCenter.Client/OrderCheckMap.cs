using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace OrderCenter.Client;

/// <summary>The msgpack maps of OrderCheck (protocols.md §3): flat, with texts and numbers. msgpack is an encoding; the proof of a callback is its Standard
/// Webhooks signature.</summary>
public static class OrderCheckMap
{
    /// <summary>The members that a map may have; one with more is refused.</summary>
    public const int MembersMax = 64;

    private const int DepthMax = 32;
    private const int ValuesMax = 4096;

    /// <summary>The eight keys of a check and of a callback, in the document's order.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["sdk_id", "sz_order_id", "game_id", "game_product_id", "amount", "currency", "platform_id", "platform_order_id"];

    /// <summary>Reads a map; numbers come as their decimal text, nil as the empty text. A member whose key is no text, or whose value is neither text, number
    /// nor nil, is passed over. False where the bytes are anything else.</summary>
    /// <param name="bytes">The bytes, which may have come from anywhere.</param>
    /// <param name="members">The members.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? members)
    {
        members = null;
        if (!TryTake(ref bytes, 1, out var format) || !TryCount(format[0], ref bytes, out var count))
        {
            return false;
        }
        var read = new Dictionary<string, string>(count, StringComparer.Ordinal);
        var names = new HashSet<string>(count, StringComparer.Ordinal);
        var valuesLeft = ValuesMax;
        for (var i = 0; i < count; i++)
        {
            var isNamed = !bytes.IsEmpty && bytes[0] is (>= 0xa0 and <= 0xbf) or (>= 0xd9 and <= 0xdb);
            if (!TryReadText(ref bytes, ref valuesLeft, out var name) || !TryReadText(ref bytes, ref valuesLeft, out var value)
                || (isNamed && name is not null && !names.Add(name)))
            {
                return false;
            }
            if (isNamed && name is not null && value is not null)
            {
                read.Add(name, value);
            }
        }
        members = read;
        return bytes.IsEmpty;
    }

    /// <summary>Writes a map of texts in the order given, as a check asks.</summary>
    /// <param name="members">At most 15 members.</param>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> members)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members.Count, 15, nameof(members));
        var output = new ArrayBufferWriter<byte>();
        Put(output, [(byte)(0x80 | members.Count)]);
        foreach (var (name, value) in members)
        {
            WriteText(output, name);
            WriteText(output, value);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the answer of a check: <c>msg</c>, <c>timestamp</c>, <c>code</c>, <c>data</c>.</summary>
    /// <param name="code">0 granted, 1 failed, 2 granted before.</param>
    /// <param name="data">Why it failed; empty otherwise.</param>
    /// <param name="now">The time.</param>
    public static byte[] WriteAnswer(int code, string data, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)code, 2u, nameof(code));
        var output = new ArrayBufferWriter<byte>();
        Put(output, [0x84]);
        WriteText(output, "msg");
        WriteText(output, code switch { 0 => "successful", 1 => "failed", _ => "repeated" });
        WriteText(output, "timestamp");
        Put(output, [0xd3]);
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), now.ToUnixTimeSeconds());
        output.Advance(8);
        WriteText(output, "code");
        Put(output, [(byte)code]);
        WriteText(output, "data");
        WriteText(output, data);
        return output.WrittenSpan.ToArray();
    }

    private static bool TryCount(byte format, ref ReadOnlySpan<byte> bytes, out int count)
    {
        count = format & 0x0f;
        if (format == 0xde && TryTake(ref bytes, 2, out var big))
        {
            count = BinaryPrimitives.ReadUInt16BigEndian(big);
            return count <= MembersMax;
        }
        return format is >= 0x80 and <= 0x8f;
    }

    /// <summary>Reads a value; null where it is neither text, number nor nil, or where it is a text in another encoding.</summary>
    private static bool TryReadText(ref ReadOnlySpan<byte> bytes, ref int valuesLeft, out string? text)
    {
        text = null;
        if (bytes.IsEmpty)
        {
            return false;
        }
        var format = bytes[0];
        if (format is (>= 0x80 and <= 0x9f) or (>= 0xc1 and <= 0xc9) or (>= 0xd4 and <= 0xd8) or (>= 0xdc and <= 0xdf))
        {
            return TrySkip(ref bytes, ref valuesLeft, depth: 0);
        }
        bytes = bytes[1..];
        // How many bytes of length, or of number, follow the format.
        var width = format switch
        {
            0xcc or 0xd0 or 0xd9 => 1,
            0xcd or 0xd1 or 0xda => 2,
            0xce or 0xd2 or 0xca or 0xdb => 4,
            0xcf or 0xd3 or 0xcb => 8,
            _ => 0,
        };
        if (!TryTake(ref bytes, width, out var number))
        {
            return false;
        }
        switch (format)
        {
            case <= 0x7f or >= 0xe0:
                text = ((sbyte)format).ToString(CultureInfo.InvariantCulture);
                return true;
            case >= 0xa0 and <= 0xbf:
                return TryText(ref bytes, (uint)(format & 0x1f), out text);
            case 0xc0:
                text = "";
                return true;
            case 0xca:
                text = BinaryPrimitives.ReadSingleBigEndian(number).ToString("R", CultureInfo.InvariantCulture);
                return true;
            case 0xcb:
                text = BinaryPrimitives.ReadDoubleBigEndian(number).ToString("R", CultureInfo.InvariantCulture);
                return true;
            case >= 0xcc and <= 0xcf:
                text = Unsigned(number).ToString(CultureInfo.InvariantCulture);
                return true;
            case >= 0xd0 and <= 0xd3:
                text = ((long)(Unsigned(number) << (64 - (8 * width))) >> (64 - (8 * width))).ToString(CultureInfo.InvariantCulture);
                return true;
            case >= 0xd9 and <= 0xdb:
                return TryText(ref bytes, Unsigned(number), out text);
            default:
                return false;
        }
    }

    private static bool TryText(ref ReadOnlySpan<byte> bytes, ulong length, out string? text)
    {
        text = null;
        if (length > (ulong)bytes.Length || !TryTake(ref bytes, (int)length, out var utf8))
        {
            return false;
        }
        text = Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
        return true;
    }

    /// <summary>Passes over one value of any type, with what is in it.</summary>
    private static bool TrySkip(ref ReadOnlySpan<byte> bytes, ref int valuesLeft, int depth)
    {
        if (--valuesLeft < 0 || depth > DepthMax || !TryTake(ref bytes, 1, out var first))
        {
            return false;
        }
        var format = first[0];
        // How many bytes of length follow the format, how many bytes follow these, and how many values.
        var (width, plain, values) = format switch
        {
            >= 0x80 and <= 0x8f => (0, 0, 2 * (format & 0x0f)),
            >= 0x90 and <= 0x9f => (0, 0, format & 0x0f),
            >= 0xa0 and <= 0xbf => (0, format & 0x1f, 0),
            >= 0xc4 and <= 0xc6 => (1 << (format - 0xc4), 0, 0),
            >= 0xc7 and <= 0xc9 => (1 << (format - 0xc7), 1, 0),
            0xca => (0, 4, 0),
            0xcb => (0, 8, 0),
            >= 0xcc and <= 0xcf => (0, 1 << (format - 0xcc), 0),
            >= 0xd0 and <= 0xd3 => (0, 1 << (format - 0xd0), 0),
            >= 0xd4 and <= 0xd8 => (0, 1 + (1 << (format - 0xd4)), 0),
            >= 0xd9 and <= 0xdb => (1 << (format - 0xd9), 0, 0),
            0xdc or 0xdd => (2 << (format - 0xdc), 0, 1),
            0xde or 0xdf => (2 << (format - 0xde), 0, 2),
            0xc1 => (0, -1, 0),
            _ => (0, 0, 0),
        };
        if (plain < 0 || !TryTake(ref bytes, width, out var length))
        {
            return false;
        }
        var counted = Unsigned(length);
        var count = width == 0 ? (ulong)values : counted * (ulong)values;
        var skipped = (ulong)plain + (width > 0 && values == 0 ? counted : 0);
        if (count > (ulong)bytes.Length || skipped > (ulong)bytes.Length)
        {
            return false;
        }
        bytes = bytes[(int)skipped..];
        for (var i = 0UL; i < count; i++)
        {
            if (!TrySkip(ref bytes, ref valuesLeft, depth + 1))
            {
                return false;
            }
        }
        return true;
    }

    private static ulong Unsigned(ReadOnlySpan<byte> bigEndian)
    {
        var value = 0UL;
        foreach (var octet in bigEndian)
        {
            value = (value << 8) | octet;
        }
        return value;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int count, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (bytes.Length < count)
        {
            return false;
        }
        taken = bytes[..count];
        bytes = bytes[count..];
        return true;
    }

    private static void Put(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        switch (utf8.Length)
        {
            case < 32:
                Put(output, [(byte)(0xa0 | utf8.Length)]);
                break;
            case < 256:
                Put(output, [0xd9, (byte)utf8.Length]);
                break;
            case < 65536:
                Put(output, [0xda, (byte)(utf8.Length >> 8), (byte)utf8.Length]);
                break;
            default:
                throw new ArgumentException("a text is longer than 65535 bytes", nameof(text));
        }
        output.Write(utf8);
    }
}
