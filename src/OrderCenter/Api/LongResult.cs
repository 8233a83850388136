using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderCenter.Api;

/// <summary>A response of megabytes, written straight into the connection's buffers and by the code that is generated for its type: with an
/// encoder of its own the serializer would go by its metadata, which takes several times as long. None of its items may hold JSON that
/// others wrote.</summary>
internal sealed class LongResult<T>(T body, JsonTypeInfo<T> type) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json; charset=utf-8";
        var options = new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true };
        await using (var json = new Utf8JsonWriter(response.BodyWriter, options))
        {
            if (type.SerializeHandler is { } write)
            {
                write(json, body);
            }
            else
            {
                JsonSerializer.Serialize(json, body, type);
            }
        }
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
