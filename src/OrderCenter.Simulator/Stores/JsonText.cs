using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>Compact JSON as the stores write it: only what must be escaped is.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Object(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Unity IAP's wrapper of a store's own receipt.</summary>
    public static string Unity(string store, string transactionId, string payload) => Object(json =>
    {
        json.WriteString("Store", store);
        json.WriteString("TransactionID", transactionId);
        json.WriteString("Payload", payload);
    });
}
