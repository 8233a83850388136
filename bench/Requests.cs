using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Bench;

/// <summary>The requests of a game server, signed as protocols.md §1 says; the same bytes go to the service and to the bare server.</summary>
internal static class Requests
{
    public const string Secret = "bench-0123456789abcdef0123456789";
    public const string CreatePath = "/ordercenter/createorder";
    public const string QueryPath = "/ordercenter/queryorder";
    public const int GameId = 1001;

    private const int Connections = 64;
    private const int OrdersQueried = 10_000;

    /// <summary>So wide that a query signed at the start of a run is good until its end.</summary>
    public const int TimeWindowSeconds = 86_400;

    /// <summary>A createorder as the games send it: what is required and most of what is optional.</summary>
    public static Dictionary<string, string> Order(string? orderId) => new(StringComparer.Ordinal)
    {
        ["productid"] = "com.game.gem.648",
        ["productname"] = "Gem pack 648",
        ["money"] = "648.00",
        ["currency"] = "CNY",
        ["gameid"] = GameId.ToString(),
        ["gamename"] = "Journey of Light",
        ["roleID"] = "role-55512",
        ["roleName"] = "Hero of Light",
        ["serverID"] = "17",
        ["serverName"] = "Dawn 17",
        ["userID"] = "88812345",
        ["username"] = "lightbringer",
        ["roleLevel"] = "42",
        ["packagename"] = "com.game.journey",
        ["orderID"] = orderId ?? "",
    };

    /// <summary>Makes the app and the orders that are queried, and writes <c>create.txt</c> (one body) and <c>query.txt</c> (targets) into a directory.</summary>
    public static async Task PrepareAsync(Uri url, string token, string directory)
    {
        using var client = new HttpClient { BaseAddress = url };
        await PutAppAsync(client, token, GameId);

        var body = Signed(Order(null));
        await File.WriteAllTextAsync(Path.Combine(directory, "create.txt"), body + "\n");
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var targets = new string[OrdersQueried];
        await Parallel.ForAsync(0, OrdersQueried, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (i, cancellationToken) =>
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
            using var created = await client.PostAsync(CreatePath, content, cancellationToken);
            var id = OrderIdOf(await created.Content.ReadAsByteArrayAsync(cancellationToken));
            var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["platorderid"] = id, ["gameid"] = GameId.ToString(), ["time"] = seconds.ToString() };
            targets[i] = $"{QueryPath}?{Signed(fields)}";
        });
        await File.WriteAllLinesAsync(Path.Combine(directory, "query.txt"), targets);
    }

    /// <summary>Makes an app, or changes it to what is measured.</summary>
    public static async Task PutAppAsync(HttpClient client, string token, int gameId)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/apps/{gameId}");
        put.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        put.Content = new StringContent(
            $$"""{"name":"Bench","protocol":"OrderApi","secret":"{{Secret}}","timeWindowSeconds":{{TimeWindowSeconds}}}""", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(put);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Writes bodies with order numbers of the game's own, each different.</summary>
    public static void WriteBodies(int count, string prefix, string file)
    {
        using var output = new StreamWriter(file);
        for (var i = 0; i < count; i++)
        {
            output.Write(Signed(Order($"{prefix}-{i:D8}")));
            output.Write('\n');
        }
    }

    /// <summary>Asks for every target once and looks into every answer; wrk counts only HTTP's status.</summary>
    /// <returns>0: all were answered with their own order.</returns>
    public static async Task<int> VerifyAsync(Uri url, string targets)
    {
        using var client = new HttpClient { BaseAddress = url };
        var wrong = 0;
        await Parallel.ForEachAsync(File.ReadLines(targets), new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (target, cancellationToken) =>
        {
            var body = await client.GetByteArrayAsync(new Uri(target, UriKind.Relative), cancellationToken);
            if (!target.Contains($"platorderid={OrderIdOf(body)}&", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref wrong);
            }
        });
        Console.WriteLine(wrong);
        return wrong == 0 ? 0 : 1;
    }

    /// <summary>The sign of decoded parameters: by name, ordinal; <c>name=value&amp;</c> each; then the secret.</summary>
    public static string Sign(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder(512);
        foreach (var (name, value) in parameters.Where(parameter => parameter.Key != "sign").OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('=').Append(value).Append('&');
        }
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text.Append(Secret).ToString())));
    }

    /// <summary>The parameters url-encoded; the sign stands last.</summary>
    public static string Signed(Dictionary<string, string> parameters) =>
        string.Concat(parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}&")) + "sign=" + Sign(parameters);

    public static string OrderIdOf(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("resultCode").GetInt32() == 0
            ? json.RootElement.GetProperty("data").GetProperty("platorderid").GetString()!
            : throw new InvalidOperationException($"refused: {Encoding.UTF8.GetString(answer)}");
    }
}
