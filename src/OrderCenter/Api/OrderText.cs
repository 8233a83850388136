using System.Text.Json.Nodes;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence.Tables;

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
            PayState = EnumTexts.Pay[order.State.Pay],
            State = EnumTexts.Progress[order.State.Progress],
            StateReason = order.StateReason,
            Test = order.IsTest,
            CreatedAt = Rfc3339Time.Of(order.CreatedMs),
            ExpiresAt = Rfc3339Time.Of(order.ExpiresMs),
            PaidAt = Rfc3339Time.Of(order.PaidMs),
            DeliveredAt = Rfc3339Time.Of(order.DeliveredMs),
            ErasedAt = Rfc3339Time.Of(order.ErasedMs),
            Payment = row.Payment is { } payment ? Show(payment) : null,
            Attributes = ShowAttributes(order),
            Callbacks = [.. callbacks],
        };
    }

    public static PaymentJson Show(Payment payment) => new(
        payment.Channel, payment.TransactionId, payment.StoreOrderId, payment.Environment, payment.Money?.ToString(), payment.Currency,
        payment.ProductId,
        payment.Quantity, Rfc3339Time.Of(payment.PurchasedMs))
    {
        Account = payment.Account,
    };

    public static RefusedReceiptJson Show(RefusedReceipt refused) => new(
        refused.Channel, refused.TransactionId, refused.StoreOrderId, refused.Environment, refused.ProductId, refused.IsAuthentic,
        refused.Reason,
        Rfc3339Time.Of(refused.FirstMs), Rfc3339Time.Of(refused.LastMs), refused.Count);

    public static RefundedJson Show(Refund refund) =>
        new(
            refund.Number, refund.Money.ToString(), EnumTexts.Refund[refund.State], refund.IsAtStore, Rfc3339Time.Of(refund.SeenMs))
        {
            DoneAt = Rfc3339Time.Of(refund.DoneMs),
            Actor = refund.Actor,
            Reason = refund.Reason,
            Outcome = refund.Outcome,
            StoreNumber = refund.StoreNumber,
            NextAt = Rfc3339Time.Of(refund.DueMs),
        };

    public static string Of(OrderState state) => $"{EnumTexts.Pay[state.Pay]}/{EnumTexts.Progress[state.Progress]}";

    public static JsonObject ShowAttributes(Order order)
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
