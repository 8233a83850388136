using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Settings;

namespace OrderCenter.Alerts;

/// <summary>JSON of what alerts store and send.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<AlertSink>))]
[JsonSerializable(typeof(List<AlertThreshold>))]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(DingTalkBody))]
[JsonSerializable(typeof(FeishuBody))]
[JsonSerializable(typeof(WebhookBody))]
internal sealed partial class AlertJson : JsonSerializerContext
{
    /// <summary>Text is written as it is (Chinese as Chinese).</summary>
    public static AlertJson Readable => Unescaped.Context;

    /// <summary>Made at first use, when <see cref="Default"/> exists.</summary>
    private static class Unescaped
    {
        public static readonly AlertJson Context = new(
            new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
