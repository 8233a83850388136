using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderCenter.Alerts.Settings;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;

namespace OrderCenter.Alerts.Delivery;

/// <summary>Tells a sink. Addresses are checked as those of callbacks are; answers are bounded in size and time.</summary>
internal sealed class SinkSender(CallbackHttpClient http, TimeProvider clock)
{
    /// <summary>How long a sink may take.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    private const int TextShown = 200;

    /// <summary>Robots of chats allow some twenty calls a minute.</summary>
    private const int BatchMax = 10;

    /// <summary>How many of the messages that wait a sink is told at once: as many as its text holds whole, a webhook one.</summary>
    public static int BatchOf(AlertSink sink, IReadOnlyList<AlertMessage> waiting)
    {
        if (sink.Kind == SinkKind.Webhook)
        {
            return 1;
        }
        var count = Math.Min(waiting.Count, BatchMax);
        while (count > 1 && !SinkRequest.Holds(sink, [.. waiting.Take(count)]))
        {
            count--;
        }
        return count;
    }

    /// <summary>Tells a sink of messages, no more at once than <see cref="BatchOf"/> says.</summary>
    /// <returns>Null: the sink took them; otherwise why not. Neither the address nor a secret is in it.</returns>
    public async Task<string?> SendAsync(AlertSink sink, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken)
    {
        if (sink.Kind == SinkKind.Smtp)
        {
            return await SmtpSender.SendAsync(http, sink, messages, TimeMax, clock, cancellationToken);
        }
        var request = SinkRequest.Of(sink, messages, clock.NowMs());
        using var content = new ByteArrayContent(request.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        foreach (var (name, value) in request.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, value);
        }
        var result = await http.PostAsync(request.Url, sink.Networks, content, TimeMax, cancellationToken);
        return result.HttpStatus is not { } status ? result.Error
            : status is < 200 or > 299 ? $"it answered {status}"
            : WhyNot(sink, result.Body.Span);
    }

    /// <summary>The robots answer 200 to what they refuse, and say in the body that they do: DingTalk and WeCom with <c>errcode</c> and
    /// <c>errmsg</c>, Feishu with <c>code</c> and <c>msg</c>.</summary>
    private static string? WhyNot(AlertSink sink, ReadOnlySpan<byte> body)
    {
        if (sink.Kind == SinkKind.Webhook)
        {
            return null;
        }
        var (code, text) = sink.Kind == SinkKind.Feishu ? ("code", "msg") : ("errcode", "errmsg");
        try
        {
            var reader = new Utf8JsonReader(body);
            using var answer = JsonDocument.ParseValue(ref reader);
            if (answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(code, out var number)
                && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value))
            {
                return value == 0 ? null
                    : answer.RootElement.TryGetProperty(text, out var why) && why.ValueKind == JsonValueKind.String
                        ? $"it answered {code} {value}: {Shown(why.GetString()!)}"
                        : $"it answered {code} {value}";
            }
        }
        catch (JsonException)
        {
            // Said below.
        }
        return $"its answer has no {code}: {Shown(Encoding.UTF8.GetString(body[..Math.Min(body.Length, TextShown)]))}";
    }

    private static string Shown(string text) =>
        string.Concat(text.Where(character => !char.IsControl(character) && character != '\ufffd').Take(TextShown));
}
