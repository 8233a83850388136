using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Client;

/// <summary>The sign of CardRecharge's requests, answers and callbacks (protocols.md §4 "Sign"): the characters of a JSON text, sorted by code point, the
/// secret behind, MD5. It does not protect the order of characters: two order numbers with the same digits have the same sign. So a callback's Standard
/// Webhooks signature must be verified too.</summary>
public static class CardRechargeSignature
{
    /// <summary>Signs a text as it stands: an answer's <c>result</c>, or a compact body without <c>sign</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="secret">The app's secret.</param>
    /// <returns>32 lower-case hex digits.</returns>
    public static string Sign(string text, string secret)
    {
        var characters = text.EnumerateRunes().ToArray();
        Array.Sort(characters);
        var sorted = new StringBuilder(text.Length + secret.Length);
        foreach (var character in characters)
        {
            sorted.Append(character.ToString());
        }
        return Md5Digest.Of(sorted.Append(secret).ToString());
    }

    /// <summary>Signs a JSON object's fields but <c>sign</c>, written as PHP's <c>json_encode(…, 320)</c> writes them.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="isCardText">Whether <c>card</c> is signed as a text that holds JSON: the app's setting <c>cardSignature</c> is <c>string</c>.</param>
    /// <returns>32 lower-case hex digits.</returns>
    public static string Sign(JsonElement fields, string secret, bool isCardText = false) => Sign(TextOf(fields, isCardText), secret);

    /// <summary>Whether <c>sign</c> in a JSON object is its own. Compared in constant time and without regard to case; an empty secret verifies nothing.
    /// </summary>
    /// <param name="fields">The object.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="isCardText">Whether <c>card</c> is signed as a text that holds JSON.</param>
    public static bool Verify(JsonElement fields, string secret, bool isCardText = false)
    {
        try
        {
            return secret.Length > 0 && fields.ValueKind == JsonValueKind.Object
                && fields.TryGetProperty("sign", out var sign) && sign.ValueKind == JsonValueKind.String
                && Md5Digest.Same(sign.GetString()!, Sign(fields, secret, isCardText));
        }
        catch (InvalidOperationException)
        {
            // An escape of half a surrogate pair: what is no text has no sign.
            return false;
        }
    }

    /// <summary>Whether an answer's <c>sign</c> is the one of the text in its <c>result</c>. An empty secret verifies nothing.</summary>
    /// <param name="result">The text in <c>result</c>, as it stands.</param>
    /// <param name="sign">The answer's <c>sign</c>.</param>
    /// <param name="secret">The app's secret.</param>
    public static bool VerifyAnswer(string result, string sign, string secret) => secret.Length > 0 && Md5Digest.Same(sign, Sign(result, secret));

    /// <summary>The text that is signed.</summary>
    internal static string TextOf(JsonElement fields, bool isCardText)
    {
        var text = new StringBuilder();
        var opening = '{';
        foreach (var field in fields.EnumerateObject().Where(field => !field.NameEquals("sign")))
        {
            Write(text.Append(opening), field.Name);
            text.Append(':');
            if (isCardText && field.NameEquals("card") && field.Value.ValueKind == JsonValueKind.Array)
            {
                var card = new StringBuilder();
                Write(card, field.Value);
                Write(text, card.ToString());
            }
            else
            {
                Write(text, field.Value);
            }
            opening = ',';
        }
        return text.Append(opening == '{' ? "{}" : "}").ToString();
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        var separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var field in value.EnumerateObject())
                {
                    Write(text.Append(separator), field.Name);
                    Write(text.Append(':'), field.Value);
                    separator = ",";
                }
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Write(text.Append(separator), item);
                    separator = ",";
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>Only what PHP escapes is escaped; .NET's own encoders escape more.</summary>
    private static void Write(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
        {
            switch (unit)
            {
                case '"' or '\\':
                    text.Append('\\').Append(unit);
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case < ' ' or '\u2028' or '\u2029':
                    text.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(unit);
                    break;
            }
        }
        text.Append('"');
    }
}
