using System.Net;

namespace OrderCenter.Bench;

/// <summary>One game far beyond its rate limit, beside another: what of its flood is taken. What the other feels, <see cref="OpenLoop"/> measures.</summary>
internal static class Flood
{
    private const int FloodingGameId = Requests.GameId + 1;

    /// <summary>Makes the two apps, and writes a createorder of each: <c>calm.txt</c> and <c>flood.txt</c>.</summary>
    public static async Task PrepareAsync(Uri url, string token, string directory)
    {
        using var client = new HttpClient { BaseAddress = url };
        foreach (var (gameId, file) in new[] { (Requests.GameId, "calm.txt"), (FloodingGameId, "flood.txt") })
        {
            await Requests.PutAppAsync(client, token, gameId);
            var order = Requests.Order(null);
            order["gameid"] = gameId.ToString();
            await File.WriteAllTextAsync(Path.Combine(directory, file), Requests.Signed(order) + "\n");
        }
    }

    /// <summary>Prints <c>accepted refused other per-second</c>: the answers by their status (200, 429, anything else), and the rate that was reached.</summary>
    public static async Task RunAsync(Uri url, string bodyFile, int rate, double seconds)
    {
        var body = await OpenLoop.ReadBodyAsync(bodyFile);
        using var client = OpenLoop.NewClient();
        var (answers, reached) = await OpenLoop.OfferAsync(async () => (await OpenLoop.PostAsync(client, url, body)).Status, rate, seconds);
        var (accepted, refused) = (answers.Count(status => status == HttpStatusCode.OK), answers.Count(status => status == HttpStatusCode.TooManyRequests));
        Console.WriteLine($"{accepted} {refused} {answers.Length - accepted - refused} {reached:F0}");
    }
}
