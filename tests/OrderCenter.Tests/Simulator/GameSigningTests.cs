using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Encodings;

namespace OrderCenter.Tests.Simulator;

/// <summary>The simulator's own reading of the documents against the public vectors.</summary>
public sealed class GameSigningTests
{
    [Fact]
    public void Public_vectors_are_signed_as_published()
    {
        foreach (var vector in OrderCenter.Tests.Encodings.Given.Vectors("signatures.json"))
        {
            var (parameters, secret) = (vector.GetProperty("params"), vector.GetProperty("secret").GetString()!);
            var sign = vector.GetProperty("protocol").GetString() switch
            {
                "OrderApi" => OrderApiGame.Sign(Flat(parameters), secret),
                "H5Sdk" => GameSigning.H5Sdk(Flat(parameters), secret),
                _ => GameSigning.CardRecharge(GameSigning.PhpText(parameters), secret),
            };
            Assert.True(vector.GetProperty("sign").GetString() == sign, vector.GetProperty("note").GetString());
        }
    }

    [Fact]
    public void Webhook_and_card_vectors_are_signed_as_published()
    {
        var more = OrderCenter.Tests.Encodings.Given.Vectors("more.json");
        var webhook = more.Single(vector => vector.TryGetProperty("whsec", out _));
        var cards = more.Single(vector => vector.TryGetProperty("nested", out _));
        var secret = cards.GetProperty("secret").GetString()!;

        Assert.Equal(webhook.GetProperty("signature").GetString(), GameSigning.Webhook(
            webhook.GetProperty("id").GetString()!,
            webhook.GetProperty("timestamp").ToString(),
            Encoding.UTF8.GetBytes(webhook.GetProperty("body").GetString()!),
            webhook.GetProperty("secret").GetString()!));
        Assert.Equal(cards.GetProperty("nested").GetString(), GameSigning.CardRecharge(GameSigning.PhpText(cards.GetProperty("fields")), secret));
        Assert.Equal(cards.GetProperty("string").GetString(), GameSigning.CardRecharge(GameSigning.PhpText(cards.GetProperty("fields"), isCardText: true), secret));
    }

    [Fact]
    public void Msgpack_vectors_are_read_and_written_as_published()
    {
        foreach (var vector in OrderCenter.Tests.Encodings.Given.Vectors("msgpack.json").Take(3))
        {
            var bytes = Convert.FromHexString(vector.GetProperty("msgpack_hex").GetString()!);
            var members = MsgPackMap.Read(bytes);

            Assert.Equal(vector.GetProperty("json").EnumerateObject().Select(field => (field.Name, field.Value.ToString())), members.Select(member => (member.Key, $"{member.Value}")));
            if (members.All(member => member.Value is string))
            {
                Assert.Equal(bytes, MsgPackMap.Write([.. members.Select(member => new KeyValuePair<string, object>(member.Key, member.Value!))]));
            }
        }
    }

    [Fact]
    public void A_check_of_the_sdk_is_the_map_of_the_vector()
    {
        var vector = OrderCenter.Tests.Encodings.Given.Vectors("msgpack.json")[0];
        var check = new OrderCheckClient.Check
        {
            SdkId = "42",
            OrderId = "10011554867699875662",
            GameId = "1001",
            ProductId = "com.rxsg1.07",
            Amount = "100",
            Currency = "RMB",
            PlatformId = "1",
            PlatformOrderId = "GPA.3345-1234-5678-90123",
        };

        Assert.Equal(vector.GetProperty("msgpack_hex").GetString(), Convert.ToHexStringLower(check.ToBytes()));
    }

    private static IEnumerable<KeyValuePair<string, string>> Flat(JsonElement parameters) =>
        parameters.EnumerateObject().Select(field => new KeyValuePair<string, string>(field.Name, field.Value.GetString()!));
}
