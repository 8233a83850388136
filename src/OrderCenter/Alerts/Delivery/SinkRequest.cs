using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Alerts.Settings;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;

namespace OrderCenter.Alerts.Delivery;

/// <summary>The HTTP requests of the sinks that have an address, each signed as its platform wants it.</summary>
/// <param name="Url">The address, with what the signature adds to it.</param>
/// <param name="Body">JSON.</param>
/// <param name="Headers">Beside the content type.</param>
internal sealed record SinkRequest(string Url, byte[] Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    /// <summary>A robot of WeCom cuts what is longer, in bytes of UTF-8; those of the others take more.</summary>
    private const int WeComBytesMax = 2048;
    private const int TextBytesMax = 16 * 1024;

    /// <summary>Whether a text of a sink holds messages whole.</summary>
    public static bool Holds(AlertSink sink, IReadOnlyList<AlertMessage> messages) =>
        Encoding.UTF8.GetByteCount(AlertText.Write(messages, sink.Language)) <= BytesMaxOf(sink);

    /// <summary>The request that tells a sink of messages.</summary>
    /// <param name="sink">One with an address.</param>
    /// <param name="messages">What it is told; a webhook one at a time.</param>
    /// <param name="nowMs">The time that is signed, Unix milliseconds.</param>
    public static SinkRequest Of(AlertSink sink, IReadOnlyList<AlertMessage> messages, long nowMs)
    {
        var text = Cut(AlertText.Write(messages, sink.Language), BytesMaxOf(sink));
        return sink.Kind switch
        {
            SinkKind.DingTalk => new(DingTalkUrl(sink, nowMs), Robot(text), []),
            SinkKind.WeCom => new(sink.Url!, Robot(text), []),
            SinkKind.Feishu => new(sink.Url!, Feishu(sink, text, nowMs), []),
            _ => Webhook(sink, messages[0], text, nowMs),
        };
    }

    private static int BytesMaxOf(AlertSink sink) => sink.Kind == SinkKind.WeCom ? WeComBytesMax : TextBytesMax;

    /// <summary>DingTalk: base64 of HMAC-SHA256 over <c>TIMESTAMP\nSECRET</c> under the secret, in the query.</summary>
    private static string DingTalkUrl(AlertSink sink, long nowMs)
    {
        if (sink.Secret is not { } secret)
        {
            return sink.Url!;
        }
        var timestamp = nowMs.ToString(CultureInfo.InvariantCulture);
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"));
        var sign = Uri.EscapeDataString(Convert.ToBase64String(digest));
        return $"{sink.Url}{(sink.Url!.Contains('?', StringComparison.Ordinal) ? '&' : '?')}timestamp={timestamp}&sign={sign}";
    }

    private static byte[] Robot(string text) =>
        JsonSerializer.SerializeToUtf8Bytes(new DingTalkBody(new DingTalkText(text)), AlertJson.Readable.DingTalkBody);

    /// <summary>Feishu: base64 of HMAC-SHA256 over nothing under <c>TIMESTAMP\nSECRET</c>, seconds, in the body.</summary>
    private static byte[] Feishu(AlertSink sink, string text, long nowMs)
    {
        var timestamp = (nowMs / 1000).ToString(CultureInfo.InvariantCulture);
        var sign = sink.Secret is { } secret
            ? Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"), ReadOnlySpan<byte>.Empty))
            : null;
        return JsonSerializer.SerializeToUtf8Bytes(
            new FeishuBody(sign is null ? null : timestamp, sign, new FeishuText(text)), AlertJson.Readable.FeishuBody);
    }

    private static SinkRequest Webhook(AlertSink sink, AlertMessage message, string text, long nowMs)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(message.AtMs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new WebhookBody($"alert.{message.Event}", at, message, text), AlertJson.Readable.WebhookBody);
        var seconds = nowMs / 1000;
        return new SinkRequest(
            sink.Url!, body,
            [
                ("webhook-id", message.Id), ("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
                ("webhook-signature", StandardWebhook.Sign(message.Id, seconds, body, new Secret(sink.Secret!))),
            ]);
    }

    /// <summary>The beginning of a text, whole characters, at most so many bytes of UTF-8.</summary>
    private static string Cut(string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytesMax)
        {
            return text;
        }
        var cut = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > bytesMax - 3)
            {
                break;
            }
            cut.Append(rune.ToString());
        }
        return cut.Append('…').ToString();
    }
}
