using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Channels.Recipes;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>What a notification reports is what was signed, to the letter: whoever writes it down in another way, and whatever the store signs.</summary>
public sealed class RecipeValueTests
{
    private const string Key = "8f3a779ad04b4c51a0e21b7c";
    private const string OrderNumber = "10011554867699875662";
    private static readonly RecipeStores Stores = new();

    public static TheoryData<RecipeStore> All => [.. Enum.GetValues<RecipeStore>()];

    /// <summary>A genuine notification with something written into it by whoever carries it.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_that_is_written_beside_the_signed_fields_changes_the_report(RecipeStore store)
    {
        var name = store.ToString().ToLowerInvariant();
        var channel = new RecipeChannel(name, Given.Http, Given.Clock);
        var app = Given.App((name, JsonSerializer.Serialize(Stores.Settings(store))));
        var text = Stores.Notification(store, Stores.Pay(OrderNumber, 650));
        var genuine = RecipeProperties.Read(channel, app, Encoding.UTF8.GetBytes(text));
        Assert.NotNull(genuine);
        var isJson = text[0] == '{';
        var (money, contents) = store switch
        {
            RecipeStore.Xiaomi => ("payFee", ""), RecipeStore.Oppo => ("price", ""), RecipeStore.Vivo => ("orderAmount", ""), RecipeStore.Huawei => ("price", "inAppPurchaseData"), _ => ("amount_cent", "msg"),
        };
        var other = Stores.Notification(store, Stores.Pay(OrderNumber, 1));
        string[] names = [money, money + "[]", money + "[0]", money.ToUpperInvariant(), "%" + ((int)money[0]).ToString("X2", System.Globalization.CultureInfo.InvariantCulture) + money[1..], money + "%00", money + "%20", "+" + money, "%EF%BB%BF" + money, "", "sign_type", "state"];
        var changed = isJson
            ? new[] { money, money.ToUpperInvariant(), contents, contents.ToUpperInvariant(), "\\u00" + ((int)contents[0]).ToString("x2", System.Globalization.CultureInfo.InvariantCulture) + contents[1..], " " + contents, "", contents + "\\u0000" }
                .SelectMany(field => new[] { "1", "\"1\"", "[1]", "{\"price\":1,\"amount_cent\":1}", "null", "1e2", JsonNode.Parse(other)![contents]!.ToJsonString() }
                    .SelectMany(value => new[] { $"{{\"{field}\":{value},{text[1..]}", $"{text[..^1]},\"{field}\":{value}}}" }))
                .Append(text.Replace($"\"{contents}\":", $"\"{contents}\": ", StringComparison.Ordinal)).Append("\uFEFF" + text).Append(text + text).Append(text + "x").Append($"[{text}]")
            : names.SelectMany(field => new[] { "1", "", "%31", "1%00" }.SelectMany(value => new[] { $"{text}&{field}={value}", $"{field}={value}&{text}", $"{text};{field}={value}", $"{field}={value};{text}" }))
                .Append(text + "&").Append("&&" + text).Append("?" + text).Append(text + "&" + text).Append(text + "&" + other).Append(other + "&" + text).Append(text.Replace("=650", "=1", StringComparison.Ordinal))
                .Append(text.Replace($"{money}=650", $"{money}[]=650", StringComparison.Ordinal)).Append(text.Replace($"{money}=650", $"{money}=%36%35%30", StringComparison.Ordinal)).Append("\uFEFF" + text);
        foreach (var body in changed)
        {
            var report = RecipeProperties.Read(channel, app, Encoding.UTF8.GetBytes(body));
            Assert.True(report is null || report == genuine, $"{body}: {report}");
        }
    }

    /// <summary>The store signs any text as the amount: it is that amount exactly, or the notification waits for a person.</summary>
    [Theory]
    [InlineData("main", "6.5", "6.5")]
    [InlineData("main", "6.50", "6.5")]
    [InlineData("main", "99999999999999.9999", "99999999999999.9999")]
    [InlineData("main", "0.01", "0.01")]
    [InlineData("main", "06.5", null)]
    [InlineData("main", "6,5", null)]
    [InlineData("main", "6.", null)]
    [InlineData("main", ".5", null)]
    [InlineData("main", "6.50000", null)]
    [InlineData("main", "+6.5", null)]
    [InlineData("main", "-6.5", null)]
    [InlineData("main", "6.5e0", null)]
    [InlineData("main", "1e400", null)]
    [InlineData("main", "0x6", null)]
    [InlineData("main", " 6.5", null)]
    [InlineData("main", "6.5 ", null)]
    [InlineData("main", "6.5\n", null)]
    [InlineData("main", "6.5\0", null)]
    [InlineData("main", "６.５", null)]
    [InlineData("main", "٦", null)]
    [InlineData("main", "6\u200b", null)]
    [InlineData("main", "NaN", null)]
    [InlineData("main", "∞", null)]
    [InlineData("main", "100000000000000", null)]
    [InlineData("main", "", null)]
    [InlineData("hundredths", "650", "6.5")]
    [InlineData("hundredths", "999999999999999", "9999999999999.99")]
    [InlineData("hundredths", "0650", null)]
    [InlineData("hundredths", "650.0", null)]
    [InlineData("hundredths", "6.5e2", null)]
    [InlineData("hundredths", "-650", null)]
    [InlineData("hundredths", "+650", null)]
    [InlineData("hundredths", "650 ", null)]
    [InlineData("hundredths", "６５０", null)]
    [InlineData("hundredths", "18446744073709551616", null)]
    [InlineData("hundredths", "9999999999999999", null)]
    public void An_amount_is_what_was_signed_or_for_a_person(string unit, string signed, string? money) => AssertMoney(unit, "form", signed, null, money);

    [Theory]
    [InlineData("main", "6.5", "6.5")]
    [InlineData("main", "\"6.5\"", "6.5")]
    [InlineData("main", "6.5E0", null)]
    [InlineData("main", "1E400", null)]
    [InlineData("main", "-0", null)]
    [InlineData("main", "[6.5]", null)]
    [InlineData("main", "{\"price\":6.5}", null)]
    [InlineData("main", "true", null)]
    [InlineData("main", "null", null)]
    [InlineData("hundredths", "650", "6.5")]
    [InlineData("hundredths", "650.0", null)]
    [InlineData("hundredths", "6.5e2", null)]
    public void An_amount_in_json_is_what_was_signed_or_for_a_person(string unit, string json, string? money)
    {
        using var value = JsonDocument.Parse(json);
        var signed = value.RootElement.ValueKind switch { JsonValueKind.Number => json, JsonValueKind.String => value.RootElement.GetString()!, JsonValueKind.True => "true", _ => "" };
        AssertMoney(unit, "json", signed, json, money);
    }

    private static void AssertMoney(string unit, string body, string signed, string? json, string? money)
    {
        var recipe = RecipeSafetyTests.Good();
        (recipe["body"], recipe["money"]!["unit"]) = (body, unit);
        var channel = new RecipeChannel("my-store", Given.Http, Given.Clock);
        var app = Given.App(("my-store", RecipeSafetyTests.Settings(recipe).ToJsonString()));
        var pairs = $"appId=77&number=N1&order={OrderNumber}" + (signed.Length == 0 ? "" : "&price=" + signed) + "&state=1";
        var digest = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(pairs + "&key=" + Key)));
        var text = json is null
            ? $"appId=77&number=N1&order={OrderNumber}&price={Uri.EscapeDataString(signed)}&state=1&sign={digest}"
            : $$"""{"appId":"77","number":"N1","order":"{{OrderNumber}}","price":{{json}},"state":1,"sign":"{{digest}}"}""";
        var trial = channel.Try(app, RecipeProperties.Raw(Encoding.UTF8.GetBytes(text)));
        Assert.IsType<AuthenticationResult.Genuine>(trial.Authentication);
        if (money is null)
        {
            Assert.True(trial.Event is ProviderEvent.Ignored { IsUnreadable: true }, trial.Event?.ToString());
        }
        else
        {
            Assert.Equal(money, Assert.IsType<ProviderEvent.Paid>(trial.Event).Payment.Money.ToString());
        }
    }
}
