using System.Globalization;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's and native orders' callback (protocols.md, "OrderApi's and native orders' callback"): a Standard Webhooks message
/// with the order as queryorder shows it; any 2xx acknowledges; only sendproduct makes the order delivered.</summary>
internal sealed class OrderApiProtocol : ICallbackProtocol
{
    public const string ProtocolName = "OrderApi";

    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>0, 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, then every 3 h until 72 h.</summary>
    private static readonly IReadOnlyList<long> Waits = CallbackPlan.Until(
        72 * Hour, 0, 5 * Second, 30 * Second, 2 * Minute, 10 * Minute, 30 * Minute, Hour, 3 * Hour);

    public string Name => ProtocolName;

    public bool AcknowledgementFulfilsOrder => false;

    public bool HonoursRetryAfterAndGone => true;

    public CallbackPlan? Plan(App app, Order order, string @event) =>
        (order.NotifyUrl ?? app.CallbackUrl) is { } url && @event is CallbackEvents.Paid or CallbackEvents.Refunded or CallbackEvents.Closed
            ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits)
            : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var body = JsonResponse.ToBytes((row.Order, callback), static (writer, data) =>
        {
            writer.WriteString("type"u8, data.callback.Event);
            var at = DateTimeOffset.FromUnixTimeMilliseconds(data.callback.EventMs);
            writer.WriteString("timestamp"u8, at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteStartObject("data"u8);
            OrderApiJson.WriteOrder(writer, data.Order);
            writer.WriteEndObject();
        });
        return new CallbackBody(body, "application/json");
    }

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret) =>
        OrderApiSigning.Signing.Explain(fields, secret, OrderApiSigning.Unsigned(withoutReceipt: true));

    public Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body) =>
        httpStatus is >= 200 and <= 299 ? Acknowledgement.Accepted : Acknowledgement.Refused($"HTTP {httpStatus}: any 2xx acknowledges");
}
