using System.Buffers;
using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's payment callback (protocols.md §2, "Payment callback"): to the order's own <c>notifyUrl</c>, once it is paid; acknowledged by a JSON
/// body whose <c>code</c> is <c>"000"</c>, which makes the order delivered.</summary>
internal sealed class H5SdkProtocol : ICallbackProtocol
{
    public const string ProtocolName = "H5Sdk";

    private const int AnswerDepthMax = 32;
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>At once; 10 polls; then hourly until 72 h after payment.</summary>
    private static readonly IReadOnlyList<long> Waits = CallbackPlan.Until(
        72 * Hour, 0,
        10 * Second, 20 * Second, 30 * Second, 60 * Second, 90 * Second, 2 * Minute, 3 * Minute, 4 * Minute, 5 * Minute, 5 * Minute,
        Hour);

    public string Name => ProtocolName;

    public bool AcknowledgementDelivers => true;

    public bool SpeaksStandardWebhooks => false;

    public CallbackPlan? Plan(App app, Order order, string @event) =>
        order.NotifyUrl is { } url && @event == CallbackEvents.Paid ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits) : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var order = row.Order;
        (string Name, string Value)[] fields =
        [
            ("codeNo", order.MerchantOrderId ?? ""),
            ("tradeNo", order.Id.Value),
            ("openId", order.Attribute(Attributes.OpenId)),
            ("amount", order.Money.ToStringWithDecimal()),
            ("ext", order.Attribute(Attributes.Ext)),
            ("notifyUrl", order.NotifyUrl ?? ""),
            ("payWay", PayWays.Of(order)),
        ];
        (string Name, string Value)[] signed = [.. fields, (Signing.SignField, Sign(fields, secret))];
        return app.Callback.Format == CallbackFormat.Json ? Json(signed) : Form(signed);
    }

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret)
    {
        var parameters = new ParameterSet();
        foreach (var (name, value) in fields)
        {
            parameters.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out _);
        }
        var canonical = Signing.Canonical(parameters);
        return new SignExplanation("every field but sign and data, by name in byte order, name=value joined with &, then the secret; MD5", Encoding.UTF8.GetString(canonical), Md5Digest.Of(canonical, secret.Reveal()));
    }

    public Acknowledgement Judge(int httpStatus, ReadOnlySpan<byte> body)
    {
        var (code, message) = ReadAnswer(body);
        if (httpStatus is >= 200 and <= 299 && code == H5Sdk.Json.Success)
        {
            return Acknowledgement.Accepted;
        }
        return Acknowledgement.Refused(
            message is { Length: > 0 } ? message
            : httpStatus is >= 200 and <= 299 ? $"HTTP {httpStatus}, but only a JSON object whose code is the text \"000\" acknowledges"
            : $"HTTP {httpStatus}");
    }

    /// <summary>The <c>code</c> and <c>message</c> of an answer, where they are texts of a well-formed JSON object; null otherwise.</summary>
    private static (string? Code, string? Message) ReadAnswer(ReadOnlySpan<byte> body)
    {
        string? code = null;
        string? message = null;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = AnswerDepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (null, null);
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCode = reader.ValueTextEquals("code"u8);
                var isMessage = reader.ValueTextEquals("message"u8);
                reader.Read();
                if (isCode)
                {
                    code = Text(ref reader);
                }
                else if (isMessage)
                {
                    message = Text(ref reader);
                }
                reader.Skip();
            }

            // Whatever stands behind the object makes it no JSON.
            return reader.Read() ? (null, null) : (code, message);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not valid UTF-8 or holds half a surrogate pair.
            return (null, null);
        }
    }

    /// <summary>A text as it can be kept: no database keeps NUL.</summary>
    private static string? Text(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()!.Replace("\0", "", StringComparison.Ordinal) : null;

    private static string Sign((string Name, string Value)[] fields, Secret secret)
    {
        var parameters = new ParameterSet();
        foreach (var (name, value) in fields)
        {
            if (!parameters.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out var fault))
            {
                throw new InvalidOperationException(fault);
            }
        }
        return Signing.Sign(parameters, secret);
    }

    private static CallbackBody Form((string Name, string Value)[] fields) => new(
        Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))), "application/x-www-form-urlencoded");

    private static CallbackBody Json((string Name, string Value)[] fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        }
        return new CallbackBody(buffer.WrittenSpan.ToArray(), "application/json");
    }
}

/// <summary>What an order keeps of H5Sdk's own fields.</summary>
internal static class Attributes
{
    public const string OpenId = "openId";
    public const string Ext = "ext";

    /// <summary>The way that the game asked for, which the callback tells whatever channel paid in the end.</summary>
    public const string PayWay = "payWay";
}

/// <summary>The numbers of H5Sdk's ways to pay (protocols.md §2).</summary>
internal static class PayWays
{
    public const string Form = "1 (Alipay), 2 (WeChat Pay) or 3 (points)";
    public const string Points = "points";

    private static readonly string[] Channels = ["alipay", "wechat", Points];

    /// <summary>The channel of a way; null: there is no such way.</summary>
    public static string? ChannelOf(string payWay) => payWay is [>= '1' and <= '3'] ? Channels[payWay[0] - '1'] : null;

    /// <summary>The way of an order: as asked for, or where it was made elsewhere that of its channel; 0 for a channel without a number.</summary>
    public static string Of(Order order) =>
        order.Attribute(Attributes.PayWay) is { Length: > 0 } asked ? asked : (Array.IndexOf(Channels, order.Channel) + 1).ToString();
}
