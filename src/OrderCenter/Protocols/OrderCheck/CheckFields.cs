using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Protocols.OrderCheck;

/// <summary>The fields of a check (protocols.md §3). None is trusted unless the stored order or the payment platform confirms it.</summary>
internal sealed record CheckFields(
    string Player, OrderId OrderId, string Game, string ProductId, string Amount, string Currency, string? Channel, string PlatformOrderId)
{
    private const int TextMax = 256;

    /// <summary>Reads the eight keys; the source's misspelling <c>plaform_id</c> is taken too.</summary>
    public static CheckFields? Read(ReadOnlyMemory<byte> body, out string fault)
    {
        if (!MsgPackReader.TryRead(body, out var value, out var malformed))
        {
            fault = "the body is not msgpack: " + malformed;
            return null;
        }
        if (value is not MsgPackValue.Map { Members: var members })
        {
            fault = "the body must be a msgpack map";
            return null;
        }
        string? found = null;
        string Text(string name)
        {
            if (!members.TryGetValue(name, out var member) || member.Text() is not { Length: > 0 } text)
            {
                found ??= $"{name} is missing, or is neither text nor a number";
                return "";
            }
            if (text.Length > TextMax || text.Contains('\0', StringComparison.Ordinal))
            {
                found ??= $"{name} must be at most {TextMax} characters without NUL";
            }
            return text;
        }

        var platformKey = members.ContainsKey("platform_id") ? "platform_id" : "plaform_id";
        var player = Text("sdk_id");
        var orderText = Text("sz_order_id");
        var (game, product, amount, currency, platform, platformOrder) =
            (Text("game_id"), Text("game_product_id"), Text("amount"), Text("currency"), Text(platformKey), Text("platform_order_id"));
        if (!OrderId.TryParse(orderText, out var orderId))
        {
            found ??= "sz_order_id must be digits";
        }
        if (!ChannelNumbers.TryParse(platform, out var channel))
        {
            found ??= $"platform_id must be {ChannelNumbers.Form}";
        }
        fault = found ?? "";
        return found is null ? new CheckFields(player, orderId, game, product, amount, currency, channel, platformOrder) : null;
    }

    /// <summary>Whether the check matches the stored order. The response never says which value differs, because the endpoint is
    /// unsigned.</summary>
    public bool Matches(Order order, AmountMeans amountMeans)
    {
        var isAmount = amountMeans == AmountMeans.Quantity
            ? Amount == order.Quantity.ToString()
            : Money.TryParse(Amount, out var money) && money == order.Money;
        return isAmount && ProductId == order.ProductId && Domain.Currency.Same(Currency, order.Currency) && Player == order.UserId;
    }
}
