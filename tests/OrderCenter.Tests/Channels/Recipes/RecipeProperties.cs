using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Channels.Recipes;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>Whatever is done to a genuine notification, it never reports another payment, and nothing throws. A failure prints its seed.</summary>
public sealed class RecipeProperties
{
    private const string Key = "8f3a779ad04b4c51a0e21b7c";
    private const string OrderNumber = "10011554867699875662";
    private static readonly RecipeStores Stores = new();

    public static TheoryData<RecipeStore> All => [.. Enum.GetValues<RecipeStore>()];

    [Theory]
    [MemberData(nameof(All))]
    public void No_change_of_bytes_makes_another_payment(RecipeStore store)
    {
        var (channel, app) = Open(store);
        var genuine = Encoding.UTF8.GetBytes(Stores.Notification(store, Stores.Pay(OrderNumber, 650)));
        var facts = Read(channel, app, genuine);
        Assert.NotNull(facts);
        var changes = from at in Gen.Choose(0, genuine.Length - 1) from value in Gen.Choose(0, 255) from edit in Gen.Choose(0, 3) select (at, (byte)value, edit);
        Prop.ForAll(changes.NonEmptyListOf().ToArbitrary(), list =>
        {
            var changed = list.Aggregate(genuine, Apply);
            var read = Read(channel, app, changed);
            return read is null || read == facts;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(8));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_single_bit_and_every_truncation_reports_the_same_payment_or_none(RecipeStore store)
    {
        var (channel, app) = Open(store);
        var genuine = Encoding.UTF8.GetBytes(Stores.Notification(store, Stores.Pay(OrderNumber, 650)));
        var facts = Read(channel, app, genuine);
        for (var i = 0; i < genuine.Length; i++)
        {
            for (var bit = 1; bit < 256; bit <<= 2)
            {
                genuine[i] ^= (byte)bit;
                var read = Read(channel, app, genuine);
                Assert.True(read is null || read == facts, $"byte {i}, bit {bit}");
                genuine[i] ^= (byte)bit;
            }
            Assert.True(Read(channel, app, genuine.AsMemory(0, i)) is null, $"the first {i} bytes");
        }
    }

    /// <summary>The signed text stays as it is, and is taken apart in every other way: with the same signature each way is the store's.</summary>
    [Theory]
    [InlineData("sorted", "&", "=")]
    [InlineData("listed", "&", "=")]
    [InlineData("listed", "", "=")]
    [InlineData("listed", "#", "")]
    public void One_signed_text_never_reports_two_payments(string text, string join, string pair)
    {
        var recipe = RecipeSafetyTests.Good();
        var signature = recipe["signature"]!.AsObject();
        (signature["text"], signature["join"], signature["pair"], signature["empty"]) = (text, join, pair, pair.Length == 0 ? "keep" : "skip");
        string[] names = ["appId", "extra", "number", "order", "price", "state"];
        if (text == "listed")
        {
            signature["fields"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        }
        var channel = new RecipeChannel("my-store", OrderCenter.Tests.Channels.Given.Http, OrderCenter.Tests.Channels.Given.Clock);
        var app = Given.App(("my-store", RecipeSafetyTests.Settings(recipe).ToJsonString()));
        var pieces = Gen.Elements("1", "2", "a", join, pair, join + "price" + pair, join + "order" + pair, "number" + pair, join + "state" + pair, "0");
        var extras = pieces.ListOf().Select(list => string.Concat(list));
        var cuts = from extra in extras from number in pieces.NonEmptyListOf().Select(list => string.Concat(list)) from cut in Gen.Choose(0, 400).ListOf() select (extra, number, cut);
        var accepted = 0;
        Prop.ForAll(cuts.ToArbitrary(), given =>
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["appId"] = "77", ["extra"] = given.extra, ["number"] = given.number, ["order"] = OrderNumber, ["price"] = "6.5", ["state"] = "1",
            };
            var signed = Write(fields, names, join, pair);
            var digest = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(signed + "&key=" + Key)));
            var facts = Read(channel, app, Form(fields, digest));
            accepted += facts is null ? 0 : 1;
            foreach (var other in TakeApart(signed, names, join, pair, [.. given.cut]))
            {
                if (Write(other, names, join, pair) == signed && Read(channel, app, Form(other, digest)) is { } read && facts is not null && read != facts)
                {
                    return false;
                }
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(6));
        Assert.True(accepted > 0, "the store's own way of taking it apart is never accepted: this test proves nothing");
    }

    [Fact]
    public void Random_bytes_are_never_the_stores()
    {
        foreach (var store in Enum.GetValues<RecipeStore>())
        {
            var (channel, app) = Open(store);
            for (var i = 0; i < 300; i++)
            {
                Assert.Null(Read(channel, app, RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(0, 300))));
            }
        }
    }

    [Theory]
    [InlineData("""{"msg":{"appid":"77"},"signature":"x"}""")]
    [InlineData("""{"msg":[],"signature":"x"}""")]
    [InlineData("""{"msg":null,"signature":"x"}""")]
    [InlineData("""{"msg":"{","signature":7}""")]
    [InlineData("""{"msg":"\ud800","signature":"x"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"signature":"x"}""")]
    [InlineData("""[]""")]
    [InlineData("null")]
    public void Json_of_another_shape_is_refused(string body)
    {
        foreach (var store in new[] { RecipeStore.Douyin, RecipeStore.Huawei })
        {
            var (channel, app) = Open(store);
            Assert.Null(Read(channel, app, Encoding.UTF8.GetBytes(body)));
            Assert.IsType<AuthenticationResult.Refused>(channel.Try(app, Raw(Encoding.UTF8.GetBytes(body))).Authentication);
        }
    }

    /// <summary>Contents beside the signed text, where the recipe says that their text is signed.</summary>
    [Fact]
    public void Contents_that_are_no_text_are_not_signed()
    {
        var (channel, app) = Open(RecipeStore.Huawei);
        var genuine = JsonNode.Parse(Stores.Notification(RecipeStore.Huawei, Stores.Pay(OrderNumber, 650)))!.AsObject();
        Assert.NotNull(Read(channel, app, Encoding.UTF8.GetBytes(genuine.ToJsonString())));
        genuine["inAppPurchaseData"] = JsonNode.Parse(genuine["inAppPurchaseData"]!.GetValue<string>());
        Assert.Null(Read(channel, app, Encoding.UTF8.GetBytes(genuine.ToJsonString())));
    }

    private static (RecipeChannel Channel, App App) Open(RecipeStore store)
    {
        var name = store.ToString().ToLowerInvariant();
        return (new RecipeChannel(name, Given.Http, Given.Clock), Given.App((name, JsonSerializer.Serialize(Stores.Settings(store)))));
    }

    private static RawNotification Raw(ReadOnlyMemory<byte> body) => new(new Dictionary<string, string>(StringComparer.Ordinal), body, 0);

    /// <summary>What a notification reports; null: nothing that moves an order.</summary>
    private static string? Read(RecipeChannel channel, App app, ReadOnlyMemory<byte> body)
    {
        var raw = Raw(body.ToArray());
        var result = channel.AuthenticateAsync(app, raw, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var read = channel.ReadAsync(app, raw, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (result is not AuthenticationResult.Genuine)
        {
            Assert.True(read is ProviderEvent.Ignored, "what is refused reports nothing");
            return null;
        }
        return read is ProviderEvent.Ignored ? null : read.ToString();
    }

    private static byte[] Apply(byte[] bytes, (int At, byte Value, int Edit) change)
    {
        var (at, value, edit) = change;
        if (bytes.Length == 0)
        {
            return bytes;
        }
        at %= bytes.Length;
        return edit switch
        {
            0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], value, .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => [.. bytes, .. bytes[at..Math.Min(at + value, bytes.Length)]],
        };
    }

    private static string Write(Dictionary<string, string> fields, string[] names, string join, string pair)
    {
        var order = pair.Length == 0 || join.Length == 0 ? names : [.. fields.Keys.Order(StringComparer.Ordinal)];
        return string.Join(join, order.Select(name => (Name: name, Value: fields.GetValueOrDefault(name, ""))).Where(field => pair.Length == 0 || field.Value.Length > 0)
            .Select(field => pair.Length == 0 ? field.Value : field.Name + pair + field.Value));
    }

    /// <summary>Ways to take a text apart: at some of its separators, or at some of the places where a name stands.</summary>
    private static IEnumerable<Dictionary<string, string>> TakeApart(string text, string[] names, string join, string pair, int[] cuts)
    {
        var places = Enumerable.Range(0, text.Length).Where(at => join.Length == 0
            ? names.Any(name => string.CompareOrdinal(text, at, name + pair, 0, name.Length + pair.Length) == 0)
            : at > 0 && string.CompareOrdinal(text, at, join, 0, join.Length) == 0).ToList();
        var ways = new List<List<int>> { places, places.Where((_, i) => cuts.Contains(i)).ToList() };
        ways.AddRange(places.Select(left => places.Where(at => at != left).ToList()));
        foreach (var way in ways)
        {
            var parts = new List<string>();
            var start = 0;
            foreach (var at in way.Where(at => at > 0))
            {
                parts.Add(text[start..at]);
                start = at + join.Length;
            }
            parts.Add(text[start..]);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            var isSound = true;
            for (var i = 0; i < parts.Count && isSound; i++)
            {
                var equals = pair.Length == 0 ? -1 : parts[i].IndexOf(pair, StringComparison.Ordinal);
                isSound = pair.Length == 0 ? i < names.Length && fields.TryAdd(names[i], parts[i]) : equals > 0 && fields.TryAdd(parts[i][..equals], parts[i][(equals + 1)..]);
            }
            if (isSound)
            {
                yield return fields;
            }
        }
    }

    private static byte[] Form(Dictionary<string, string> fields, string sign) => Encoding.UTF8.GetBytes(
        string.Join('&', fields.Append(new("sign", sign)).Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")));
}
