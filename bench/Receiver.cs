using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderCenter.Bench;

/// <summary>The game server that callbacks and plain loops post to: it reads the body and says "success". <c>/timed</c> keeps the first arrival of every
/// <c>webhook-id</c>; <c>/hang</c> answers after 30 s; <c>/lat?t=</c> is where the other engines post what they were told to deliver at that moment (Unix microseconds).</summary>
internal static class Receiver
{
    private static readonly byte[] Success = "success"u8.ToArray();
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static long s_count;
    private static long s_repeats;

    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
        });
        await using var app = builder.Build();
        var arrivals = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        app.MapPost("/cb", AnswerAsync);
        app.MapPost("/timed", async context =>
        {
            if (!arrivals.TryAdd(context.Request.Headers["webhook-id"].ToString(), NowUs()))
            {
                Interlocked.Increment(ref s_repeats);
            }
            await AnswerAsync(context);
        });
        app.MapPost("/hang", async context =>
        {
            await Task.Delay(Hang, TimeProvider.System, context.RequestAborted);
            await AnswerAsync(context);
        });
        var latencies = new ConcurrentBag<double>();
        app.MapPost("/lat", async context =>
        {
            latencies.Add((NowUs() - double.Parse(context.Request.Query["t"].ToString(), CultureInfo.InvariantCulture)) / 1000);
            await AnswerAsync(context);
        });
        app.MapGet("/latencies", () => Results.Text(Percentiles.Of(latencies)));
        app.MapGet("/stats", () => Results.Text($"{Interlocked.Read(ref s_count)} {Interlocked.Read(ref s_repeats)}"));
        app.MapGet("/arrivals", context => context.Response.WriteAsJsonAsync(new Dictionary<string, double>(arrivals), ReceiverJson.Default.DictionaryStringDouble));
        app.MapPost("/reset", () =>
        {
            arrivals.Clear();
            latencies.Clear();
            Interlocked.Exchange(ref s_count, 0);
            Interlocked.Exchange(ref s_repeats, 0);
        });
        await app.StartAsync();
        Console.WriteLine($"Now listening on: {string.Join(' ', app.Urls)}");
        await app.WaitForShutdownAsync();
    }

    /// <summary>Unix microseconds, the same clock in every process of this machine.</summary>
    public static double NowUs() => (TimeProvider.System.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) / 10.0;

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        Interlocked.Increment(ref s_count);
        context.Response.ContentLength = Success.Length;
        await context.Response.Body.WriteAsync(Success);
    }
}

[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class ReceiverJson : JsonSerializerContext;
