using System.Text.Json.Nodes;
using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Api;

/// <summary>Orders and payments as the native API writes them.</summary>
internal static class OrderText
{
    public static OrderJson Show(OrderRow row, string protocol, IEnumerable<CallbackJson> callbacks)
    {
        var order = row.Order;
        return new OrderJson
        {
            OrderId = order.Id.Value,
            GameId = order.GameId,
            Protocol = protocol,
            MerchantOrderId = order.MerchantOrderId,
            ProductId = order.ProductId,
            ProductName = order.ProductName,
            Money = order.Money.ToString(),
            Currency = order.Currency,
            UserId = order.UserId,
            Quantity = order.Quantity,
            Channel = order.Channel,
            NotifyUrl = order.NotifyUrl,
            PayState = Name(order.State.Pay),
            State = Name(order.State.Progress),
            StateReason = order.StateReason,
            Test = order.IsTest,
            CreatedAt = Times.Of(order.CreatedMs),
            ExpiresAt = Times.Of(order.ExpiresMs),
            PaidAt = Times.Of(order.PaidMs),
            DeliveredAt = Times.Of(order.DeliveredMs),
            Payment = row.Payment is { } payment ? Show(payment) : null,
            Attributes = ShowAttributes(order),
            Callbacks = [.. callbacks],
        };
    }

    public static PaymentJson Show(Payment payment) => new(
        payment.Channel, payment.TransactionId, payment.StoreOrderId, payment.Environment, payment.Money?.ToString(), payment.Currency, payment.ProductId, payment.Quantity,
        Times.Of(payment.PurchasedMs));

    public static string Of(OrderState state) => $"{Name(state.Pay)}/{Name(state.Progress)}";

    public static string Name(PayState state) => state switch
    {
        PayState.Unpaid => "unpaid",
        PayState.Paid => "paid",
        _ => "refunded",
    };

    public static string Name(Progress progress) => progress switch
    {
        Progress.Created => "created",
        Progress.Delivered => "delivered",
        Progress.Delivering => "delivering",
        Progress.Failed => "failed",
        Progress.Closed => "closed",
        _ => "review",
    };

    private static JsonObject ShowAttributes(Order order)
    {
        var shown = new JsonObject();
        foreach (var (name, value) in order.Attributes)
        {
            if (name.StartsWith(OrderCards.HiddenPrefix, StringComparison.Ordinal))
            {
                continue;
            }
            shown[name] = name == OrdersApi.ExtraField ? JsonNode.Parse(value) : JsonValue.Create(value);
        }
        return shown;
    }
}
