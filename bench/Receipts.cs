using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Bench;

/// <summary>Purchases of Google Play for valiorder, signed ahead: they are as the Simulator's store makes them, but their key is kept in a file, so that they can
/// be signed on all cores and serve more than one service.</summary>
internal static class Receipts
{
    private const int KeyBits = 2048;
    private const int Connections = 64;
    private const string PackageName = "com.game.journey";
    private const string ProductId = "com.game.gem.648";

    /// <summary>Appends so many receipts to a file, one a line; makes the key when it is missing.</summary>
    public static void Append(string keyFile, int count, string file)
    {
        if (!File.Exists(keyFile))
        {
            using var key = RSA.Create(KeyBits);
            File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        }
        var pem = File.ReadAllText(keyFile);
        using var store = new GooglePlay(TimeProvider.System);
        var receipts = new ConcurrentQueue<string>();
        Parallel.For(
            0, count,
            () =>
            {
                var key = RSA.Create();
                key.ImportFromPem(pem);
                return key;
            },
            (_, _, key) =>
            {
                var data = store.Data(new GooglePurchase { PackageName = PackageName, ProductId = ProductId });
                var signature = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(data), HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));
                receipts.Enqueue(GooglePlay.Receipt(data, signature));
                return key;
            },
            key => key.Dispose());
        File.AppendAllLines(file, receipts);
    }

    /// <summary>Makes the game (<paramref name="callbackUrl"/> may be <c>none</c>), an order for each receipt, and writes the bodies that present them.</summary>
    public static async Task WriteBodiesAsync(Uri url, string token, string callbackUrl, long gameId, string keyFile, IEnumerable<string> receipts, string file)
    {
        using var client = new HttpClient { BaseAddress = url };
        await PutAppAsync(client, token, callbackUrl, gameId, keyFile);
        var order = Requests.Order(null);
        order["gameid"] = gameId.ToString();
        var create = Requests.Signed(order);
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString();
        var bodies = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(receipts, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (receipt, cancellationToken) =>
        {
            using var content = new StringContent(create, Encoding.UTF8, "application/x-www-form-urlencoded");
            using var created = await client.PostAsync(new Uri(Requests.CreatePath, UriKind.Relative), content, cancellationToken);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["platorderid"] = Requests.OrderIdOf(await created.Content.ReadAsByteArrayAsync(cancellationToken)),
                ["gameid"] = gameId.ToString(),
                ["time"] = seconds,
            };
            // The sign leaves the receipt out (protocols.md §1).
            bodies.Enqueue($"payreturndata={Uri.EscapeDataString(receipt)}&{Requests.Signed(fields)}");
        });
        await File.WriteAllLinesAsync(file, bodies);
    }

    private static async Task PutAppAsync(HttpClient client, string token, string callbackUrl, long gameId, string keyFile)
    {
        using var key = RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(keyFile));
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        var callback = callbackUrl == "none" ? "" : $$"""
            "callbackUrl":"{{callbackUrl}}","callback":{"maxConcurrency":128,"timeoutSeconds":5},
            """;
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/apps/{gameId}");
        put.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        put.Content = new StringContent(
            $$"""{"name":"Bench {{gameId}}","protocol":"OrderApi","secret":"{{Requests.Secret}}","timeWindowSeconds":{{Requests.TimeWindowSeconds}},{{callback}}"channels":{"google":{"packageName":"{{PackageName}}","publicKey":"{{publicKey}}"} } }""",
            Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(put);
        answer.EnsureSuccessStatusCode();
    }
}
