using System.Net;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Games;

/// <summary>A callback as a game reads it.</summary>
/// <param name="Order">The platform's order number; empty where it could not be read.</param>
/// <param name="MerchantOrder">The game's own number, where the protocol carries it.</param>
/// <param name="Event">What is told: <c>paid</c>, <c>success</c>, <c>failed</c>, or a Standard Webhooks type.</param>
/// <param name="Refusal">Why the game refuses it; null: it is right.</param>
internal sealed record CallbackReading(string Order, string MerchantOrder, string Event, string? Refusal)
{
    public const string WrongSignature = "wrong signature";

    public bool GrantsGoods => Event is "paid" or "success" or "order.paid";

    public static CallbackReading Refused(string why) => new("", "", "", why);
}

/// <summary>Reads and verifies the four protocols' callbacks by the documents.</summary>
internal static class CallbackReader
{
    private static readonly string[] H5SdkFields = ["codeNo", "tradeNo", "openId", "amount", "ext", "notifyUrl", "payWay", "sign"];

    private static readonly string[] OrderCheckKeys =
        ["sdk_id", "sz_order_id", "game_id", "game_product_id", "amount", "currency", "platform_id", "platform_order_id"];

    public static CallbackReading OrderApi(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var data = json.RootElement.GetProperty("data");
        var order = data.GetProperty("platorderid").GetString() ?? "";
        var merchantOrder = data.TryGetProperty("orderID", out var own) ? own.ToString() : "";
        var isDated = json.RootElement.TryGetProperty("timestamp", out var timestamp) && timestamp.TryGetDateTimeOffset(out _);
        return new(order, merchantOrder, json.RootElement.GetProperty("type").GetString() ?? "", isDated ? null : "timestamp is missing");
    }

    public static CallbackReading H5Sdk(ReadOnlyMemory<byte> body, string contentType, IReadOnlyList<string> secrets)
    {
        var fields = contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? FlatJson(body) : Form(body.Span);
        foreach (var name in H5SdkFields)
        {
            if (!fields.ContainsKey(name))
            {
                return CallbackReading.Refused(name + " is missing");
            }
        }
        var isSigned = secrets.Any(secret => GameSigning.Same(fields["sign"], GameSigning.H5Sdk(fields, secret)));
        return new(fields["tradeNo"], fields["codeNo"], "paid", isSigned ? null : CallbackReading.WrongSignature);
    }

    public static CallbackReading OrderCheck(ReadOnlyMemory<byte> body)
    {
        var map = MsgPackMap.Read(body.Span);
        if (!map.Select(member => member.Key).SequenceEqual(OrderCheckKeys, StringComparer.Ordinal))
        {
            return CallbackReading.Refused("the keys are not the document's");
        }
        return map.All(member => member.Value is string)
            ? new((string)map[1].Value!, "", "paid", null)
            : CallbackReading.Refused("a value is no text");
    }

    public static CallbackReading CardRecharge(ReadOnlyMemory<byte> body, IReadOnlyList<string> secrets, bool isCardText)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var text = GameSigning.PhpText(root, isCardText);
        var sign = root.GetProperty("sign").GetString() ?? "";
        var isSigned = secrets.Any(secret => GameSigning.Same(sign, GameSigning.CardRecharge(text, secret)));
        var status = root.GetProperty("status").GetString();
        return new(
            root.GetProperty("orderno").GetString() ?? "",
            root.GetProperty("customer_order_no").GetString() ?? "",
            status ?? "",
            !isSigned ? CallbackReading.WrongSignature : status is "success" or "failed" ? null : "status is neither success nor failed");
    }

    private static Dictionary<string, string> Form(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
            fields[WebUtility.UrlDecode(name)] = WebUtility.UrlDecode(value);
        }
        return fields;
    }

    private static Dictionary<string, string> FlatJson(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.ToString(), StringComparer.Ordinal);
    }
}
