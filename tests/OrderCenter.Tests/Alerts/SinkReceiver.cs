using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderCenter.Tests.Alerts;

/// <summary>The robots of DingTalk, WeCom and Feishu, and a webhook, as their documents say that they check a message: what is signed wrongly, or long ago, is refused, by the
/// robots with 200 and a code. It can be down. <c>/callback</c> is a game's server that takes everything while it is up.</summary>
internal sealed class SinkReceiver : IAsyncDisposable
{
    public const string DingTalkSecret = "SECdingtalk-0123456789";
    public const string FeishuSecret = "feishu-secret-0123456789";
    public const string WebhookSecret = "webhook-secret-0123456789";
    public const string Key = "key-of-the-robot";

    /// <summary>The kinds that it is, as settings name them.</summary>
    public static readonly string[] Kinds = ["dingtalk", "wecom", "feishu", "webhook"];

    private readonly TimeProvider _clock;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Sink, string Text, string Id)> _taken = new();
    private readonly ConcurrentDictionary<string, bool> _down = new(StringComparer.Ordinal);
    private int _refused;

    private SinkReceiver(TimeProvider clock, WebApplication app) => (_clock, _app) = (clock, app);

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public string Address { get; private set; } = "";

    /// <summary>How many messages were not signed as they must be.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public IReadOnlyList<(string Sink, string Text, string Id)> Taken => [.. _taken];

    public string Url(string sink) => sink switch
    {
        "dingtalk" => $"{Address}/dingtalk/send?access_token={Key}",
        "wecom" => $"{Address}/wecom/send?key={Key}",
        "feishu" => $"{Address}/feishu/hook/{Key}",
        _ => $"{Address}/{sink}",
    };

    /// <summary>The settings of a sink that is this one.</summary>
    public object Sink(
        string kind, string? secret = null, string? name = null, long[]? games = null, string[]? conditions = null, string? severity = null,
        string[]? networks = null) => new
    {
        name = name ?? kind, kind, url = Url(kind),
        secret = secret ?? kind switch
        {
            "dingtalk" => DingTalkSecret,
            "feishu" => FeishuSecret,
            "webhook" => WebhookSecret,
            _ => null,
        },
        games, conditions, severity, allowedNetworks = networks,
    };

    /// <summary>The texts that a sink has taken.</summary>
    public List<string> Texts(string sink) => [.. Taken.Where(taken => taken.Sink == sink).Select(taken => taken.Text)];

    public void SetDown(string sink, bool isDown) => _down[sink] = isDown;

    public static async Task<SinkReceiver> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new SinkReceiver(clock, app);
        app.Run(receiver.ServeAsync);
        await app.StartAsync();
        receiver.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var sink = context.Request.Path.Value!.Split('/')[1];
        if (_down.GetValueOrDefault(sink))
        {
            context.Response.StatusCode = 500;
            return;
        }
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        if (sink == "callback")
        {
            return;
        }
        var json = JsonDocument.Parse(body).RootElement;
        var ((isRight, signedMs), text, id) = sink switch
        {
            "dingtalk" => (IsDingTalk(context.Request.Query), TextOf(json, "msgtype", "text", "content"), ""),
            "wecom" => ((context.Request.Query["key"] == Key, NowMs), TextOf(json, "msgtype", "text", "content"), ""),
            "feishu" => (IsFeishu(context.Request.Path, json), TextOf(json, "msg_type", "content", "text"), ""),
            _ => (IsWebhook(context.Request.Headers, body), json.GetProperty("text").GetString()!, context.Request.Headers["webhook-id"].ToString()),
        };
        var isLate = Math.Abs(NowMs - signedMs) >= 300_000;
        if (!isRight || isLate)
        {
            // What a test's jump in time made late is signed rightly, and has to come again.
            Interlocked.Add(ref _refused, isRight ? 0 : 1);
            context.Response.StatusCode = sink == "webhook" ? 401 : 200;
            await context.Response.WriteAsync(sink == "feishu" ? """{"code":19021,"msg":"sign match fail"}""" : """{"errcode":310000,"errmsg":"sign not match"}""");
            return;
        }
        _taken.Enqueue((sink, text, id));
        await context.Response.WriteAsync(sink == "feishu" ? """{"code":0,"msg":"success","data":{}}""" : """{"errcode":0,"errmsg":"ok"}""");
    }

    private static string TextOf(JsonElement json, string type, string outer, string inner) =>
        json.GetProperty(type).GetString() == "text" ? json.GetProperty(outer).GetProperty(inner).GetString()! : throw new InvalidOperationException("no text");

    /// <summary>open.dingtalk.com: timestamp and sign in the query; sign is HmacSHA256 over timestamp, line feed and secret, under the secret.</summary>
    private static (bool IsRight, long SignedMs) IsDingTalk(IQueryCollection query)
    {
        var timestamp = query["timestamp"].ToString();
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(DingTalkSecret), Encoding.UTF8.GetBytes(timestamp + "\n" + DingTalkSecret)));
        return (query["access_token"] == Key && query["sign"] == sign, long.Parse(timestamp));
    }

    /// <summary>open.feishu.cn: timestamp and sign in the body; sign is HmacSHA256 over nothing, under timestamp, line feed and secret.</summary>
    private static (bool IsRight, long SignedMs) IsFeishu(string path, JsonElement body)
    {
        var timestamp = body.GetProperty("timestamp").GetString()!;
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(timestamp + "\n" + FeishuSecret), Array.Empty<byte>()));
        return (path.EndsWith("/hook/" + Key, StringComparison.Ordinal) && body.GetProperty("sign").GetString() == sign, long.Parse(timestamp) * 1000);
    }

    /// <summary>standardwebhooks.com: HmacSHA256 over id, time and body with dots between; here the key is the secret in UTF-8.</summary>
    private static (bool IsRight, long SignedMs) IsWebhook(IHeaderDictionary headers, string body)
    {
        var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookSecret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
        return (headers["webhook-signature"] == "v1," + sign, long.Parse(timestamp) * 1000);
    }
}
