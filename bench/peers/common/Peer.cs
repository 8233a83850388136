using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Bench.Peers;

/// <summary>Another engine that delivers callbacks durably. The harness drives it by lines on stdin and stdout: <c>seed N</c>, <c>run N</c>,
/// <c>lat RATE SECONDS</c>, <c>quit</c>; node/common.mjs speaks the same.</summary>
public interface IPeer
{
    Task InitAsync();

    /// <summary>Stores jobs durably while the engine is stopped.</summary>
    Task SeedAsync(long first, int count);

    Task EnqueueOneAsync(long id, string pathAndQuery);

    Task StartAsync();

    Task StopAsync();

    /// <summary>Jobs whose outcome is durable.</summary>
    long Done { get; }

    /// <summary>What the store says is left.</summary>
    Task<string> VerifyAsync();
}

public static class Peer
{
    private const int LimitSeconds = 120;
    private static readonly MediaTypeHeaderValue Form = new("application/x-www-form-urlencoded");

    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = Concurrency, UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null,
    })
    { BaseAddress = new Uri(Setting("PEER_TARGET")), Timeout = TimeSpan.FromSeconds(10) };

    public static int Concurrency => int.Parse(Environment.GetEnvironmentVariable("PEER_CONCURRENCY") ?? "128");

    public static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set");

    public static string Body(long id) =>
        $"order_id={id}&game_id=1001&server_id=17&role_id=role-55512&user_id=88812345&product_id=com.game.gem.648&amount=64800&currency=CNY&pay_time=1795233266&pay_no=P2026112100001&channel=203&status=1&ext=zone17-promo-none-abcdefghijklmnopqrstuvwxyz&test=0&sign=9e107d9d372bb6826bd81d3542a419d6";

    public static async Task PostAsync(string pathAndQuery, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = Form;
        using var answer = await Client.PostAsync(pathAndQuery, content);
        var reply = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode != 200 || reply != "success")
        {
            throw new HttpRequestException($"answered {(int)answer.StatusCode} {reply}");
        }
    }

    public static async Task ServeAsync(IPeer peer)
    {
        await peer.InitAsync();
        long next = 1;
        Console.WriteLine("READY");
        while (Console.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["seed", var count]:
                    var seeding = Stopwatch.GetTimestamp();
                    await peer.SeedAsync(next, int.Parse(count));
                    next += int.Parse(count);
                    Say("SEEDED", new { secs = Stopwatch.GetElapsedTime(seeding).TotalSeconds });
                    break;
                case ["run", var count]:
                    await RunAsync(peer, int.Parse(count));
                    break;
                case ["lat", var rate, var seconds]:
                    next = await LatencyAsync(peer, next, double.Parse(rate), double.Parse(seconds));
                    break;
                default:
                    return;
            }
        }
    }

    private static async Task RunAsync(IPeer peer, int count)
    {
        var want = peer.Done + count;
        var start = Stopwatch.GetTimestamp();
        await peer.StartAsync();
        while (peer.Done < want && Stopwatch.GetElapsedTime(start).TotalSeconds < LimitSeconds)
        {
            await Task.Delay(2);
        }
        var secs = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Say("DONE", new { secs, missing = want - peer.Done, verify = await peer.VerifyAsync() });
        await peer.StopAsync();
    }

    private static async Task<long> LatencyAsync(IPeer peer, long next, double rate, double seconds)
    {
        var count = (int)(rate * seconds);
        await peer.StartAsync();
        await Task.Delay(1500);
        var want = peer.Done + count;
        var start = Stopwatch.GetTimestamp();
        var pending = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var wait = (i / rate) - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (wait > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(wait));
            }
            // Stamped before the enqueue's own commit.
            pending.Add(peer.EnqueueOneAsync(next++, $"/lat?t={(DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / 10}"));
        }
        await Task.WhenAll(pending);
        for (var i = 0; i < 2000 && peer.Done < want; i++)
        {
            await Task.Delay(5);
        }
        Say("LATDONE", new { sent = count, missing = want - peer.Done });
        await peer.StopAsync();
        return next;
    }

    private static void Say(string word, object fields) => Console.WriteLine($"{word} {JsonSerializer.Serialize(fields)}");
}
