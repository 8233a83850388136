using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Persistence;

/// <summary>Queues what is told at an app's <c>eventsUrl</c> when an order changes: a callback in the transaction of the change, with the
/// order as it was then. It is sent by the engine of all callbacks on its own schedule, and nothing of the order depends on it.</summary>
public sealed class OrderEventOutbox(CallbackOutbox outbox)
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>0, 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, then every 3 h until 72 h.</summary>
    private static readonly IReadOnlyList<long> s_waitsMs = CallbackPlan.Until(
        72 * Hour, 0, 5 * Second, 30 * Second, 2 * Minute, 10 * Minute, 30 * Minute, Hour, 3 * Hour);

    private static readonly JsonWriterOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Queues an event, where the app has an address for it and it is one that is told.</summary>
    /// <param name="transaction">The one that changes the order.</param>
    /// <param name="app">The order's app.</param>
    /// <param name="order">As the change left it.</param>
    /// <param name="payment">What paid it; null: nothing has.</param>
    /// <param name="event">What happened.</param>
    /// <param name="back">What went back so far; null: nothing is told of it.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public async ValueTask QueueAsync(
        Transaction transaction, App app, Order order, Payment? payment, ChangeEvent @event, Money? back, long nowMs)
    {
        if (app.EventsUrl is { } url && ChangeEvents.ToldName(@event) is { } name)
        {
            var plan = new CallbackPlan(url, s_waitsMs) { Content = Write(order, payment, name, back, nowMs) };
            await outbox.QueueAsync(transaction, order, payment, CallbackEvents.Told(name), plan, nowMs);
        }
    }

    /// <summary>Where and when an event is sent again from now on.</summary>
    public static CallbackPlan? PlanOf(App app) => app.EventsUrl is { } url ? new CallbackPlan(url, s_waitsMs) : null;

    private static string Write(Order order, Payment? payment, string name, Money? back, long nowMs)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_readable))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, name);
            json.WriteString("timestamp"u8, Time(nowMs));
            json.WriteStartObject("data"u8);
            json.WriteString("orderId"u8, order.Id.Value);
            json.WriteNumber("gameId"u8, order.GameId);
            WriteGiven(json, "merchantOrderId", order.MerchantOrderId);
            json.WriteString("productId"u8, order.ProductId);
            json.WriteString("productName"u8, order.ProductName);
            json.WriteString("money"u8, order.Money.ToString());
            json.WriteString("currency"u8, order.Currency);
            json.WriteString("userId"u8, order.UserId);
            json.WriteNumber("quantity"u8, order.Quantity);
            WriteGiven(json, "channel", order.Channel);
            json.WriteString("payState"u8, order.State.Pay.ToString().ToLowerInvariant());
            json.WriteString("state"u8, order.State.Progress.ToString().ToLowerInvariant());
            WriteGiven(json, "stateReason", order.StateReason);
            json.WriteBoolean("test"u8, order.IsTest);
            WriteGiven(json, "refundedMoney", back?.ToString());
            if (payment is not null)
            {
                json.WriteStartObject("payment"u8);
                json.WriteString("channel"u8, payment.Channel);
                json.WriteString("transactionId"u8, payment.TransactionId);
                WriteGiven(json, "money", payment.Money?.ToString());
                WriteGiven(json, "currency", payment.Currency);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
