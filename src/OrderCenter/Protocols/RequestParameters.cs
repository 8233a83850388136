using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols;

/// <summary>Reads query, form, multipart and flat JSON alike, as bytes and within bounds. A request's query and body count
/// together.</summary>
public static class RequestParameters
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const int MultipartHeadersMax = 8;
    private const int MultipartHeadersBytesMax = 4096;
    private const int BoundaryMax = 70;

    public static async ValueTask<ReadResult<ParameterSet>> ReadAsync(HttpContext context, int bodyBytesMax)
    {
        var parameters = new ParameterSet();
        var query = context.Request.QueryString.Value;
        if (!string.IsNullOrEmpty(query) && !parameters.TryAddUrlEncoded(Encoding.UTF8.GetBytes(query, 1, query.Length - 1), out var fault))
        {
            return new ReadResult<ParameterSet>(fault);
        }
        return HttpMethods.IsGet(context.Request.Method)
            ? new ReadResult<ParameterSet>(parameters)
            : await ReadBodyAsync(context, parameters, bodyBytesMax);
    }

    /// <summary>Reads a whole body of bounded size into a rented buffer.</summary>
    /// <returns>The buffer to return to the pool and its length; a null buffer and the status when it cannot be read. With 503,
    /// <c>Retry-After</c> is set.</returns>
    public static async ValueTask<(byte[]? Buffer, int Length, int Status)> ReadBytesAsync(HttpContext context, int bytesMax)
    {
        // Kestrel's own limit would close the connection before the protocol could respond in its own shape.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        try
        {
            var reader = context.GetEndpoint()!.Metadata.GetRequiredMetadata<BodyReader>();
            var read = await reader.ReadAsync(context.Request.Body, context.Request.ContentLength, bytesMax, context.RequestAborted);
            if (read.Charge is not null)
            {
                context.Response.RegisterForDispose(read.Charge);
            }
            if (read.HttpStatus == StatusCodes.Status503ServiceUnavailable)
            {
                context.Response.Headers.RetryAfter = "1";
            }
            return (read.Buffer, read.Length, read.HttpStatus);
        }
        catch (BadHttpRequestException malformed)
        {
            // A broken chunk, a body slower than the minimum rate, an end before the announced length.
            return (null, 0, malformed.StatusCode);
        }
    }

    /// <summary>Why a body was not read.</summary>
    public static string Fault(int status, int bytesMax) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => $"the body is larger than {bytesMax} bytes",
        StatusCodes.Status503ServiceUnavailable => "too much is being read at once; try again",
        StatusCodes.Status408RequestTimeout => "the body came too slowly",
        _ => "the body could not be read",
    };

    private static async ValueTask<ReadResult<ParameterSet>> ReadBodyAsync(HttpContext context, ParameterSet parameters, int bodyBytesMax)
    {
        var (buffer, length, status) = await ReadBytesAsync(context, bodyBytesMax);
        if (buffer is null)
        {
            return new ReadResult<ParameterSet>(null, status, Fault(status, bodyBytesMax));
        }
        try
        {
            return await ParseAsync(context, parameters, ByteOrderMark.Skip(buffer.AsMemory(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<ReadResult<ParameterSet>> ParseAsync(
        HttpContext context, ParameterSet parameters, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return new ReadResult<ParameterSet>(parameters);
        }

        // Some hand-written clients send no content type; their bodies are forms.
        var contentType = string.IsNullOrWhiteSpace(context.Request.ContentType) ? FormType : context.Request.ContentType;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !IsUtf8(type))
        {
            return Unsupported();
        }
        string? fault;
        switch (type.MediaType.Value?.ToLowerInvariant())
        {
            case FormType:
                parameters.TryAddUrlEncoded(body.Span, out fault);
                break;
            case "application/json":
                parameters.TryAddJson(body.Span, out fault);
                break;
            case "multipart/form-data":
                fault = await AddMultipartAsync(parameters, type, body, context.RequestAborted);
                break;
            default:
                return Unsupported();
        }
        return fault is null ? new ReadResult<ParameterSet>(parameters) : new ReadResult<ParameterSet>(fault);
    }

    private static ReadResult<ParameterSet> Unsupported() => new(
        null, StatusCodes.Status415UnsupportedMediaType,
        "the content type must be application/x-www-form-urlencoded, multipart/form-data or application/json, in UTF-8");

    /// <summary>UTF-8, or ASCII, which is a part of it.</summary>
    internal static bool IsUtf8(MediaTypeHeaderValue type) =>
        HeaderUtilities.RemoveQuotes(type.Charset).Value?.ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii";

    private static async Task<string?> AddMultipartAsync(
        ParameterSet parameters, MediaTypeHeaderValue type, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is null or { Length: 0 or > BoundaryMax })
        {
            return $"the multipart boundary must be 1 to {BoundaryMax} characters";
        }
        try
        {
            MemoryMarshal.TryGetArray(body, out var bytes);
            using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
            var reader = new MultipartReader(boundary, stream)
            {
                HeadersCountLimit = MultipartHeadersMax, HeadersLengthLimit = MultipartHeadersBytesMax, BodyLengthLimit = body.Length,
            };
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFormDisposition())
                {
                    return "every part of a multipart body must be form-data with a name and no file";
                }
                using var value = new MemoryStream();
                await section.Body.CopyToAsync(value, cancellationToken);
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
                if (!parameters.TryAdd(Encoding.UTF8.GetBytes(name), value.ToArray(), out var fault))
                {
                    return fault;
                }
            }
            return null;
        }
        catch (Exception malformed) when (malformed is InvalidDataException or IOException)
        {
            return "the multipart body is malformed";
        }
    }
}
