using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OrderCenter.Wire;

namespace OrderCenter.Protocols;

/// <summary>What a request brought: its parameters, or why they cannot be read.</summary>
/// <param name="Parameters">The parameters; null when they cannot be read.</param>
/// <param name="Status">The HTTP status of a request that never reaches the protocol (413, 415, 408, 400); 200 where the protocol's own envelope refuses it.</param>
/// <param name="Fault">What was wrong and what is allowed.</param>
public readonly record struct ReadResult(ParameterSet? Parameters, int Status, string Fault);

/// <summary>Reads query, form, multipart and flat JSON alike, as bytes and within bounds. A request's query and body count together.</summary>
public static class RequestParameters
{
    private const int MultipartHeadersMax = 8;
    private const int MultipartHeadersBytesMax = 4096;
    private const int BoundaryMax = 70;

    public static async ValueTask<ReadResult> ReadAsync(HttpContext context, int bodyBytesMax)
    {
        var parameters = new ParameterSet();
        var query = context.Request.QueryString.Value;
        if (!string.IsNullOrEmpty(query) && !parameters.TryAddUrlEncoded(Encoding.UTF8.GetBytes(query, 1, query.Length - 1), out var fault))
        {
            return new ReadResult(null, StatusCodes.Status200OK, fault);
        }
        return HttpMethods.IsGet(context.Request.Method) ? new ReadResult(parameters, StatusCodes.Status200OK, "") : await ReadBodyAsync(context, parameters, bodyBytesMax);
    }

    /// <summary>Reads a whole body of bounded size into a rented buffer.</summary>
    /// <returns>The buffer to give back and its length; a null buffer and the status when it cannot be read.</returns>
    public static async ValueTask<(byte[]? Buffer, int Length, int Status)> ReadBytesAsync(HttpContext context, int bytesMax)
    {
        // Kestrel's own limit would close the connection before an answer of the protocol's shape could be given.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        var announced = context.Request.ContentLength;
        if (announced > bytesMax)
        {
            return (null, 0, StatusCodes.Status413PayloadTooLarge);
        }
        var buffer = ArrayPool<byte>.Shared.Rent((int)(announced ?? 4096) + 1);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
                if (read == 0)
                {
                    return (buffer, length, StatusCodes.Status200OK);
                }
                length += read;
                if (length > bytesMax)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return (null, 0, StatusCodes.Status413PayloadTooLarge);
                }
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, bytesMax + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (BadHttpRequestException malformed)
        {
            // A broken chunk, a body slower than the minimum rate, an end before the announced length.
            ArrayPool<byte>.Shared.Return(buffer);
            return (null, 0, malformed.StatusCode);
        }
    }

    private static async ValueTask<ReadResult> ReadBodyAsync(HttpContext context, ParameterSet parameters, int bodyBytesMax)
    {
        var (buffer, length, status) = await ReadBytesAsync(context, bodyBytesMax);
        if (buffer is null)
        {
            return new ReadResult(null, status, status == StatusCodes.Status413PayloadTooLarge ? $"the body is larger than {bodyBytesMax} bytes" : "the body could not be read");
        }
        try
        {
            return await ParseAsync(context, parameters, buffer.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<ReadResult> ParseAsync(HttpContext context, ParameterSet parameters, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return new ReadResult(parameters, StatusCodes.Status200OK, "");
        }
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !IsUtf8(type))
        {
            return Unsupported();
        }
        string? fault;
        switch (type.MediaType.Value?.ToLowerInvariant())
        {
            case "application/x-www-form-urlencoded":
                return parameters.TryAddUrlEncoded(body.Span, out fault) ? new ReadResult(parameters, StatusCodes.Status200OK, "") : new ReadResult(null, StatusCodes.Status200OK, fault);
            case "application/json":
                return parameters.TryAddJson(body.Span, out fault) ? new ReadResult(parameters, StatusCodes.Status200OK, "") : new ReadResult(null, StatusCodes.Status200OK, fault);
            case "multipart/form-data":
                fault = await AddMultipartAsync(parameters, type, body, context.RequestAborted);
                return fault is null ? new ReadResult(parameters, StatusCodes.Status200OK, "") : new ReadResult(null, StatusCodes.Status200OK, fault);
            default:
                return Unsupported();
        }
    }

    private static ReadResult Unsupported() => new(
        null, StatusCodes.Status415UnsupportedMediaType,
        "the content type must be application/x-www-form-urlencoded, multipart/form-data or application/json, in UTF-8");

    /// <summary>UTF-8, or ASCII, which is a part of it.</summary>
    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        HeaderUtilities.RemoveQuotes(type.Charset).Value?.ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii";

    private static async Task<string?> AddMultipartAsync(ParameterSet parameters, MediaTypeHeaderValue type, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is null or { Length: 0 or > BoundaryMax })
        {
            return $"the multipart boundary must be 1 to {BoundaryMax} characters";
        }
        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            var reader = new MultipartReader(boundary, stream) { HeadersCountLimit = MultipartHeadersMax, HeadersLengthLimit = MultipartHeadersBytesMax, BodyLengthLimit = body.Length };
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
