using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Games;

/// <summary>The signatures as a game's developer reads them from the documents, written apart from the service so that each proves the other.</summary>
public static class GameSigning
{
    /// <summary>H5Sdk: fields but <c>sign</c> and <c>data</c>, by name, <c>name=value</c> joined with <c>&amp;</c>, the secret behind, MD5.</summary>
    public static string H5Sdk(IEnumerable<KeyValuePair<string, string>> fields, string secret)
    {
        var signed = fields.Where(field => field.Key is not ("sign" or "data")).OrderBy(field => field.Key, StringComparer.Ordinal);
        return Md5(string.Join('&', signed.Select(field => $"{field.Key}={field.Value}")) + secret);
    }

    /// <summary>CardRecharge: the characters of a JSON text sorted, the secret behind, MD5.</summary>
    public static string CardRecharge(string json, string secret)
    {
        var characters = json.EnumerateRunes().ToArray();
        Array.Sort(characters);
        return Md5(string.Concat(characters.Select(character => character.ToString())) + secret);
    }

    /// <summary>Standard Webhooks: <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>, keyed with the secret's UTF-8 bytes.</summary>
    public static string Webhook(string id, string timestamp, ReadOnlySpan<byte> body, string secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    public static bool Same(string received, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(received.ToLowerInvariant()), Encoding.UTF8.GetBytes(expected));

    /// <summary>JSON as PHP's <c>json_encode(…, 320)</c> writes an object's fields except <c>sign</c>: compact, slashes and Unicode as they are.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="isCardText">Whether <c>card</c> is signed as a text that holds JSON, which an app may be set to.</param>
    public static string PhpText(JsonElement fields, bool isCardText = false)
    {
        var text = new StringBuilder().Append('{');
        foreach (var field in fields.EnumerateObject().Where(field => !field.NameEquals("sign")))
        {
            Name(text, field.Name);
            if (isCardText && field.NameEquals("card") && field.Value.ValueKind == JsonValueKind.Array)
            {
                var card = new StringBuilder();
                Value(card, field.Value);
                Quote(text, card.ToString());
            }
            else
            {
                Value(text, field.Value);
            }
        }
        return text.Append('}').ToString();
    }

    private static void Value(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var field in value.EnumerateObject())
                {
                    Name(text, field.Name);
                    Value(text, field.Value);
                }
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Comma(text);
                    Value(text, item);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                Quote(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Name(StringBuilder text, string name)
    {
        Comma(text);
        Quote(text, name);
        text.Append(':');
    }

    private static void Comma(StringBuilder text)
    {
        if (text[^1] is not ('{' or '['))
        {
            text.Append(',');
        }
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
        {
            _ = unit switch
            {
                '"' or '\\' => text.Append('\\').Append(unit),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\u2028' or '\u2029' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => text.Append(unit),
            };
        }
        text.Append('"');
    }

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
