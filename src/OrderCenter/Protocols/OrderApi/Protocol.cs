using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's and native orders' callback (protocols.md, "OrderApi's and native orders' callback"): a Standard Webhooks message with the order as
/// queryorder shows it; any 2xx acknowledges; only sendproduct makes the order delivered.</summary>
internal sealed class OrderApiProtocol : ICallbackProtocol
{
    public const string ProtocolName = "OrderApi";

    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>0, 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, then every 3 h until 72 h.</summary>
    private static readonly IReadOnlyList<long> Waits = CallbackPlan.Until(72 * Hour, 0, 5 * Second, 30 * Second, 2 * Minute, 10 * Minute, 30 * Minute, Hour, 3 * Hour);

    public string Name => ProtocolName;

    public bool AcknowledgementDelivers => false;

    public bool SpeaksStandardWebhooks => true;

    public CallbackPlan? Plan(App app, Order order, string @event) =>
        (order.NotifyUrl ?? app.CallbackUrl) is { } url && @event is CallbackEvents.Paid or CallbackEvents.Refunded or CallbackEvents.Closed
            ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits)
            : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var order = row.Order;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, callback.Event);
            writer.WriteString("timestamp"u8, DateTimeOffset.FromUnixTimeMilliseconds(callback.EventMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteStartObject("data"u8);
            Json.WriteOrder(writer, order);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return new CallbackBody(buffer.WrittenSpan.ToArray(), "application/json");
    }

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret)
    {
        var parameters = new ParameterSet();
        foreach (var (name, value) in fields)
        {
            parameters.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out _);
        }
        var canonical = Signing.Canonical(parameters, withoutReceipt: true);
        return new SignExplanation("every parameter but sign (at valiorder also but payreturndata), by name in byte order, each as name=value& with the decoded value, then the secret; MD5", Encoding.UTF8.GetString(canonical), Md5Digest.Of(canonical, secret.Reveal()));
    }

    public Acknowledgement Judge(int httpStatus, ReadOnlySpan<byte> body) =>
        httpStatus is >= 200 and <= 299 ? Acknowledgement.Accepted : Acknowledgement.Refused($"HTTP {httpStatus}: any 2xx acknowledges");
}
