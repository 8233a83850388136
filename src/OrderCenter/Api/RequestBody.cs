using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Persistence;

namespace OrderCenter.Api;

/// <summary>Reads request bodies: strict JSON, bounded in size and depth, unknown and repeated fields refused.</summary>
internal static class RequestBody
{
    public const int BytesMax = 1024 * 1024;

    private const int DepthMax = 32;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    private delegate T? Parse<T>(ReadOnlySpan<byte> json)
        where T : class;

    public static ApiResult UnsupportedType =>
        ApiResult.Problem(StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json");

    public static ApiResult TooLarge =>
        ApiResult.Problem(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {BytesMax} bytes");

    /// <summary>Reads a body, and handles what it says; a body that cannot be read is refused before.</summary>
    public static Task<IResult> ServeAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, Task<IResult>> serve)
        where T : class => ServeAsync(context, json => JsonSerializer.Deserialize(json, type), serve);

    /// <summary>Reads the reason of an act that needs none: a request without a body has none.</summary>
    public static Task<IResult> ServeReasonAsync(HttpContext context, Func<string?, Task<IResult>> serve) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? serve(null)
            : ServeAsync(context, ApiJson.Readable.ReasonJson, body =>
            {
                var checks = new FieldChecks();
                var reason = checks.Optional("reason", body.Reason, FieldChecks.ReasonMax);
                return checks.Fault is { } fault ? Task.FromResult<IResult>(fault) : serve(reason);
            });

    /// <summary>The same for any JSON object.</summary>
    public static Task<IResult> ServeObjectAsync(HttpContext context, Func<JsonObject, Task<IResult>> serve) =>
        ServeAsync(context, static json => JsonNode.Parse(json, documentOptions: Options) as JsonObject, serve);

    /// <summary>Reads the whole body, and leaves it there to be read again.</summary>
    /// <returns>Null: it is larger than <see cref="BytesMax"/>.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpContext context)
    {
        if (context.Request.Body is MemoryStream known)
        {
            return known.GetBuffer().AsMemory(0, (int)known.Length);
        }
        var (bytes, status) = await TryReadBytesAsync(context, BytesMax);
        if (bytes is null)
        {
            return status switch
            {
                StatusCodes.Status413PayloadTooLarge => null,
                StatusCodes.Status408RequestTimeout => throw new BadHttpRequestException("the body came too slowly", status),
                _ => throw new DatabaseBusyException("too much is being read at once; try again"),
            };
        }
        context.Request.Body = new MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true);
        return bytes;
    }

    /// <summary>Reads a whole body of bounded size.</summary>
    /// <returns>No bytes: the status says why.</returns>
    public static async Task<(byte[]? Bytes, int Status)> TryReadBytesAsync(HttpContext context, int bytesMax)
    {
        // Kestrel's own limit would close the connection before a caller that still sends could read the response.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        var reader = context.GetEndpoint()!.Metadata.GetRequiredMetadata<BodyReader>();
        var read = await reader.ReadAsync(context.Request.Body, context.Request.ContentLength, bytesMax, context.RequestAborted);
        if (read.Charge is not null)
        {
            context.Response.RegisterForDispose(read.Charge);
        }
        return (read.ToOwnArray(), read.HttpStatus);
    }

    private static async Task<IResult> ServeAsync<T>(HttpContext context, Parse<T> parse, Func<T, Task<IResult>> serve)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return UnsupportedType;
        }
        if (await ReadBytesAsync(context) is not { } body)
        {
            return TooLarge;
        }
        T? value;
        try
        {
            var json = ByteOrderMark.Skip(body);
            value = IsUnicode(json.Span) ? parse(json.Span) : null;
        }
        catch (JsonException malformed)
        {
            return Malformed(malformed.Path?.TrimStart('$', '.') ?? "");
        }
        return value is null ? Malformed("") : await serve(value);
    }

    /// <summary>Whether every name and text is Unicode: UTF-8, and no half of a surrogate pair. The serializer looks only at what becomes
    /// a string at once; what stays JSON (<c>extra</c>, an app's settings) would fail where it is read or shown.</summary>
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

    private static ApiResult Malformed(string path) => path.Length == 0
        ? ApiResult.Problem(
            StatusCodes.Status400BadRequest,
            $"the body must be one well-formed JSON object in UTF-8 with known fields, each once, at most {DepthMax} deep")
        : ApiResult.Invalid(path, "is unknown, given twice or of the wrong type");
}
