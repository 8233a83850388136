using System.Net.Http.Headers;
using System.Text;

namespace OrderCenter.Bench;

/// <summary>The limit "raw POST loop": HttpClient posts a callback's body as fast as it can; nothing is stored, nothing is signed.</summary>
internal static class PostLoop
{
    /// <summary>The size of an order.paid message of OrderApi.</summary>
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"type":"order.paid","timestamp":"2026-11-21T08:00:00.000Z","data":{"platorderid":"10011554867699875662","productid":"com.game.gem.648","money":648,"currency":"CNY","productname":"Gem pack 648","gameid":1001,"gamename":"Journey of Light","packagename":"com.game.journey","orderID":"bench-00000001","roleID":"role-55512","serverID":"17","userID":"88812345","pay_state":1,"pay_channel":0,"state":2}}""");

    /// <summary>Prints <c>POSTs seconds</c>.</summary>
    public static async Task RunAsync(Uri url, int connections, double seconds)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
        await LoopAsync(client, url, connections, Math.Min(2, seconds));
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var count = await LoopAsync(client, url, connections, seconds);
        Console.WriteLine($"{count} {clock.GetElapsedTime(start).TotalSeconds:F3}");
    }

    private static async Task<long> LoopAsync(HttpClient client, Uri url, int connections, double seconds)
    {
        long count = 0;
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (clock.GetElapsedTime(start).TotalSeconds < seconds)
            {
                using var content = new ByteArrayContent(Body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await client.PostAsync(url, content);
                await answer.Content.ReadAsByteArrayAsync();
                Interlocked.Increment(ref count);
            }
        })));
        return count;
    }
}
