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

    internal static RawNotification Raw(ReadOnlyMemory<byte> body) => new(new Dictionary<string, string>(StringComparer.Ordinal), body, 0);

    /// <summary>What a notification reports; null: nothing that moves an order.</summary>
    internal static string? Read(RecipeChannel channel, App app, ReadOnlyMemory<byte> body)
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
}
