using OrderCenter.Encodings;

namespace OrderCenter.Tests.Encodings;

/// <summary>The endpoint that reads msgpack is open to anyone: whatever comes is refused with a text, in bounded memory, and never with an exception.</summary>
public sealed class MsgPackHostileTests
{
    [Theory]
    [InlineData("", "the msgpack value is cut off (byte 0)")]
    [InlineData("c1", "0xc1 begins no msgpack value (byte 0)")]
    [InlineData("d401", "the msgpack value is cut off (byte 2)")]
    [InlineData("d6ff5c9a1b", "the msgpack value is cut off (byte 5)")]
    [InlineData("c70302ffff", "the msgpack value is cut off (byte 5)")]
    [InlineData("c901000000", "the msgpack value is cut off (byte 5)")]
    [InlineData("81c1a161", "0xc1 begins no msgpack value (byte 1)")]
    [InlineData("9101ff", "more bytes follow the msgpack value (byte 2)")]
    [InlineData("0000", "more bytes follow the msgpack value (byte 1)")]
    [InlineData("82a16101a16102", "a map has the same key twice (byte 4)")]
    [InlineData("82a16101d9016102", "a map has the same key twice (byte 4)")]
    public void A_fault_is_said_with_its_place(string hex, string expected) => Assert.Equal(expected, Refused(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("dbffffffff")]
    [InlineData("c6ffffffff")]
    [InlineData("c9ffffffff01")]
    [InlineData("c8ffff01")]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff")]
    [InlineData("df80000000")]
    [InlineData("df7fffffff")]
    [InlineData("dd7fffffff")]
    [InlineData("daffff")]
    [InlineData("dcffff")]
    [InlineData("deffff")]
    [InlineData("91ddffffffff")]
    [InlineData("81a161dfffffffff")]
    public void A_length_that_the_bytes_cannot_fill_allocates_nothing(string hex)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), 0xc0, 0xc0, 0xc0];

        Assert.InRange(Allocated(bytes), 0, 4096);
        Assert.StartsWith("the msgpack value is cut off", Refused(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("91")]
    [InlineData("dc0001")]
    [InlineData("dd00000001")]
    [InlineData("81a161")]
    [InlineData("de0001a161")]
    public void Nesting_is_bounded(string hex)
    {
        var open = Convert.FromHexString(hex);
        byte[] Nested(int depth) => [.. Enumerable.Repeat(open, depth).SelectMany(bytes => bytes), 0xc0];

        Assert.True(MsgPackReader.TryRead(Nested(MsgPackReader.DepthMax), out _, out var fault), fault);
        Assert.StartsWith("arrays and maps are nested deeper than 32", Refused(Nested(MsgPackReader.DepthMax + 1)), StringComparison.Ordinal);
        Assert.StartsWith("arrays and maps are nested deeper than 32", Refused(Nested(200_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_bounded_in_number()
    {
        byte[] Array(int count) => [0xdd, (byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count, .. Enumerable.Repeat((byte)0x90, count)];

        Assert.True(MsgPackReader.TryRead(Array(MsgPackReader.ValuesMax - 1), out _, out var fault), fault);
        Assert.StartsWith("more than 4096 values", Refused(Array(MsgPackReader.ValuesMax)), StringComparison.Ordinal);
        Assert.InRange(Allocated(Array(1 << 20)), 0, 4096);

        // Many small arrays count together.
        byte[] many = [0xdc, 0x0f, 0x00, .. Enumerable.Repeat<byte[]>([0x92, 0xc0, 0xc0], 0xf00).SelectMany(bytes => bytes)];
        Assert.StartsWith("more than 4096 values", Refused(many), StringComparison.Ordinal);
        Assert.InRange(Allocated(many), 0, 256 * 1024);
    }

    [Fact]
    public void A_vector_cut_off_anywhere_is_refused()
    {
        foreach (var bytes in Vectors())
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.StartsWith("the msgpack value is cut off", Refused(bytes[..length]), StringComparison.Ordinal);
            }
            Assert.StartsWith("more bytes follow", Refused([.. bytes, 0xc0]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Random_bytes_never_throw_and_stay_within_memory()
    {
        const int seed = 0xc1;
        var random = new Random(seed);
        var vectors = Vectors();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(200)] : vectors[random.Next(vectors.Length)].ToArray();
            if (i % 2 == 0)
            {
                random.NextBytes(bytes);
            }
            for (var edits = random.Next(4); edits > 0 && bytes.Length > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            var allocated = Allocated(bytes);
            Assert.True(allocated <= 4096 + (200 * bytes.Length), $"seed {seed}, case {i}: {allocated} bytes for {Convert.ToHexStringLower(bytes)}");
            if (MsgPackReader.TryRead(bytes, out var value, out var fault))
            {
                Assert.Null(fault);
                Assert.True(MsgPackReader.TryRead(MsgPackTree.ToBytes(value), out var again, out fault), fault);
                Assert.True(MsgPackTree.Same(value, again), $"seed {seed}, case {i}: {Convert.ToHexStringLower(bytes)}");
            }
            else
            {
                Assert.NotEmpty(fault);
            }
        }
    }

    private static byte[][] Vectors() =>
        [.. Given.Vectors("msgpack.json").Select(vector => Convert.FromHexString(vector.GetProperty("msgpack_hex").GetString()!))];

    private static string Refused(byte[] bytes)
    {
        Assert.False(MsgPackReader.TryRead(bytes, out var value, out var fault));
        Assert.Null(value);
        return fault;
    }

    private static long Allocated(byte[] bytes)
    {
        // What is only made once is not counted.
        MsgPackReader.TryRead(bytes, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        MsgPackReader.TryRead(bytes, out _, out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
