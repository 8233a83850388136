using System.Buffers;
using System.Text;
using System.Text.Json;
using MessagePack;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.OrderCheck;

/// <summary>OrderCheck's call to the game's CP server (protocols.md §3, steps 4 and 5): a msgpack map of eight keys in the source's order,
/// all values text.</summary>
internal sealed class OrderCheckProtocol : ICallbackProtocol
{
    public const string ProtocolName = "OrderCheck";

    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const int AnswerDepthMax = 8;

    /// <summary>A payment that becomes known without a check: 30 s later, so that a check may come first. Then 1, 5, 15, 30, 60 min, and
    /// hourly to 24 h.</summary>
    private static readonly IReadOnlyList<long> Waits = CallbackPlan.Until(
        24 * Hour, 30_000, Minute, 5 * Minute, 15 * Minute, 30 * Minute, Hour);

    public string Name => ProtocolName;

    public int OrderIdRandomDigits => 10;

    public bool AcknowledgementFulfilsOrder => true;

    public bool HonoursRetryAfterAndGone => false;

    public CallbackPlan? Plan(App app, Order order, string @event) =>
        @event == CallbackEvents.Paid && (order.NotifyUrl ?? app.CallbackUrl) is { } url
            ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits)
            : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var order = row.Order;
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(8);
        Write(ref writer, "sdk_id", order.UserId);
        Write(ref writer, "sz_order_id", order.Id.Value);
        Write(ref writer, "game_id", app.GameId.ToString());
        Write(ref writer, "game_product_id", order.ProductId);
        Write(ref writer, "amount", app.AmountMeans == AmountMeans.Quantity ? order.Quantity.ToString() : order.Money.ToString());
        Write(ref writer, "currency", order.Currency);
        Write(ref writer, "platform_id", ChannelNumbers.Of(order.Channel).ToString());
        Write(ref writer, "platform_order_id", row.Payment?.StoreOrderId ?? row.Payment?.TransactionId ?? "");
        writer.Flush();
        return new CallbackBody(buffer.WrittenSpan.ToArray(), "application/msgpack");
    }

    public CallbackPreview Preview(App app, OrderRow row, Callback callback, Secret secret)
    {
        var body = Encode(app, row, callback, secret);
        var isRead = MsgPackReader.TryRead(body.Bytes, out var value, out var fault);
        var members = isRead && value is MsgPackValue.Map map ? map.Members : throw new InvalidOperationException(fault);
        var text = JsonResponse.ToBytes(members, static (writer, members) =>
        {
            foreach (var (name, member) in members)
            {
                writer.WriteString(name, member.Text());
            }
        });
        return new CallbackPreview(body, Signed: null) { Readable = Encoding.UTF8.GetString(text) };
    }

    /// <summary>Code 0 and 2 mean that the goods are there; the answer is msgpack, JSON is tolerated.</summary>
    public Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body)
    {
        if (httpStatus is < 200 or > 299)
        {
            return Acknowledgement.Refused($"HTTP {httpStatus}");
        }
        var (code, data) = ReadAnswer(body);
        return code switch
        {
            "0" => Acknowledgement.Accepted,
            "2" => Acknowledgement.Repeated,
            "1" => Acknowledgement.Refused(data is { Length: > 0 } ? data : "the game answered code 1"),
            _ => Acknowledgement.Refused("the answer is not msgpack with a code of 0, 1 or 2"),
        };
    }

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret) => null;

    private static void Write(ref MessagePackWriter writer, string name, string value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static (string? Code, string? Data) ReadAnswer(ReadOnlySpan<byte> body)
    {
        if (MsgPackReader.TryRead(body.ToArray(), out var value, out _) && value is MsgPackValue.Map { Members: var members })
        {
            return (members.GetValueOrDefault("code")?.Text(), members.GetValueOrDefault("data")?.Text());
        }
        try
        {
            using var document = JsonDocument.Parse(
                ByteOrderMark.Skip(body).ToArray(),
                new JsonDocumentOptions { MaxDepth = AnswerDepthMax, AllowDuplicateProperties = false });
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? (Text(root, "code"), Text(root, "data")) : (null, null);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return (null, null);
        }
    }

    /// <summary>Null also where it is no Unicode: data in another encoding spoils no code.</summary>
    private static string? Text(JsonElement root, string name)
    {
        try
        {
            return !root.TryGetProperty(name, out var value) ? null : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
