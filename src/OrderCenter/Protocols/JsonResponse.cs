using System.Buffers;
using System.Text.Json;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols;

/// <summary>Writes JSON responses as PHP writes JSON. Buffer and writer are kept for each thread.</summary>
internal static class JsonResponse
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>Sends one JSON object.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="data">What <paramref name="write"/> writes.</param>
    /// <param name="write">Writes the members of the object.</param>
    public static Task WriteAsync<T>(HttpContext context, int status, T data, Action<Utf8JsonWriter, T> write)
    {
        var buffer = s_buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = s_writer ??= new Utf8JsonWriter(buffer, PhpJson.Writer);
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        write(writer, data);
        writer.WriteEndObject();
        writer.Flush();

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>A JSON object in an array of its own, for what is kept or sent later.</summary>
    public static byte[] ToBytes<T>(T data, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            write(writer, data);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
