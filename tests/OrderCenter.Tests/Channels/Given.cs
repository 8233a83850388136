using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>The world of the channel tests: a clock that stands still, both stores, an app that knows them, an order and its purchases.</summary>
internal static class Given
{
    public const string Package = "com.example.game";
    public const string Product = "gold_100";
    public const string Player = "player-7";

    public static readonly TimeProvider Clock = new FixedClock(new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero));
    public static readonly long NowMs = Clock.GetUtcNow().ToUnixTimeMilliseconds();
    public static readonly GooglePlay GooglePlay = new(Clock);
    public static readonly AppStore AppStore = new(Clock);

    public static readonly StoreHttp Http = new(Clock);

    public static readonly Vault Vault = new(new byte[Vault.KeyBytes]);

    public static GoogleChannel NewGoogle() => new(Clock, Http, NoOrder, (_, _, _) => Task.FromResult<OrderId?>(null));

    public static AppleChannel NewApple() => new(Clock, Http, NoOrder, (_, _, _) => Task.FromResult<OrderId?>(null), (_, _) => Task.FromResult<int?>(null), Vault);

    private static Task<Order?> NoOrder(OrderId id, CancellationToken cancellationToken) => Task.FromResult<Order?>(null);

    public static App App(params (string Channel, string Settings)[] channels) => new()
    {
        GameId = 1001,
        Name = "Example",
        Protocol = "OrderApi",
        Secrets = [],
        Channels = channels.ToDictionary(channel => channel.Channel, channel => Json(channel.Settings), StringComparer.Ordinal),
    };

    public static readonly App GoogleApp = App(("google", GooglePlay.Settings(Package)));
    public static readonly App AppleApp = App(("apple", AppStore.Settings(Package)));

    public static Order Order() => new()
    {
        Id = OrderId.FromStore("10011554867699875662"),
        GameId = 1001,
        ProductId = Product,
        Money = new Money(60_000),
        Currency = "CNY",
        UserId = Player,
        CreatedMs = NowMs,
        ExpiresMs = NowMs + 86_400_000,
    };

    public static GooglePurchase GooglePurchase() => new() { PackageName = Package, ProductId = Product };

    public static AppleTransaction AppleTransaction() => new() { BundleId = Package, ProductId = Product };

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static Receipt Receipt(string text)
    {
        Assert.True(OrderCenter.Payments.Receipt.TryParse(Encoding.UTF8.GetBytes(text), out var receipt, out var fault), fault);
        return receipt;
    }

    /// <summary>The channel's verdict on a receipt's text; null where the text is no receipt at all.</summary>
    public static Verdict? Judge(IChannel channel, App app, Order order, ReadOnlyMemory<byte> receipt)
    {
        if (!OrderCenter.Payments.Receipt.TryParse(receipt, out var parsed, out _))
        {
            return null;
        }
        channel.Recognises(parsed);
        var verdict = channel.VerifyAsync(app, order, parsed, CancellationToken.None).AsTask();
        Assert.True(verdict.IsCompleted, "the offline checks wait for nothing");
        return verdict.GetAwaiter().GetResult();
    }

    public static Verdict Judge(IChannel channel, App app, Order order, string receipt) =>
        Judge(channel, app, order, Encoding.UTF8.GetBytes(receipt)) ?? throw new InvalidOperationException("not a receipt: " + receipt);

    public static Payment Paid(Verdict verdict) => Assert.IsType<Verdict.Paid>(verdict).Payment;

    public static string Rejected(Verdict verdict) => Assert.IsType<Verdict.Rejected>(verdict).Reason;

    public static Verdict.Contradicts Contradicts(Verdict verdict) => Assert.IsType<Verdict.Contradicts>(verdict);

    /// <summary>JSON values of every type and of every awkward number, to be put into any field.</summary>
    public static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "-1", "1.5", "1.0", "1e0", "1e3", "-0.0", "2147483648", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "1e400", "-9223372036854775809", "\"\"", "\"1\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\ud83d\ude00\"", "[]", "[1]", "{}",
        "{\"a\":{\"b\":[]}}", "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]",
    ];

    /// <summary>The JSON object with one field's value replaced by raw JSON text, or the field added.</summary>
    public static string With(string json, string field, string value)
    {
        var text = new StringBuilder("{");
        foreach (var property in Json(json).EnumerateObject().Where(property => property.Name != field))
        {
            text.Append('"').Append(property.Name).Append("\":").Append(property.Value.GetRawText()).Append(',');
        }
        return text.Append('"').Append(field).Append("\":").Append(value).Append('}').ToString();
    }

    /// <summary>The JSON object without one field.</summary>
    public static string Without(string json, string field)
    {
        var kept = Json(json).EnumerateObject().Where(property => property.Name != field);
        return "{" + string.Join(',', kept.Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}")) + "}";
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
