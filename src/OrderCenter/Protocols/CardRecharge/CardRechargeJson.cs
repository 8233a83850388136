using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's JSON (protocols.md §4): flat requests; answers <c>{"code","message","result","sign"}</c> whose <c>result</c> is
/// a JSON text; callbacks. Everything is written as PHP's <c>json_encode($value, 320)</c> writes it.</summary>
internal static class CardRechargeJson
{
    public const int Success = 0;
    public const int NotAccepted = 1;
    public const int OutOfTime = 2;
    public const int Failed = 3;
    public const int Different = 4;
    public const int NotFound = 5;

    private const string Malformed = "the body must be one well-formed flat JSON object of texts and numbers";

    /// <summary>Reads a flat object. Numbers and literals are kept, and signed, by their text as sent.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out CardRechargeRequest? request, [NotNullWhen(false)] out string? fault)
    {
        request = null;
        var fields = new ParameterSet();
        var signed = new ArrayBufferWriter<byte>(json.Length + 2);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1 });
        try
        {
            using var writer = new Utf8JsonWriter(signed, PhpJson.Writer);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                fault = Malformed;
                return false;
            }
            writer.WriteStartObject();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadField(ref reader, fields, writer, out fault))
                {
                    return false;
                }
            }
            writer.WriteEndObject();
            writer.Flush();
            fault = reader.Read() ? Malformed : null;
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not valid UTF-8 or holds half a surrogate pair.
            fault = Malformed;
        }
        if (fault is not null)
        {
            return false;
        }
        request = new CardRechargeRequest(fields, signed.WrittenSpan.ToArray());
        return true;
    }

    /// <summary>An order's result: <c>{"orderno","customer_order_no","status","card"?}</c>.</summary>
    public static string Result(OrderId id, string customerOrderNo, Progress progress, IReadOnlyList<Card> cards) =>
        Encoding.UTF8.GetString(JsonResponse.ToBytes((id, customerOrderNo, progress, cards), static (writer, data) =>
        {
            writer.WriteString("orderno"u8, data.id.Value);
            writer.WriteString("customer_order_no"u8, data.customerOrderNo);
            writer.WriteString("status"u8, StatusOf(data.progress));
            if (data.cards.Count > 0)
            {
                WriteCards(writer, data.cards);
            }
        }));

    /// <summary>A callback's body: <c>{"orderno","customer_order_no","card"?,"status","sign"}</c>, signed over the fields before
    /// <c>sign</c>. The cards take part nested, as they are sent, or as a JSON text where the app is set so.</summary>
    public static byte[] Callback(Order order, IReadOnlyList<Card> cards, CardSignature cardSignature, Secret secret)
    {
        var fields = CallbackFields(order, cards, CardSignature.Nested);
        var signed = cardSignature == CardSignature.Nested || cards.Count == 0
            ? fields
            : CallbackFields(order, cards, CardSignature.String);
        var sign = Encoding.ASCII.GetBytes(CardRechargeSigning.Of(signed, secret));
        return [.. fields.AsSpan(0, fields.Length - 1), .. ",\"sign\":\""u8, .. sign, .. "\"}"u8];
    }

    /// <summary>A callback's fields without <c>sign</c>, compact.</summary>
    public static byte[] CallbackFields(Order order, IReadOnlyList<Card> cards, CardSignature cardSignature) =>
        JsonResponse.ToBytes((order, cards, cardSignature), static (writer, data) =>
        {
            writer.WriteString("orderno"u8, data.order.Id.Value);
            writer.WriteString("customer_order_no"u8, data.order.MerchantOrderId ?? "");
            if (data.cards.Count > 0 && data.cardSignature == CardSignature.Nested)
            {
                WriteCards(writer, data.cards);
            }
            else if (data.cards.Count > 0)
            {
                writer.WriteString("card"u8, CardsText(data.cards));
            }
            writer.WriteString("status"u8, StatusOf(data.order.State.Progress));
        });

    public static string StatusOf(Progress progress) => progress switch
    {
        Progress.Delivered => "success",
        Progress.Failed => "failed",
        _ => "waiting",
    };

    /// <summary>Responds; <paramref name="status"/> other than 200 only where the request never reached the protocol.</summary>
    public static Task RespondAsync(
        HttpContext context, int code, string message, string result, string sign, int status = StatusCodes.Status200OK)
    {
        if (code is not (Success or NotAccepted))
        {
            context.CountRefusal(
                CardRechargeProtocol.ProtocolName, status, code == OutOfTime ? RefusalLog.Time : RefusalLog.Request, message);
        }
        return JsonResponse.WriteAsync(context, status, (code, message, result, sign), static (writer, response) =>
        {
            writer.WriteNumber("code"u8, response.code);
            writer.WriteString("message"u8, response.message);
            writer.WriteString("result"u8, response.result);
            writer.WriteString("sign"u8, response.sign);
        });
    }

    private static bool TryReadField(
        ref Utf8JsonReader reader, ParameterSet fields, Utf8JsonWriter writer, [NotNullWhen(false)] out string? fault)
    {
        var name = Unescaped(ref reader);
        reader.Read();
        var isText = reader.TokenType == JsonTokenType.String;
        var value = isText ? Unescaped(ref reader) : reader.TokenType == JsonTokenType.Null ? [] : reader.ValueSpan.ToArray();
        if (!fields.TryAdd(name, value, out fault))
        {
            return false;
        }
        if (name.AsSpan().SequenceEqual("sign"u8))
        {
            return true;
        }
        writer.WritePropertyName(name);
        if (isText)
        {
            writer.WriteStringValue(value);
        }
        else
        {
            writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
        }
        return true;
    }

    private static byte[] Unescaped(ref Utf8JsonReader reader)
    {
        var buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }

    private static void WriteCards(Utf8JsonWriter writer, IReadOnlyList<Card> cards)
    {
        writer.WritePropertyName("card"u8);
        WriteList(writer, cards);
    }

    private static byte[] CardsText(IReadOnlyList<Card> cards)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            WriteList(writer, cards);
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<Card> cards)
    {
        writer.WriteStartArray();
        foreach (var card in cards)
        {
            writer.WriteStartObject();
            writer.WriteNumber("card_type"u8, (int)card.Type);
            writer.WriteString("card_no"u8, card.No);
            writer.WriteString("card_password"u8, card.Password);
            writer.WriteString("card_rect"u8, card.Rect);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
