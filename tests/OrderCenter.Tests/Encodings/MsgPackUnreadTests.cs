using OrderCenter.Client;
using OrderCenter.Encodings;
using OrderCenter.Protocols.OrderCheck;

namespace OrderCenter.Tests.Encodings;

/// <summary>What a sender says beside what is read is passed over, whatever its type.</summary>
public sealed class MsgPackUnreadTests
{
    /// <summary>One value of every type, as msgpack names them.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "nil", "c0" }, { "true", "c3" }, { "fixint", "05" }, { "negative", "ff" }, { "uint64", "cfffffffffffffffff" }, { "int64", "d38000000000000000" },
        { "float32", "ca7fc00000" }, { "float64", "cb7ff0000000000000" }, { "fixstr", "a161" }, { "str8", "d90161" }, { "str16", "da000161" }, { "str32", "db0000000161" },
        { "text in another encoding", "a4b3c9b9a6" }, { "bin8", "c40100" }, { "bin16", "c5000100" }, { "bin32", "c60000000100" },
        { "fixext1", "d40100" }, { "fixext2", "d5010000" }, { "fixext4, a timestamp", "d6ff5c9a1b2c" }, { "fixext8", "d7ff0000000000000000" },
        { "fixext16", "d80100000000000000000000000000000000" }, { "ext8 of nothing", "c70001" }, { "ext8", "c70c010000000000000000000000ff" }, { "ext16", "c80003ff010203" },
        { "ext32", "c900000003ff010203" }, { "array", "93c0d6ff5c9a1b2c90" }, { "array16", "dc0001c0" }, { "array32", "dd00000001c0" }, { "map", "81a16101" }, { "map16", "de0001a16101" },
        { "map32", "df00000001a16101" }, { "map with a nil key", "81c001" }, { "map with keys of every type", "87c0010102c20390c0d4010005ca000000000680c0" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_games_answer_of_code_0_delivers_whatever_stands_beside_it(string type, string hex)
    {
        foreach (var answer in new[] { "82a474696d65" + hex + "a4636f646500", "82a4636f646500a474696d65" + hex, "82" + hex + "01a4636f646500" })
        {
            var judged = new OrderCheckProtocol().ReadAcknowledgement(200, Convert.FromHexString(answer));
            Assert.True(judged.IsAccepted, $"{type} in {answer}: {judged.Detail}");
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_clients_check_is_read_whatever_stands_beside_it(string type, string hex)
    {
        const string Fields = "a673646b5f6964a175ab737a5f6f726465725f6964a131a767616d655f6964a131af67616d655f70726f647563745f6964a170a6616d6f756e7401a863757272656e6379a3434e59ab706c6174666f726d5f696401b1706c6174666f726d5f6f726465725f6964a167";
        foreach (var body in new[] { "89" + Fields + "a178" + hex, "89a178" + hex + Fields, "89" + hex + "01" + Fields })
        {
            var check = CheckFields.Read(Convert.FromHexString(body), out var fault);
            Assert.True(check is { Player: "u", ProductId: "p", PlatformOrderId: "g" }, $"{type}: {fault}");
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void The_client_package_reads_past_it_too(string type, string hex)
    {
        Assert.True(OrderCenter.Client.OrderCheckMap.TryRead(Convert.FromHexString("83a16101a178" + hex + "a162a163"), out var members), type);
        Assert.Equal(("1", "c"), (members["a"], members["b"]));
        Assert.True(OrderCenter.Client.OrderCheckMap.TryRead(Convert.FromHexString("82" + hex + "01a162a163"), out members), type);
        Assert.Equal("c", members["b"]);
    }

    [Theory]
    [InlineData("81a4636f6465d6ff00000000")]
    [InlineData("81a4636f646590")]
    [InlineData("81a4636f6465a1ff")]
    [InlineData("810000")]
    [InlineData("82a4636f646500a4636f646501")]
    [InlineData("82a474696d65d6ff5c9a1ba4636f646500")]
    [InlineData("82a474696d65c1a4636f646500")]
    public void What_is_read_must_be_there_and_be_what_it_should(string hex) => Assert.False(new OrderCheckProtocol().ReadAcknowledgement(200, Convert.FromHexString(hex)).IsAccepted);

    [Fact]
    public void What_is_passed_over_is_bounded_as_what_is_read()
    {
        byte[] Answer(params byte[] unread) => [0x82, 0xa1, (byte)'x', .. unread, 0xa4, .. "code"u8, 0x00];
        byte[] deep = [.. Enumerable.Repeat((byte)0x91, 100), 0xc0];
        byte[] many = [0xdc, 0xff, 0xff, .. Enumerable.Repeat((byte)0xc0, 65535)];
        foreach (var unread in new[] { deep, many, [0xc9, 0xff, 0xff, 0xff, 0xff, 0x01], [0xdf, 0xff, 0xff, 0xff, 0xff], [0xdd, 0x7f, 0xff, 0xff, 0xff] })
        {
            Assert.False(new OrderCheckProtocol().ReadAcknowledgement(200, Answer(unread)).IsAccepted);
            Assert.False(OrderCenter.Client.OrderCheckMap.TryRead(Answer(unread), out _));
        }
        Assert.True(MsgPackReader.TryRead(Answer([.. Enumerable.Repeat((byte)0x91, 30), 0xc0]), out _, out var fault), fault);
    }
}
