using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's envelope (protocols.md §1, "Envelope"): <c>{"resultCode":n,"resultMessage":"…","data":{…}}</c>, text
/// unescaped.</summary>
internal static class OrderApiJson
{
    public const int Success = 0;
    public const int NotAccepted = 1;
    public const int OutOfTime = 2;
    public const int Failed = 3;

    /// <summary>Refuses; <paramref name="status"/> other than 200 only where the request never reached the protocol.</summary>
    public static Task RefuseAsync(HttpContext context, int code, string message, int status = StatusCodes.Status200OK)
    {
        if (code != NotAccepted)
        {
            context.CountRefusal(OrderApiProtocol.ProtocolName, status, code == OutOfTime ? RefusalLog.Time : RefusalLog.Request, message);
        }
        return WriteAsync(context, code, message, static (_, _) => { }, 0, status);
    }

    /// <summary>Success with the order's number.</summary>
    public static Task SucceedAsync(HttpContext context, OrderId id, bool duplicate = false, JsonElement? pay = null) =>
        WriteAsync(context, Success, "success", static (writer, data) =>
        {
            writer.WriteString("platorderid"u8, data.id.Value);
            if (data.duplicate)
            {
                writer.WriteNumber("duplicate"u8, 1);
            }
            if (data.pay is { } pay)
            {
                writer.WritePropertyName("pay"u8);
                pay.WriteTo(writer);
            }
        }, (id, duplicate, pay));

    /// <summary>Success with the 15 fields of queryorder, in the source's order and types.</summary>
    public static Task SucceedAsync(HttpContext context, Order order) =>
        WriteAsync(context, Success, "success", static (writer, data) => WriteOrder(writer, data), order);

    /// <summary>The order as queryorder and callbacks show it.</summary>
    public static void WriteOrder(Utf8JsonWriter writer, Order order)
    {
        writer.WriteString("platorderid"u8, order.Id.Value);
        writer.WriteString("productid"u8, order.ProductId);
        writer.WritePropertyName("money"u8);
        writer.WriteRawValue(order.Money.ToString(), skipInputValidation: true);
        writer.WriteString("currency"u8, order.Currency);
        writer.WriteString("productname"u8, order.ProductName);
        writer.WriteNumber("gameid"u8, order.GameId);
        writer.WriteString("gamename"u8, order.Attribute("gamename"));
        writer.WriteString("packagename"u8, order.Attribute("packagename"));
        writer.WriteString("orderID"u8, order.MerchantOrderId ?? "");
        writer.WriteString("roleID"u8, order.Attribute(Order.RoleAttribute));
        writer.WriteString("serverID"u8, order.Attribute(Order.ServerAttribute));
        writer.WriteString("userID"u8, order.UserId);
        writer.WriteNumber("pay_state"u8, (int)order.State.Pay);
        writer.WriteNumber("pay_channel"u8, ChannelNumbers.Of(order.Channel));
        writer.WriteNumber("state"u8, (int)order.State.Progress);
    }

    private static Task WriteAsync<T>(
        HttpContext context, int code, string message, Action<Utf8JsonWriter, T> writeData, T data, int status = StatusCodes.Status200OK) =>
        JsonResponse.WriteAsync(context, status, (code, message, writeData, data), static (writer, response) =>
        {
            writer.WriteNumber("resultCode"u8, response.code);
            writer.WriteString("resultMessage"u8, response.message);
            writer.WriteStartObject("data"u8);
            response.writeData(writer, response.data);
            writer.WriteEndObject();
        });
}
