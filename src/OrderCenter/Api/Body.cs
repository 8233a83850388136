using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using OrderCenter.Model;

namespace OrderCenter.Api;

/// <summary>Reads request bodies: strict JSON, bounded in size and depth, unknown and repeated fields refused.</summary>
internal static class Body
{
    public const int BytesMax = 1024 * 1024;
    public const int IdMax = 128;
    public const int TextMax = 256;

    private const int DepthMax = 32;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    private delegate T? Parse<T>(ReadOnlySpan<byte> json)
        where T : class;

    public static Answer UnsupportedType => Answer.Problem(StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json");

    public static Answer TooLarge => Answer.Problem(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {BytesMax} bytes");

    public static Task<(T? Value, Answer? Refusal)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class => ReadAsync(context, json => JsonSerializer.Deserialize(json, type));

    public static Task<(JsonObject? Value, Answer? Refusal)> ReadObjectAsync(HttpContext context) =>
        ReadAsync(context, static json => JsonNode.Parse(json, documentOptions: Options) as JsonObject);

    /// <summary>Reads the whole body, and leaves it there to be read again.</summary>
    /// <returns>Null: it is larger than <see cref="BytesMax"/>.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpContext context)
    {
        // Kestrel's own limit would close the connection before a caller that still sends could read the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (context.Request.ContentLength > BytesMax)
        {
            return null;
        }
        var body = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (body.Length + read > BytesMax)
            {
                return null;
            }
            body.Write(part, 0, read);
        }
        body.Position = 0;
        context.Request.Body = body;
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static async Task<(T? Value, Answer? Refusal)> ReadAsync<T>(HttpContext context, Parse<T> parse)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return (null, UnsupportedType);
        }
        if (await ReadBytesAsync(context) is not { } body)
        {
            return (null, TooLarge);
        }
        try
        {
            var json = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
            return IsUnicode(json.Span) && parse(json.Span) is { } value ? (value, null) : (null, Malformed(""));
        }
        catch (JsonException refused)
        {
            return (null, Malformed(refused.Path?.TrimStart('$', '.') ?? ""));
        }
    }

    /// <summary>Whether every name and text is Unicode: UTF-8, and no half of a surrogate pair. The serializer looks only at what becomes a string at
    /// once; what stays JSON (<c>extra</c>, an app's settings) would fail where it is read or shown.</summary>
    private static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
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
        ? Answer.Problem(StatusCodes.Status400BadRequest, $"the body must be one well-formed JSON object in UTF-8 with known fields, each once, at most {DepthMax} deep")
        : Answer.Invalid(path, "is unknown, given twice or of the wrong type");
}
