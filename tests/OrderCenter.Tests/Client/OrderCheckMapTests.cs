using OrderCenter.Client;
using OrderCenter.Encodings;
using OrderCenter.Tests.Encodings;

namespace OrderCenter.Tests.Client;

public sealed class OrderCheckMapTests
{
    [Fact]
    public void Public_vectors_are_read_and_written_as_published()
    {
        foreach (var vector in Given.Vectors("msgpack.json").Take(3))
        {
            var bytes = Convert.FromHexString(vector.GetProperty("msgpack_hex").GetString()!);

            Assert.True(OrderCheckMap.TryRead(bytes, out var members));

            var expected = vector.GetProperty("json").EnumerateObject().Select(field => (field.Name, field.Value.ToString())).ToArray();
            Assert.Equal(expected, expected.Select(field => (field.Name, members[field.Name])));
            Assert.Equal(expected.Length, members.Count);
        }
        var callback = Given.Vectors("msgpack.json")[0];
        Assert.Equal(
            callback.GetProperty("msgpack_hex").GetString(),
            Convert.ToHexStringLower(OrderCheckMap.Write([.. OrderCheckMap.Keys.Select(key => new KeyValuePair<string, string>(key, callback.GetProperty("json").GetProperty(key).GetString()!))])));
    }

    [Theory]
    [InlineData("81a16100", "0")]
    [InlineData("81a1617f", "127")]
    [InlineData("81a161ff", "-1")]
    [InlineData("81a161e0", "-32")]
    [InlineData("81a161c0", "")]
    [InlineData("81a161ccff", "255")]
    [InlineData("81a161cfffffffffffffffff", "18446744073709551615")]
    [InlineData("81a161d080", "-128")]
    [InlineData("81a161d18000", "-32768")]
    [InlineData("81a161d280000000", "-2147483648")]
    [InlineData("81a161d38000000000000000", "-9223372036854775808")]
    [InlineData("81a161ca40d00000", "6.5")]
    [InlineData("81a161cb401bf5c28f5c28f6", "6.99")]
    [InlineData("81a161d90162", "b")]
    [InlineData("81a161da000162", "b")]
    [InlineData("81a161db0000000162", "b")]
    [InlineData("de0001a161a162", "b")]
    public void Every_shape_of_a_value_is_read(string hex, string text)
    {
        Assert.True(OrderCheckMap.TryRead(Convert.FromHexString(hex), out var members));
        Assert.Equal(text, members["a"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("81a161")]
    [InlineData("81a16191")]
    [InlineData("81a161c402")]
    [InlineData("81a161c1")]
    [InlineData("81a161a2ff")]
    [InlineData("81a161dbffffffff62")]
    [InlineData("82a161a162a161a163")]
    [InlineData("81a161a16200")]
    [InlineData("deffff")]
    [InlineData("df00000001a161a162")]
    public void Anything_else_is_refused(string hex) => Assert.False(OrderCheckMap.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Bytes_that_anyone_sends_never_throw()
    {
        var random = new Random(4);
        var vector = Convert.FromHexString(Given.Vectors("msgpack.json")[0].GetProperty("msgpack_hex").GetString()!);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = vector[..random.Next(1, vector.Length)];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            OrderCheckMap.TryRead(bytes, out _);
        }
    }

    [Fact]
    public void An_answer_is_what_the_service_reads()
    {
        var bytes = OrderCheckMap.WriteAnswer(1, new string('满', 100), DateTimeOffset.FromUnixTimeSeconds(1763690000));

        Assert.True(OrderCenter.Encodings.MsgPackReader.TryRead(bytes, out var value, out _));
        var map = Assert.IsType<OrderCenter.Encodings.MsgPackValue.Map>(value);
        Assert.Equal(
            [("msg", "failed"), ("timestamp", "1763690000"), ("code", "1"), ("data", new string('满', 100))],
            map.Members.Select(member => (member.Key, member.Value.Text()!)));
    }
}
