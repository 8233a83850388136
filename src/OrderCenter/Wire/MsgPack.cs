using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace OrderCenter.Wire;

/// <summary>One msgpack value (protocols.md §3). Extension types do not occur: no protocol here uses them and the reader refuses them.</summary>
public abstract record MsgPackValue
{
    private MsgPackValue()
    {
    }

    /// <summary>The value as a protocol's field: a text as it is, an integer in decimal, a float by its shortest decimal text; null for all else, NaN and
    /// the infinities too.</summary>
    public virtual string? Text() => null;

    public sealed record Nil : MsgPackValue;

    public sealed record Bool(bool Value) : MsgPackValue;

    /// <summary>From -2^63 to 2^64 - 1.</summary>
    public sealed record Integer(Int128 Value) : MsgPackValue
    {
        public override string Text() => Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Its text is the shortest of its own width: 6.99, not 6.989999771118164.</summary>
    public sealed record Float32(float Value) : MsgPackValue
    {
        public override string? Text() => float.IsFinite(Value) ? Plain(Value.ToString("R", CultureInfo.InvariantCulture), Value) : null;
    }

    public sealed record Float64(double Value) : MsgPackValue
    {
        public override string? Text() => double.IsFinite(Value) ? Plain(Value.ToString("R", CultureInfo.InvariantCulture), Value) : null;
    }

    public sealed record Str(string Value) : MsgPackValue
    {
        public override string Text() => Value;
    }

    public sealed record Bin(ReadOnlyMemory<byte> Value) : MsgPackValue;

    public sealed record Array(IReadOnlyList<MsgPackValue> Items) : MsgPackValue;

    /// <summary>Members in the order in which they came.</summary>
    public sealed record Map(IReadOnlyDictionary<string, MsgPackValue> Members) : MsgPackValue;

    /// <summary>An exponent is written out where the digits then still say exactly the value; elsewhere it stays, and whoever wants money refuses it.</summary>
    private static string Plain(string shortest, double value)
    {
        const double exactMax = 1L << 53;
        if (!shortest.Contains('E', StringComparison.Ordinal) || !double.IsInteger(value) || Math.Abs(value) > exactMax)
        {
            return shortest;
        }
        var whole = (long)value;
        return decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture) == whole ? whole.ToString(CultureInfo.InvariantCulture) : shortest;
    }
}

/// <summary>Reads one msgpack value from bytes that anyone may have sent: bounded in depth and in values, and never allocating by a length that the bytes
/// at hand cannot fill. Content is refused with a fault's text, never with an exception.</summary>
public ref struct MsgPackReader
{
    public const int DepthMax = 32;
    public const int ValuesMax = 4096;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _values;
    private string? _fault;

    private MsgPackReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _values = 1;
    }

    /// <summary>Reads the one value that the bytes hold, no more and no less.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MsgPackValue? value, [NotNullWhen(false)] out string? fault)
    {
        var reader = new MsgPackReader(bytes);
        value = reader.Value(depth: 0);
        if (value is not null && reader._at < bytes.Length)
        {
            value = reader.Refuse("more bytes follow the msgpack value", reader._at);
        }
        fault = reader._fault;
        return value is not null;
    }

    private readonly int Remaining => _bytes.Length - _at;

    private MsgPackValue? Value(int depth)
    {
        var start = _at;
        if (!TryTake(1, out var taken))
        {
            return null;
        }
        var format = taken[0];
        return format switch
        {
            <= 0x7f => new MsgPackValue.Integer(format),
            <= 0x8f => Map((uint)(format & 0x0f), depth, start),
            <= 0x9f => Array((uint)(format & 0x0f), depth, start),
            <= 0xbf => Str((uint)(format & 0x1f), start),
            0xc0 => new MsgPackValue.Nil(),
            0xc1 => Refuse("0xc1 begins no msgpack value", start),
            0xc2 or 0xc3 => new MsgPackValue.Bool(format == 0xc3),
            0xc4 or 0xc5 or 0xc6 => Length(1 << (format - 0xc4)) is { } length ? Bin(length) : null,
            0xca => TryTake(4, out var bits) ? new MsgPackValue.Float32(BinaryPrimitives.ReadSingleBigEndian(bits)) : null,
            0xcb => TryTake(8, out var bits) ? new MsgPackValue.Float64(BinaryPrimitives.ReadDoubleBigEndian(bits)) : null,
            0xcc or 0xcd or 0xce or 0xcf => Unsigned(1 << (format - 0xcc)) is { } number ? new MsgPackValue.Integer(number) : null,
            0xd0 or 0xd1 or 0xd2 or 0xd3 => Signed(1 << (format - 0xd0)) is { } number ? new MsgPackValue.Integer(number) : null,
            0xd9 or 0xda or 0xdb => Length(1 << (format - 0xd9)) is { } length ? Str(length, start) : null,
            0xdc or 0xdd => Length(2 << (format - 0xdc)) is { } length ? Array(length, depth, start) : null,
            0xde or 0xdf => Length(2 << (format - 0xde)) is { } length ? Map(length, depth, start) : null,
            >= 0xe0 => new MsgPackValue.Integer((sbyte)format),
            _ => Refuse("msgpack extension types are not accepted", start),
        };
    }

    private MsgPackValue.Array? Array(uint count, int depth, int start)
    {
        if (!TryOpen(count, bytesMin: count, depth, start))
        {
            return null;
        }
        var items = new MsgPackValue[count];
        for (var i = 0; i < items.Length; i++)
        {
            if (Value(depth + 1) is not { } item)
            {
                return null;
            }
            items[i] = item;
        }
        return new MsgPackValue.Array(items);
    }

    private MsgPackValue.Map? Map(uint count, int depth, int start)
    {
        if (!TryOpen(2L * count, bytesMin: 2L * count, depth, start))
        {
            return null;
        }
        var members = new OrderedDictionary<string, MsgPackValue>((int)count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var keyAt = _at;
            if (Value(depth + 1) is not { } key)
            {
                return null;
            }
            if (key is not MsgPackValue.Str name)
            {
                Refuse("a map's key must be a text", keyAt);
                return null;
            }
            if (members.ContainsKey(name.Value))
            {
                Refuse("a map has the same key twice", keyAt);
                return null;
            }
            if (Value(depth + 1) is not { } member)
            {
                return null;
            }
            members.Add(name.Value, member);
        }
        return new MsgPackValue.Map(members);
    }

    private MsgPackValue? Str(uint length, int start)
    {
        if (!TryTake(length, out var utf8))
        {
            return null;
        }
        return Utf8.IsValid(utf8) ? new MsgPackValue.Str(Encoding.UTF8.GetString(utf8)) : Refuse("a text is not UTF-8", start);
    }

    private MsgPackValue.Bin? Bin(uint length) => TryTake(length, out var bytes) ? new MsgPackValue.Bin(bytes.ToArray()) : null;

    /// <summary>Whether an array or a map may hold that many values. They are counted before the room for them is made.</summary>
    private bool TryOpen(long values, long bytesMin, int depth, int start)
    {
        if (depth == DepthMax)
        {
            Refuse($"arrays and maps are nested deeper than {DepthMax}", start);
            return false;
        }
        if (bytesMin > Remaining)
        {
            Refuse("the msgpack value is cut off", start);
            return false;
        }
        if (values > ValuesMax - _values)
        {
            Refuse($"more than {ValuesMax} values", start);
            return false;
        }
        _values += (int)values;
        return true;
    }

    private uint? Length(int width) => (uint?)Unsigned(width);

    private ulong? Unsigned(int width)
    {
        if (!TryTake((uint)width, out var bytes))
        {
            return null;
        }
        var number = 0UL;
        foreach (var part in bytes)
        {
            number = (number << 8) | part;
        }
        return number;
    }

    private long? Signed(int width) => Unsigned(width) is { } number ? (long)(number << (64 - (8 * width))) >> (64 - (8 * width)) : null;

    private bool TryTake(uint count, out ReadOnlySpan<byte> taken)
    {
        if (count > (uint)Remaining)
        {
            Refuse("the msgpack value is cut off", _at);
            taken = default;
            return false;
        }
        taken = _bytes.Slice(_at, (int)count);
        _at += (int)count;
        return true;
    }

    private MsgPackValue? Refuse(string fault, int at)
    {
        _fault ??= $"{fault} (byte {at})";
        return null;
    }
}

/// <summary>Writes msgpack in its most compact form, as python3-msgpack's <c>packb</c> does. A map's or an array's header is followed by that many values;
/// the caller sees to it.</summary>
public readonly struct MsgPackWriter(IBufferWriter<byte> output)
{
    public static byte[] ToBytes(MsgPackValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new MsgPackWriter(buffer).Value(value);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a whole tree. A Float32 stays one.</summary>
    public void Value(MsgPackValue value)
    {
        switch (value)
        {
            case MsgPackValue.Nil:
                Put(0xc0, default, 0);
                break;
            case MsgPackValue.Bool truth:
                Put((byte)(truth.Value ? 0xc3 : 0xc2), default, 0);
                break;
            case MsgPackValue.Integer number when number.Value >= 0:
                Unsigned((ulong)number.Value);
                break;
            case MsgPackValue.Integer number:
                Integer((long)number.Value);
                break;
            case MsgPackValue.Float32 number:
                Put(0xca, BitConverter.SingleToUInt32Bits(number.Value), 4);
                break;
            case MsgPackValue.Float64 number:
                Put(0xcb, BitConverter.DoubleToUInt64Bits(number.Value), 8);
                break;
            case MsgPackValue.Str text:
                Str(text.Value);
                break;
            case MsgPackValue.Bin bytes:
                Header((uint)bytes.Value.Length, fix: 0, fixMax: -1, format8: 0xc4, format16: 0xc5);
                output.Write(bytes.Value.Span);
                break;
            case MsgPackValue.Array array:
                ArrayHeader(array.Items.Count);
                foreach (var item in array.Items)
                {
                    Value(item);
                }
                break;
            case MsgPackValue.Map map:
                MapHeader(map.Members.Count);
                foreach (var (name, member) in map.Members)
                {
                    Str(name);
                    Value(member);
                }
                break;
        }
    }

    public void MapHeader(int count) => Header((uint)count, fix: 0x80, fixMax: 0x0f, format8: null, format16: 0xde);

    public void ArrayHeader(int count) => Header((uint)count, fix: 0x90, fixMax: 0x0f, format8: null, format16: 0xdc);

    public void Str(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Header((uint)length, fix: 0xa0, fixMax: 0x1f, format8: 0xd9, format16: 0xda);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Math.Max(length, 1))));
    }

    public void Integer(long value)
    {
        switch (value)
        {
            case >= 0:
                Unsigned((ulong)value);
                break;
            case >= -32:
                Put((byte)value, default, 0);
                break;
            case >= sbyte.MinValue:
                Put(0xd0, (ulong)value, 1);
                break;
            case >= short.MinValue:
                Put(0xd1, (ulong)value, 2);
                break;
            case >= int.MinValue:
                Put(0xd2, (ulong)value, 4);
                break;
            default:
                Put(0xd3, (ulong)value, 8);
                break;
        }
    }

    public void Unsigned(ulong value)
    {
        switch (value)
        {
            case <= 0x7f:
                Put((byte)value, default, 0);
                break;
            case <= byte.MaxValue:
                Put(0xcc, value, 1);
                break;
            case <= ushort.MaxValue:
                Put(0xcd, value, 2);
                break;
            case <= uint.MaxValue:
                Put(0xce, value, 4);
                break;
            default:
                Put(0xcf, value, 8);
                break;
        }
    }

    /// <summary>A length in the fewest bytes: in the format byte, in 8 bits where the type has them, in 16, in 32 (the format after that of 16).</summary>
    private void Header(uint length, byte fix, int fixMax, byte? format8, byte format16)
    {
        if (length <= fixMax)
        {
            Put((byte)(fix | length), default, 0);
        }
        else if (length <= byte.MaxValue && format8 is { } narrow)
        {
            Put(narrow, length, 1);
        }
        else if (length <= ushort.MaxValue)
        {
            Put(format16, length, 2);
        }
        else
        {
            Put((byte)(format16 + 1), length, 4);
        }
    }

    /// <summary>A format byte and the low bytes of a number, big end first.</summary>
    private void Put(byte format, ulong bits, int width)
    {
        var span = output.GetSpan(1 + width);
        span[0] = format;
        for (var i = 1; i <= width; i++)
        {
            span[i] = (byte)(bits >> (8 * (width - i)));
        }
        output.Advance(1 + width);
    }
}
