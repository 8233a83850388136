using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using MessagePack;

namespace OrderCenter.Encodings;

/// <summary>Reads one msgpack value from bytes that anyone may have sent, with the MessagePack library: bounded in depth and in values.
/// Content is refused with a fault's text, never with an exception.</summary>
public static class MsgPackReader
{
    public const int DepthMax = 32;
    public const int ValuesMax = 4096;

    /// <summary>Reads the one value that the bytes hold, no more and no less.</summary>
    /// <param name="bytes">One msgpack value.</param>
    /// <param name="value">The value; null: it is refused.</param>
    /// <param name="fault">Why it is refused, and at which byte.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out MsgPackValue? value, [NotNullWhen(false)] out string? fault)
    {
        var reader = new MessagePackReader(bytes);
        var count = 1;
        (value, fault) = (null, null);
        try
        {
            value = Read(ref reader, depth: 0, ref count);
            if (!reader.End)
            {
                (value, fault) = (null, At("more bytes follow the msgpack value", reader.Consumed));
            }
        }
        catch (MessagePackSerializationException refused)
        {
            fault = refused.Message;
        }
        catch (Exception cutOff) when (cutOff is EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            // The two others are the library's for a length of more than 2 GiB.
            fault = At("the msgpack value is cut off", bytes.Length);
        }
        return fault is null;
    }

    private static MsgPackValue Read(ref MessagePackReader reader, int depth, ref int count)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return new MsgPackValue.Nil();
            case MessagePackType.Boolean:
                return new MsgPackValue.Bool(reader.ReadBoolean());
            case MessagePackType.Integer:
                return new MsgPackValue.Integer(reader.NextCode == MessagePackCode.UInt64 ? reader.ReadUInt64() : reader.ReadInt64());
            case MessagePackType.Float:
                return reader.NextCode == MessagePackCode.Float32
                    ? new MsgPackValue.Float32(reader.ReadSingle()) : new MsgPackValue.Float64(reader.ReadDouble());
            case MessagePackType.String:
                // A text in another encoding is bytes to us: whoever wants a text refuses it, and nobody else minds.
                var utf8 = reader.ReadStringSequence()!.Value.FirstSpan;
                return Utf8.IsValid(utf8) ? new MsgPackValue.Str(Encoding.UTF8.GetString(utf8)) : new MsgPackValue.Bin(utf8.ToArray());
            case MessagePackType.Binary:
                return new MsgPackValue.Bin(reader.ReadBytes()!.Value.FirstSpan.ToArray());
            case MessagePackType.Extension:
                var header = reader.ReadExtensionFormatHeader();
                return new MsgPackValue.Extension(header.TypeCode, reader.ReadRaw(header.Length).FirstSpan.ToArray());
            case MessagePackType.Array:
                return ReadArray(ref reader, depth, ref count);
            case MessagePackType.Map:
                return ReadMap(ref reader, depth, ref count);
            default:
                throw Refusal("0xc1 begins no msgpack value", reader.Consumed);
        }
    }

    private static MsgPackValue.Array ReadArray(ref MessagePackReader reader, int depth, ref int count)
    {
        var start = reader.Consumed;
        var length = reader.ReadArrayHeader();
        Open(length, depth, ref count, start);
        var items = new MsgPackValue[length];
        for (var i = 0; i < length; i++)
        {
            items[i] = Read(ref reader, depth + 1, ref count);
        }
        return new MsgPackValue.Array(items);
    }

    private static MsgPackValue.Map ReadMap(ref MessagePackReader reader, int depth, ref int count)
    {
        var start = reader.Consumed;
        var length = reader.ReadMapHeader();
        Open(2L * length, depth, ref count, start);
        var members = new OrderedDictionary<string, MsgPackValue>(length, StringComparer.Ordinal);
        for (var i = 0; i < length; i++)
        {
            var keyAt = reader.Consumed;
            var name = (Read(ref reader, depth + 1, ref count) as MsgPackValue.Str)?.Value;
            if (name is not null && members.ContainsKey(name))
            {
                throw Refusal("a map has the same key twice", keyAt);
            }
            var member = Read(ref reader, depth + 1, ref count);
            if (name is not null)
            {
                members.Add(name, member);
            }
        }
        return new MsgPackValue.Map(members);
    }

    /// <summary>Refuses an array or a map that may not hold that many values, before memory is allocated for them.</summary>
    private static void Open(long values, int depth, ref int count, long start)
    {
        if (depth == DepthMax)
        {
            throw Refusal($"arrays and maps are nested deeper than {DepthMax}", start);
        }
        if (values > ValuesMax - count)
        {
            throw Refusal($"more than {ValuesMax} values", start);
        }
        count += (int)values;
    }

    private static MessagePackSerializationException Refusal(string fault, long at) => new(At(fault, at));

    private static string At(string fault, long at) => $"{fault} (byte {at})";
}
