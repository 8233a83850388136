using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrderCenter.Model;

namespace OrderCenter.Api;

/// <summary>Reads request bodies: strict JSON, bounded in size and depth, unknown and repeated fields refused.</summary>
internal static class Body
{
    public const int BytesMax = 1024 * 1024;
    public const int IdMax = 128;
    public const int TextMax = 256;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static async Task<(T? Value, Answer? Refusal)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return (null, Answer.Problem(StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json"));
        }
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return value is null ? (null, Malformed("")) : (value, null);
        }
        catch (JsonException refused)
        {
            return (null, Malformed(refused.Path?.TrimStart('$', '.') ?? ""));
        }
    }

    public static async Task<(JsonObject? Value, Answer? Refusal)> ReadObjectAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return (null, Answer.Problem(StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json"));
        }
        try
        {
            var node = await JsonNode.ParseAsync(context.Request.Body, documentOptions: Options, cancellationToken: context.RequestAborted);
            return node is JsonObject value ? (value, null) : (null, Malformed(""));
        }
        catch (JsonException)
        {
            return (null, Malformed(""));
        }
    }

    /// <summary>Whether a text is there, within its limit, and can be stored.</summary>
    public static bool IsText([NotNullWhen(true)] string? text, int charactersMax) =>
        text is { Length: > 0 } && text.Length <= charactersMax * 2 && text.EnumerateRunes().Count() <= charactersMax && IsStorable(text);

    /// <summary>No NUL, no half of a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Decimal text, or a number taken by its text as sent.</summary>
    public static bool TryMoney(JsonElement element, out Money money)
    {
        money = default;
        return element.ValueKind switch
        {
            JsonValueKind.String => Money.TryParse(element.GetString(), out money),
            JsonValueKind.Number => Money.TryParse(element.GetRawText(), out money),
            _ => false,
        };
    }

    /// <summary>A text, or a number taken by its text; null where the field is missing.</summary>
    public static string? TextOrNumber(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        _ => null,
    };

    public static bool IsGiven(JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private static Answer Malformed(string path) => path.Length == 0
        ? Answer.Problem(StatusCodes.Status400BadRequest, "the body must be one well-formed JSON object with known fields, each once, at most 32 deep")
        : Answer.Invalid(path, "is unknown, given twice or of the wrong type");
}
