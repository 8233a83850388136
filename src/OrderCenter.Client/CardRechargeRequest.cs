using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Client;

/// <summary>A merchant's requests to CardRecharge's endpoints. The legacy <c>sign</c> does not fix the order of characters, so a request carries a Standard Webhooks
/// signature too; without it the order center answers code 1, unless the app's <c>allowedIps</c> names the caller's address.</summary>
public static class CardRechargeRequest
{
    private const string TimestampField = "timestamp";

    /// <summary>A request with its <c>timestamp</c>, its <c>sign</c> and the Standard Webhooks headers, ready to be sent once: an attempt of its own is made anew.</summary>
    /// <param name="address">Such as <c>https://pay.example.com/cardrecharge/order</c>.</param>
    /// <param name="fields">The fields but <c>timestamp</c> and <c>sign</c>: texts and numbers.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="now">The time.</param>
    public static HttpRequestMessage Create(Uri address, JsonElement fields, string secret, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        var seconds = now.ToUnixTimeSeconds();
        using var timed = Timed(fields, seconds);
        var text = CardRechargeSignature.TextOf(timed.RootElement, isCardText: false);
        var body = Encoding.UTF8.GetBytes($"{text[..^1]},\"sign\":\"{CardRechargeSignature.Sign(text, secret)}\"}}");
        var id = "req_" + Guid.NewGuid().ToString("N");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", StandardWebhook.Sign(id, seconds, body, secret));
        return request;
    }

    private static JsonDocument Timed(JsonElement fields, long seconds)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in fields.EnumerateObject().Where(field => !field.NameEquals(TimestampField) && !field.NameEquals("sign")))
            {
                field.WriteTo(writer);
            }
            writer.WriteNumber(TimestampField, seconds);
            writer.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.ToArray());
    }
}
