using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FsCheck.Fluent;
using FsCheck;
using MessagePack;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Encodings;

public sealed class MsgPackTests
{
    private const int ValueCount = 400;

    [Fact]
    public void Public_vectors_are_read_and_written()
    {
        var vectors = Given.Vectors("msgpack.json");
        Assert.Equal(5, vectors.Length);
        foreach (var vector in vectors)
        {
            var hex = vector.GetProperty("msgpack_hex").GetString()!;
            var value = Read(hex);
            if (vector.GetProperty("json") is { ValueKind: JsonValueKind.Object } json)
            {
                Assert.Equal(JsonText.Of(json), JsonText.Of(value));
                Assert.Equal(hex, Written(JsonText.Value(json)));
            }
            Assert.Equal(hex, Written(value));
        }
    }

    [Fact]
    public void A_narrow_float_and_bytes_keep_their_types()
    {
        var map = Assert.IsType<MsgPackValue.Map>(Read(Given.Vectors("msgpack.json")[4].GetProperty("msgpack_hex").GetString()!));

        Assert.Equal(new MsgPackValue.Float32(6.5f), map.Members["f"]);
        Assert.Equal([0x01, 0xff], Assert.IsType<MsgPackValue.Bin>(map.Members["b"]).Value.ToArray());
    }

    [Fact]
    public void A_cp_answer_and_request_are_written_without_a_tree()
    {
        var vectors = Given.Vectors("msgpack.json");
        foreach (var vector in vectors[..2])
        {
            var buffer = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(buffer);
            var members = vector.GetProperty("json").EnumerateObject().ToArray();
            writer.WriteMapHeader(members.Length);
            foreach (var member in members)
            {
                writer.Write(member.Name);
                if (member.Value.ValueKind == JsonValueKind.Number)
                {
                    writer.Write(member.Value.GetInt64());
                }
                else
                {
                    writer.Write(member.Value.GetString()!);
                }
            }
            writer.Flush();
            Assert.Equal(vector.GetProperty("msgpack_hex").GetString(), Convert.ToHexStringLower(buffer.WrittenSpan));
        }
    }

    [Theory]
    [InlineData("a3616263", "abc")]
    [InlineData("a0", "")]
    [InlineData("2a", "42")]
    [InlineData("ff", "-1")]
    [InlineData("cfffffffffffffffff", "18446744073709551615")]
    [InlineData("d38000000000000000", "-9223372036854775808")]
    [InlineData("cb401a000000000000", "6.5")]
    [InlineData("cb401bf5c28f5c28f6", "6.99")]
    [InlineData("ca40dfae14", "6.99")]
    [InlineData("cb4059000000000000", "100")]
    [InlineData("ca42c80000", "100")]
    [InlineData("ca4b800000", "16777216")]
    [InlineData("ca4e6e6b28", "1000000000")]
    [InlineData("cb42d6bcc41e8fffff", "99999999999999.98")]
    [InlineData("cb42d6bcc41e900000", "100000000000000")]
    [InlineData("cb430c6bf526340000", "1000000000000000")]
    [InlineData("cb3f1a36e2eb1c432d", "0.0001")]
    [InlineData("cb4340000000000000", "9007199254740992")]
    [InlineData("cb4376345785d8a000", "1E+17")]
    [InlineData("cb44b52d02c7e14af6", "1E+23")]
    [InlineData("ca4ceb79a3", "123456790")]
    [InlineData("ca5037f707", "1.2345679E+10")]
    [InlineData("cb3ee4f8b588e368f1", "1E-05")]
    [InlineData("cb8000000000000000", "-0")]
    public void A_value_is_a_field_by_its_shortest_text(string hex, string text) => Assert.Equal(text, Read(hex).Text());

    [Theory]
    [InlineData("c0")]
    [InlineData("c2")]
    [InlineData("c3")]
    [InlineData("c40161")]
    [InlineData("90")]
    [InlineData("80")]
    [InlineData("ca7fc00000")]
    [InlineData("cb7ff8000000000000")]
    [InlineData("cb7ff0000000000000")]
    [InlineData("caff800000")]
    public void What_is_no_text_and_no_number_has_no_text(string hex) => Assert.Null(Read(hex).Text());

    [Fact]
    public void A_price_has_the_same_text_in_either_width()
    {
        for (var cents = 0; cents < 1_000_000; cents += 7)
        {
            var text = (cents / 100m).ToString("0.##", CultureInfo.InvariantCulture);
            Assert.Equal(text, new MsgPackValue.Float32((float)(cents / 100.0)).Text());
            Assert.Equal(text, new MsgPackValue.Float64(cents / 100.0).Text());
        }
    }

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll(
        MsgPackTree.Values.ToArbitrary(),
        value =>
        {
            var bytes = MsgPackTree.ToBytes(value);
            return MsgPackReader.TryRead(bytes, out var read, out _)
                && MsgPackTree.Same(value, read)
                && MsgPackTree.ToBytes(read).AsSpan().SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Python_reads_what_is_written_and_writes_it_alike()
    {
        const int seed = 77;
        var random = new Random(seed);
        var values = Enumerable.Range(0, ValueCount).Select(_ => MsgPackTree.Next(random)).Concat(MsgPackTree.AtTheEdges()).ToArray();
        var answer = await OtherImplementation.PythonAsync(
            """
            import json, msgpack, sys
            for line in sys.stdin:
                value = msgpack.unpackb(bytes.fromhex(line))
                print(msgpack.packb(value).hex(), json.dumps(value, default=lambda b: {"bin": b.hex()}), sep="\t")
            """,
            string.Concat(values.Select(value => Written(value) + "\n")));

        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(values.Length, lines.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var parts = lines[i].Split('\t');
            Assert.True(string.Equals(Written(values[i]), parts[0], StringComparison.Ordinal), $"seed {seed}, value {i}: {parts[0]}");
            Assert.True(JsonText.Same(values[i], parts[1]), $"seed {seed}, value {i}: {parts[1]}");
        }
    }

    [Fact]
    public async Task What_python_writes_is_read_and_written_alike()
    {
        var answer = await OtherImplementation.PythonAsync(
            """
            import json, msgpack, random, sys
            r = random.Random(int(sys.stdin.readline()))
            def text():
                n = r.choice([0, 1, 5, 31, 32, 40, 255, 256, 300])
                return "".join(chr(r.choice([r.randrange(0x20, 0x7f), r.randrange(0x80, 0xd800), r.randrange(0xe000, 0x110000), 0, 10])) for _ in range(n))
            def value(depth):
                kind = r.randrange(9 if depth else 7)
                if kind == 0: return None
                if kind == 1: return r.random() < 0.5
                if kind == 2: return r.choice([1, -1]) * r.randrange(2 ** r.choice([4, 5, 6, 7, 8, 15, 16, 31, 32, 63]))
                if kind == 3: return 2 ** 64 - 1 - r.randrange(2 ** 63)
                if kind == 4: return r.choice([r.random(), r.uniform(-1e6, 1e6), round(r.uniform(0, 1e5), 2), 10.0 ** r.randrange(-20, 25)])
                if kind == 5: return text()
                if kind == 6: return r.randbytes(r.choice([0, 1, 255, 256]))
                if kind == 7: return [value(depth - 1) for _ in range(r.choice([0, 1, 15, 16, 20]))]
                return {text() + str(i): value(depth - 1) for i in range(r.choice([0, 1, 15, 16, 20]))}
            for i in range(400):
                v = value(2)
                print(msgpack.packb(v).hex(), json.dumps(v, default=lambda b: {"bin": b.hex()}), sep="\t")
            for cents in range(0, 1000000, 1237):
                print(msgpack.packb(cents / 100, use_single_float=True).hex(), repr(cents / 100), sep="\t")
            """,
            "4711\n");

        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > ValueCount * 2);
        foreach (var line in lines)
        {
            var parts = line.Split('\t');
            var value = Read(parts[0]);
            Assert.Equal(parts[0], Written(value));
            Assert.True(JsonText.Same(value, parts[1]), line);
        }
    }

    private static MsgPackValue Read(string hex)
    {
        Assert.True(MsgPackReader.TryRead(Convert.FromHexString(hex), out var value, out var fault), fault);
        return value;
    }

    private static string Written(MsgPackValue value) => Convert.ToHexStringLower(MsgPackTree.ToBytes(value));
}
