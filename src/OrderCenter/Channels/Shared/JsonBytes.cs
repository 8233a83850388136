using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrderCenter.Channels.Shared;

/// <summary>Writes the JSON objects that stores are sent.</summary>
internal static class JsonBytes
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object with every character beyond ASCII escaped.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members) => Write(members, default);

    /// <summary>An object as text, with its characters as they are.</summary>
    public static string WriteReadable(Action<Utf8JsonWriter> members) => System.Text.Encoding.UTF8.GetString(Write(members, Readable));

    private static byte[] Write(Action<Utf8JsonWriter> members, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
