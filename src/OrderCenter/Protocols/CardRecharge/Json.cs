using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>A request's fields, and the compact JSON text of all of them but <c>sign</c>, in the order in which they came.</summary>
internal sealed record Request(ParameterSet Fields, byte[] Signed);

/// <summary>CardRecharge's JSON (protocols.md §4): flat requests; answers <c>{"code","message","result","sign"}</c> whose <c>result</c> is a JSON text;
/// callbacks. Everything is written as PHP's <c>json_encode($value, 320)</c> writes it.</summary>
internal static class Json
{
    public const int Success = 0;
    public const int NotAccepted = 1;
    public const int OutOfTime = 2;
    public const int Failed = 3;
    public const int Different = 4;
    public const int NotFound = 5;

    private const string ContentType = "application/json; charset=utf-8";
    private const string Malformed = "the body must be one well-formed flat JSON object of texts and numbers";

    /// <summary>Reads a flat object. Numbers and literals are kept, and signed, by their text as sent.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Request? request, [NotNullWhen(false)] out string? fault)
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
        request = new Request(fields, signed.WrittenSpan.ToArray());
        return true;
    }

    /// <summary>An order's answer: <c>{"orderno","customer_order_no","status","card"?}</c>.</summary>
    public static string Result(OrderId id, string customerOrderNo, Progress progress, IReadOnlyList<Card> cards)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            writer.WriteString("orderno"u8, id.Value);
            writer.WriteString("customer_order_no"u8, customerOrderNo);
            writer.WriteString("status"u8, StatusOf(progress));
            if (cards.Count > 0)
            {
                WriteCards(writer, cards);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A callback's body: <c>{"orderno","customer_order_no","card"?,"status","sign"}</c>, signed over the fields before <c>sign</c>. The cards take
    /// part nested, as they are sent, or as a JSON text where the app is set so.</summary>
    public static byte[] Callback(Order order, IReadOnlyList<Card> cards, CardSignature cardSignature, Secret secret)
    {
        var fields = CallbackFields(order, cards, CardSignature.Nested);
        var signed = cardSignature == CardSignature.Nested || cards.Count == 0 ? fields : CallbackFields(order, cards, CardSignature.String);
        return [.. fields.AsSpan(0, fields.Length - 1), .. ",\"sign\":\""u8, .. Encoding.ASCII.GetBytes(Signing.Of(signed, secret)), .. "\"}"u8];
    }

    /// <summary>A callback's fields without <c>sign</c>, compact.</summary>
    public static byte[] CallbackFields(Order order, IReadOnlyList<Card> cards, CardSignature cardSignature)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            writer.WriteString("orderno"u8, order.Id.Value);
            writer.WriteString("customer_order_no"u8, order.MerchantOrderId ?? "");
            if (cards.Count > 0 && cardSignature == CardSignature.Nested)
            {
                WriteCards(writer, cards);
            }
            else if (cards.Count > 0)
            {
                writer.WriteString("card"u8, CardsText(cards));
            }
            writer.WriteString("status"u8, StatusOf(order.State.Progress));
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static string StatusOf(Progress progress) => progress switch
    {
        Progress.Delivered => "success",
        Progress.Failed => "failed",
        _ => "waiting",
    };

    /// <summary>An answer; <paramref name="status"/> other than 200 only where the request never reached the protocol.</summary>
    public static Task AnswerAsync(HttpContext context, int code, string message, string result, string sign, int status = StatusCodes.Status200OK)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code"u8, code);
            writer.WriteString("message"u8, message);
            writer.WriteString("result"u8, result);
            writer.WriteString("sign"u8, sign);
            writer.WriteEndObject();
        }
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = buffer.WrittenCount;
        return response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static bool TryReadField(ref Utf8JsonReader reader, ParameterSet fields, Utf8JsonWriter writer, [NotNullWhen(false)] out string? fault)
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
