using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MessagePack;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Encodings;

/// <summary>Trees of msgpack values for the tests.</summary>
internal static class MsgPackTree
{
    /// <summary>Lengths and numbers beside which the format changes.</summary>
    private static readonly int[] LengthEdges = [0, 1, 15, 16, 31, 32, 255, 256, 300];

    public static readonly Gen<MsgPackValue> Values =
        from seed in Gen.Choose(int.MinValue, int.MaxValue)
        select Next(new Random(seed), withFloat32: true);

    public static MsgPackValue Next(Random random, int depth = 3, bool withFloat32 = false) => random.Next(depth == 0 ? 8 : 10) switch
    {
        0 => new MsgPackValue.Nil(),
        1 => new MsgPackValue.Bool(random.Next(2) == 0),
        2 => new MsgPackValue.Integer(random.NextInt64() >> random.Next(64)),
        3 => new MsgPackValue.Integer(-1 - (random.NextInt64() >> random.Next(64))),
        4 => new MsgPackValue.Integer(ulong.MaxValue - (ulong)random.NextInt64()),
        5 when withFloat32 => new MsgPackValue.Float32(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))),
        5 => new MsgPackValue.Float64(Math.Round(random.NextDouble() * 1e6, random.Next(5))),
        6 => new MsgPackValue.Str(Given.Text(random, LengthEdges[random.Next(LengthEdges.Length)])),
        7 => new MsgPackValue.Bin(Bytes(random, LengthEdges[random.Next(LengthEdges.Length)])),
        8 => new MsgPackValue.Array([.. Enumerable.Range(0, random.Next(6)).Select(_ => Next(random, depth - 1, withFloat32))]),
        _ => Map(random.Next(6), i => Next(random, depth - 1, withFloat32)),
    };

    /// <summary>Every format's first and last.</summary>
    public static IEnumerable<MsgPackValue> AtTheEdges()
    {
        for (var bits = 0; bits <= 64; bits++)
        {
            var power = Int128.One << bits;
            foreach (var number in new[] { power - 1, power, -power, -power - 1 })
            {
                if (number >= long.MinValue && number <= ulong.MaxValue)
                {
                    yield return new MsgPackValue.Integer(number);
                }
            }
        }
        foreach (var length in LengthEdges.Concat([65535, 65536]))
        {
            yield return new MsgPackValue.Str(new string('x', length));
            yield return new MsgPackValue.Bin(new byte[length]);
            if (length < MsgPackReader.ValuesMax)
            {
                yield return new MsgPackValue.Array([.. Enumerable.Repeat(new MsgPackValue.Nil(), length)]);
                yield return Map(length, i => new MsgPackValue.Integer(i));
            }
        }
        yield return new MsgPackValue.Str(string.Concat(Enumerable.Repeat("😀", 8)));
        yield return new MsgPackValue.Float64(-0.0);
        yield return new MsgPackValue.Float64(double.MaxValue);
        yield return new MsgPackValue.Float64(double.Epsilon);
    }

    public static MsgPackValue.Map Map(int count, Func<int, MsgPackValue> member)
    {
        var members = new OrderedDictionary<string, MsgPackValue>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            members.Add("键" + i, member(i));
        }
        return new MsgPackValue.Map(members);
    }

    public static bool Same(MsgPackValue left, MsgPackValue right) => (left, right) switch
    {
        (MsgPackValue.Array a, MsgPackValue.Array b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => Same(pair.First, pair.Second)),
        (MsgPackValue.Map a, MsgPackValue.Map b) => a.Members.Keys.SequenceEqual(b.Members.Keys, StringComparer.Ordinal)
            && a.Members.Values.Zip(b.Members.Values).All(pair => Same(pair.First, pair.Second)),
        (MsgPackValue.Extension a, MsgPackValue.Extension b) => a.Type == b.Type && a.Value.Span.SequenceEqual(b.Value.Span),
        (MsgPackValue.Bin a, MsgPackValue.Bin b) => a.Value.Span.SequenceEqual(b.Value.Span),
        _ => left.Equals(right),
    };

    public static byte[] ToBytes(MsgPackValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(ref MessagePackWriter writer, MsgPackValue value)
    {
        switch (value)
        {
            case MsgPackValue.Nil:
                writer.WriteNil();
                break;
            case MsgPackValue.Bool truth:
                writer.Write(truth.Value);
                break;
            case MsgPackValue.Integer number when number.Value >= 0:
                writer.Write((ulong)number.Value);
                break;
            case MsgPackValue.Integer number:
                writer.Write((long)number.Value);
                break;
            case MsgPackValue.Float32 number:
                writer.Write(number.Value);
                break;
            case MsgPackValue.Float64 number:
                writer.Write(number.Value);
                break;
            case MsgPackValue.Str text:
                writer.Write(text.Value);
                break;
            case MsgPackValue.Bin bytes:
                writer.Write(bytes.Value.Span);
                break;
            case MsgPackValue.Extension extension:
                writer.WriteExtensionFormat(new ExtensionResult(extension.Type, new ReadOnlySequence<byte>(extension.Value)));
                break;
            case MsgPackValue.Array array:
                writer.WriteArrayHeader(array.Items.Count);
                foreach (var item in array.Items)
                {
                    Write(ref writer, item);
                }
                break;
            case MsgPackValue.Map map:
                writer.WriteMapHeader(map.Members.Count);
                foreach (var (name, member) in map.Members)
                {
                    writer.Write(name);
                    Write(ref writer, member);
                }
                break;
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}

/// <summary>A tree as JSON text, to compare it with what another implementation understood; bytes as <c>{"bin":hex}</c>.</summary>
internal static class JsonText
{
    public static string Of(JsonElement json) => Encoding.UTF8.GetString(Given.Json(json.WriteTo));

    public static string Of(MsgPackValue value) => Encoding.UTF8.GetString(Given.Json(writer => Write(writer, value)));

    public static bool Same(MsgPackValue value, string json)
    {
        using var ours = JsonDocument.Parse(Of(value));
        using var theirs = JsonDocument.Parse(json);
        return JsonElement.DeepEquals(ours.RootElement, theirs.RootElement);
    }

    public static MsgPackValue Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Object(json),
        JsonValueKind.Array => new MsgPackValue.Array([.. json.EnumerateArray().Select(Value)]),
        JsonValueKind.String => new MsgPackValue.Str(json.GetString()!),
        JsonValueKind.Number when Int128.TryParse(json.GetRawText(), out var number) => new MsgPackValue.Integer(number),
        JsonValueKind.Number => new MsgPackValue.Float64(json.GetDouble()),
        JsonValueKind.Null => new MsgPackValue.Nil(),
        var kind => new MsgPackValue.Bool(kind == JsonValueKind.True),
    };

    private static MsgPackValue.Map Object(JsonElement json)
    {
        var members = new OrderedDictionary<string, MsgPackValue>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            members.Add(member.Name, Value(member.Value));
        }
        return new MsgPackValue.Map(members);
    }

    private static void Write(Utf8JsonWriter writer, MsgPackValue value)
    {
        switch (value)
        {
            case MsgPackValue.Map map:
                writer.WriteStartObject();
                foreach (var (name, member) in map.Members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case MsgPackValue.Array array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            case MsgPackValue.Bin bytes:
                writer.WriteStartObject();
                writer.WriteString("bin", Convert.ToHexStringLower(bytes.Value.Span));
                writer.WriteEndObject();
                break;
            case MsgPackValue.Str text:
                writer.WriteStringValue(text.Value);
                break;
            case MsgPackValue.Bool truth:
                writer.WriteBooleanValue(truth.Value);
                break;
            case MsgPackValue.Nil:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteRawValue(value.Text()!);
                break;
        }
    }
}
