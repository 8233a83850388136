using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace OrderCenter.Simulator.Games;

/// <summary>msgpack as OrderCheck uses it, written here from the format's specification and apart from the service: one flat map whose values are texts and
/// numbers.</summary>
public static class MsgPackMap
{
    private const int MembersMax = 64;

    /// <summary>Writes a map in the order given. A value is a <see cref="string"/>, a <see cref="long"/> or a <see cref="double"/>.</summary>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, object>> members)
    {
        if (members.Count > MembersMax)
        {
            throw new ArgumentException("too many members", nameof(members));
        }
        var output = new ArrayBufferWriter<byte>();
        if (members.Count < 16)
        {
            Put(output, (byte)(0x80 | members.Count));
        }
        else
        {
            Put(output, 0xde, 0, (byte)members.Count);
        }
        foreach (var (name, value) in members)
        {
            WriteText(output, name);
            switch (value)
            {
                case string text:
                    WriteText(output, text);
                    break;
                case long number:
                    WriteInteger(output, number);
                    break;
                case double number:
                    Put(output, 0xcb);
                    BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), number);
                    output.Advance(8);
                    break;
                default:
                    throw new ArgumentException("a value is a text, a long or a double", nameof(members));
            }
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a map. Texts come as <see cref="string"/>, integers as <see cref="long"/>, floats as <see cref="double"/>.</summary>
    /// <exception cref="FormatException">The bytes are no such map.</exception>
    public static IReadOnlyList<KeyValuePair<string, object?>> Read(ReadOnlySpan<byte> bytes)
    {
        var format = Take(ref bytes, 1)[0];
        var count = format switch
        {
            >= 0x80 and <= 0x8f => format & 0x0f,
            0xde => BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2)),
            _ => throw new FormatException("no msgpack map"),
        };
        if (count > MembersMax)
        {
            throw new FormatException("too many members");
        }
        var members = new List<KeyValuePair<string, object?>>(count);
        for (var i = 0; i < count; i++)
        {
            var name = ReadValue(ref bytes) as string ?? throw new FormatException("a name is no text");
            members.Add(new(name, ReadValue(ref bytes)));
        }
        return bytes.IsEmpty ? members : throw new FormatException("bytes after the map");
    }

    private static object? ReadValue(ref ReadOnlySpan<byte> bytes)
    {
        var format = Take(ref bytes, 1)[0];
        return format switch
        {
            <= 0x7f => (long)format,
            >= 0xa0 and <= 0xbf => Text(Take(ref bytes, format & 0x1f)),
            0xc0 => null,
            0xc2 or 0xc3 => format == 0xc3,
            0xca => double.Parse(BinaryPrimitives.ReadSingleBigEndian(Take(ref bytes, 4)).ToString("R"), CultureInfo.InvariantCulture),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(ref bytes, 8)),
            0xcc => (long)Take(ref bytes, 1)[0],
            0xcd => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2)),
            0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(ref bytes, 4)),
            0xcf => checked((long)BinaryPrimitives.ReadUInt64BigEndian(Take(ref bytes, 8))),
            0xd0 => (long)(sbyte)Take(ref bytes, 1)[0],
            0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(ref bytes, 2)),
            0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(ref bytes, 4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(ref bytes, 8)),
            0xd9 => Text(Take(ref bytes, Take(ref bytes, 1)[0])),
            0xda => Text(Take(ref bytes, BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2)))),
            >= 0xe0 => (long)(sbyte)format,
            _ => throw new FormatException($"0x{format:x2} is no text and no number"),
        };
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
        {
            throw new FormatException("the bytes end too early");
        }
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        switch (utf8.Length)
        {
            case < 32:
                Put(output, (byte)(0xa0 | utf8.Length));
                break;
            case < 256:
                Put(output, 0xd9, (byte)utf8.Length);
                break;
            case < 65536:
                Put(output, 0xda, (byte)(utf8.Length >> 8), (byte)utf8.Length);
                break;
            default:
                throw new ArgumentException("the text is too long", nameof(text));
        }
        output.Write(utf8);
    }

    private static void WriteInteger(ArrayBufferWriter<byte> output, long number)
    {
        if (number is >= 0 and < 128)
        {
            Put(output, (byte)number);
            return;
        }
        if (number is >= 0 and <= uint.MaxValue)
        {
            Put(output, 0xce);
            BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), (uint)number);
            output.Advance(4);
            return;
        }
        Put(output, 0xd3);
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), number);
        output.Advance(8);
    }

    private static void Put(ArrayBufferWriter<byte> output, params ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
