using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace OrderCenter.Bench;

/// <summary>createorder at a rate that does not wait for answers: what a service feels like below its limit. wrk sends as fast as answers come, so its times say
/// how long its own queue is.</summary>
internal static class OpenLoop
{
    /// <summary>A call that finds all of them busy waits for one, and that wait is part of its time.</summary>
    private const int Connections = 256;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Prints <c>count p50-ms p99-ms max-ms per-second</c>: from the call to its whole answer, and the rate that was reached.</summary>
    public static async Task RunAsync(Uri url, string bodyFile, int rate, double seconds)
    {
        var body = await ReadBodyAsync(bodyFile);
        using var client = NewClient();
        await OfferAsync(() => CallAsync(client, url, body), rate, Math.Min(1, seconds));
        var (tookMs, reached) = await OfferAsync(() => CallAsync(client, url, body), rate, seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Percentiles.Of(tookMs)} {reached:F0}"));
    }

    public static HttpClient NewClient() =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });

    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(string file)
    {
        var body = await File.ReadAllBytesAsync(file);
        return body.AsMemory(0, body.AsSpan().TrimEnd((byte)'\n').Length);
    }

    /// <summary>Calls so many times a second, whether the calls before have ended or not.</summary>
    public static async Task<(T[] Results, double Reached)> OfferAsync<T>(Func<Task<T>> callAsync, int rate, double seconds)
    {
        var calls = new List<Task<T>>((int)(rate * seconds));
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var total = (int)(rate * seconds);
        while (calls.Count < total)
        {
            var due = Math.Min(total, (int)(clock.GetElapsedTime(start).TotalSeconds * rate) + 1);
            while (calls.Count < due)
            {
                calls.Add(callAsync());
            }
            await Task.Delay(Tick, clock);
        }
        var reached = total / clock.GetElapsedTime(start).TotalSeconds;
        return (await Task.WhenAll(calls), reached);
    }

    /// <summary>The status and the body of the answer to a form.</summary>
    public static async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(HttpClient client, Uri url, ReadOnlyMemory<byte> body)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var answer = await client.PostAsync(url, content);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task<double> CallAsync(HttpClient client, Uri url, ReadOnlyMemory<byte> body)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        Requests.OrderIdOf((await PostAsync(client, url, body)).Body);
        return clock.GetElapsedTime(start).TotalMilliseconds;
    }
}
