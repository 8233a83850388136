using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace OrderCenter.Client;

/// <summary>Reads the protocols' bodies. Null: the body is not what the protocol says. The protocol's own sign is judged by the caller.</summary>
internal static class CallbackReader
{
    private static readonly string[] H5SdkFields = ["codeNo", "tradeNo", "openId", "amount", "ext", "notifyUrl", "payWay", "sign"];

    public static OrderCallback? OrderApi(byte[] body)
    {
        if (!TryParse(body, out var json) || !json.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        var fields = Flat(data);
        if (!fields.TryGetValue("platorderid", out var orderId) || orderId.Length == 0)
        {
            return null;
        }
        return new OrderCallback
        {
            Protocol = CallbackProtocol.OrderApi,
            Event = Text(json, "type") switch
            {
                "order.paid" => OrderEvent.Paid,
                "order.refunded" => OrderEvent.Refunded,
                "order.closed" => OrderEvent.Closed,
                _ => OrderEvent.Other,
            },
            OrderId = orderId,
            MerchantOrderId = fields.GetValueOrDefault("orderID", ""),
            UserId = fields.GetValueOrDefault("userID", ""),
            ProductId = fields.GetValueOrDefault("productid", ""),
            Money = Money(fields.GetValueOrDefault("money")),
            Fields = fields,
            WebhookId = "",
        };
    }

    public static OrderCallback? H5Sdk(byte[] body, string? contentType)
    {
        var isJson = contentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;
        var fields = !isJson ? Form(body) : TryParse(body, out var json) ? Flat(json) : null;
        if (fields is null || !H5SdkFields.All(fields.ContainsKey) || Money(fields["amount"]) is not { } amount)
        {
            return null;
        }
        return new OrderCallback
        {
            Protocol = CallbackProtocol.H5Sdk,
            Event = OrderEvent.Paid,
            OrderId = fields["tradeNo"],
            MerchantOrderId = fields["codeNo"],
            UserId = fields["openId"],
            Money = amount,
            Extra = fields["ext"],
            Fields = fields,
            WebhookId = "",
        };
    }

    public static OrderCallback? OrderCheck(byte[] body)
    {
        if (!OrderCheckMap.TryRead(body, out var fields) || !OrderCheckMap.Keys.All(fields.ContainsKey))
        {
            return null;
        }
        return new OrderCallback
        {
            Protocol = CallbackProtocol.OrderCheck,
            Event = OrderEvent.Paid,
            OrderId = fields["sz_order_id"],
            UserId = fields["sdk_id"],
            ProductId = fields["game_product_id"],
            Money = Money(fields["amount"]),
            Fields = fields,
            WebhookId = "",
        };
    }

    public static OrderCallback? CardRecharge(JsonElement json)
    {
        var isSuccess = Text(json, "status") == "success";
        var (orderId, merchantOrderId) = (Text(json, "orderno"), Text(json, "customer_order_no"));
        if (orderId.Length == 0 || merchantOrderId.Length == 0 || !(isSuccess || Text(json, "status") == "failed"))
        {
            return null;
        }
        return new OrderCallback
        {
            Protocol = CallbackProtocol.CardRecharge,
            Event = isSuccess ? OrderEvent.RechargeSucceeded : OrderEvent.RechargeFailed,
            OrderId = orderId,
            MerchantOrderId = merchantOrderId,
            Cards = json.TryGetProperty("card", out var cards) && cards.ValueKind == JsonValueKind.Array ? [.. cards.EnumerateArray().Select(Card)] : [],
            Fields = Flat(json),
            WebhookId = "",
        };
    }

    /// <summary>A body as a JSON object without repeated names, which two readers could take differently. Halves of surrogate pairs are found when a text is
    /// taken: <see cref="InvalidOperationException"/>.</summary>
    public static bool TryParse(byte[] body, out JsonElement json)
    {
        json = default;
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            json = document.RootElement.Clone();
            return json.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static RechargeCard Card(JsonElement card)
    {
        var type = card.ValueKind == JsonValueKind.Object && card.TryGetProperty("card_type", out var value) ? value.ToString() : "";
        var number = int.TryParse(type, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        return new RechargeCard(number, Text(card, "card_no"), Text(card, "card_password"), Text(card, "card_rect"));
    }

    private static Dictionary<string, string>? Form(byte[] body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
        {
            if (values.Count != 1)
            {
                return null;
            }
            fields[name] = values[0] ?? "";
        }
        return fields;
    }

    private static Dictionary<string, string> Flat(JsonElement json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Value.ValueKind)
            {
                case JsonValueKind.String:
                    fields[field.Name] = field.Value.GetString()!;
                    break;
                case JsonValueKind.Number:
                    fields[field.Name] = field.Value.GetRawText();
                    break;
                default:
                    break;
            }
        }
        return fields;
    }

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static decimal? Money(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var money) ? money : null;
}
