using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's payment callback (protocols.md §2, "Payment callback"): to the order's own <c>notifyUrl</c>, once it is paid;
/// acknowledged by a JSON body whose <c>code</c> is <c>"000"</c>, which makes the order delivered.</summary>
internal sealed class H5SdkProtocol : ICallbackProtocol
{
    public const string ProtocolName = "H5Sdk";

    private const int ResponseDepthMax = 32;
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>At once; 10 polls; then hourly until 72 h after payment.</summary>
    private static readonly IReadOnlyList<long> Waits = CallbackPlan.Until(
        72 * Hour, 0,
        10 * Second, 20 * Second, 30 * Second, 60 * Second, 90 * Second, 2 * Minute, 3 * Minute, 4 * Minute, 5 * Minute, 5 * Minute,
        Hour);

    public string Name => ProtocolName;

    public bool AcknowledgementFulfilsOrder => true;

    public bool HonoursRetryAfterAndGone => false;

    public CallbackPlan? Plan(App app, Order order, string @event) =>
        order.NotifyUrl is { } url && @event == CallbackEvents.Paid ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits) : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var fields = FieldsOf(row.Order);
        var parameters = ParameterSigning.Set(fields, out var fault);
        KeyValuePair<string, string>[] signed = fault is null
            ? [.. fields, new(H5SdkSigning.SignField, H5SdkSigning.Sign(parameters, secret))]
            : throw new InvalidOperationException(fault);
        return app.Callback.Format == CallbackFormat.Json ? Json(signed) : Form(signed);
    }

    public CallbackPreview Preview(App app, OrderRow row, Callback callback, Secret secret) =>
        new(Encode(app, row, callback, secret), Explain(FieldsOf(row.Order), secret));

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret) =>
        H5SdkSigning.Signing.Explain(fields, secret, H5SdkSigning.Unsigned);

    public Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body)
    {
        var (code, message) = ReadResponse(body);
        if (httpStatus is >= 200 and <= 299 && code == H5SdkJson.Success)
        {
            return Acknowledgement.Accepted;
        }
        return Acknowledgement.Refused(
            message is { Length: > 0 } ? message
            : httpStatus is >= 200 and <= 299 ? $"HTTP {httpStatus}, but only a JSON object whose code is the text \"000\" acknowledges"
            : $"HTTP {httpStatus}");
    }

    private static KeyValuePair<string, string>[] FieldsOf(Order order) =>
    [
        new("codeNo", order.MerchantOrderId ?? ""),
        new("tradeNo", order.Id.Value),
        new("openId", order.Attribute(H5SdkAttributes.OpenId)),
        new("amount", order.Money.ToStringWithDecimal()),
        new("ext", order.Attribute(H5SdkAttributes.Ext)),
        new("notifyUrl", order.NotifyUrl ?? ""),
        new("payWay", PayWays.Of(order)),
    ];

    /// <summary>The <c>code</c> and <c>message</c> of a response, where they are texts of a well-formed JSON object; null
    /// otherwise.</summary>
    private static (string? Code, string? Message) ReadResponse(ReadOnlySpan<byte> body)
    {
        string? code = null;
        string? message = null;
        var reader = new Utf8JsonReader(ByteOrderMark.Skip(body), new JsonReaderOptions { MaxDepth = ResponseDepthMax });
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

            // Anything after the object makes it no JSON.
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

    private static CallbackBody Form(KeyValuePair<string, string>[] fields) => new(
        Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))),
        "application/x-www-form-urlencoded");

    private static CallbackBody Json(KeyValuePair<string, string>[] fields) => new(
        JsonResponse.ToBytes(fields, static (writer, fields) =>
        {
            foreach (var (name, value) in fields)
            {
                writer.WriteString(name, value);
            }
        }),
        "application/json");
}
