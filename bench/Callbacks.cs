using System.Data.Common;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Persistence;

namespace OrderCenter.Bench;

/// <summary>Callbacks of the running service, seen from outside: waiting ones are put into its database, all due at one moment, and its own counter says when
/// the last outcome was committed; or orders are paid through its native API and the receiver says when the first POST came.</summary>
internal sealed class Callbacks(Uri service, string token, Uri receiver) : IDisposable
{
    private const int SeedStep = 5000;
    private const int LeadMs = 4000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly HttpClient _client = NewClient(service, token);
    private readonly HttpClient _receiver = new() { BaseAddress = receiver };

    public void Dispose()
    {
        _client.Dispose();
        _receiver.Dispose();
    }

    /// <summary>Makes games whose callbacks go to the receiver.</summary>
    public async Task PutAppsAsync(long first, int count, string path, int maxConcurrency, int timeoutSeconds)
    {
        for (var gameId = first; gameId < first + count; gameId++)
        {
            using var answer = await _client.PutAsync(
                new Uri($"/api/v1/apps/{gameId}", UriKind.Relative),
                Json($$"""{"name":"Bench {{gameId}}","protocol":"OrderApi","secret":"{{Requests.Secret}}","callbackUrl":"{{new Uri(receiver, path)}}","callback":{"maxConcurrency":{{maxConcurrency}},"timeoutSeconds":{{timeoutSeconds}} } }"""));
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Prints <c>callbacks seconds</c>: from the moment at which they are due to the commit of the last outcome.</summary>
    public async Task DrainAsync(string engine, string connectionString, long gameId, int count, string batch, int? leadMs = null)
    {
        var before = await DeliveredAsync();
        var dueMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + (leadMs ?? LeadMs + (count / 20));
        await SeedAsync(engine, connectionString, gameId, new Uri(receiver, "/cb"), count, dueMs, batch);
        var lead = dueMs - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (lead < 1000)
        {
            throw new InvalidOperationException($"putting {count} callbacks in took too long: {lead} ms were left");
        }
        await Task.Delay(TimeSpan.FromMilliseconds(lead), TimeProvider.System);
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        for (var done = 0L; (done = await DeliveredAsync() - before) < count;)
        {
            var elapsed = clock.GetElapsedTime(start);
            if (elapsed > Patience)
            {
                throw new InvalidOperationException($"{done} of {count} callbacks were delivered in {Patience}");
            }

            // Half of what is left at the pace so far: looking costs both processes time, and only the end needs it often.
            var left = done > 0 ? elapsed * ((double)(count - done) / done) / 2 : elapsed;
            await Task.Delay(left < Look ? Look : left > LookMax ? LookMax : left, TimeProvider.System);
        }
        Console.WriteLine($"{count} {clock.GetElapsedTime(start).TotalSeconds:F3}");
    }

    /// <summary>Pays orders through the native API at a steady rate and prints <c>count p50-ms p99-ms max-ms per-second</c>: from before the request that pays (its own
    /// commit included) to the first POST at the receiver, and the rate that was reached. With the database whose callbacks say when they were queued
    /// (<c>bench_queued_us</c>, Unix microseconds) also <c>p50-ms p99-ms</c> from there.</summary>
    public async Task LatencyAsync(long firstGame, int games, int rate, int seconds, string? timedConnection)
    {
        var count = rate * seconds;
        var orders = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => orders[i] = await CreateAsync(firstGame + (i % games)));
        for (var i = 0; i < 3; i++)
        {
            await PayAsync(await CreateAsync(firstGame));
        }
        using var reset = await _receiver.PostAsync(new Uri("/reset", UriKind.Relative), null);
        var paidUs = new double[count];
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var pending = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / rate) - clock.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, TimeProvider.System);
            }
            paidUs[i] = Receiver.NowUs();
            pending.Add(PayAsync(orders[i]));
        }
        var reached = count / clock.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAll(pending);
        await Task.Delay(Settle, TimeProvider.System);
        var arrivals = JsonSerializer.Deserialize(await _receiver.GetStringAsync(new Uri("/arrivals", UriKind.Relative)), ReceiverJson.Default.DictionaryStringDouble)!;
        var byOrder = arrivals.GroupBy(arrival => arrival.Key.Split('_')[1]).ToDictionary(group => group.Key, group => group.Min(arrival => arrival.Value));
        double[] SinceMs(Func<int, double> beganUs) =>
            [.. orders.Select((order, i) => byOrder.TryGetValue(order, out var arrived) ? (arrived - beganUs(i)) / 1000 : double.PositiveInfinity).Order()];
        var tookMs = SinceMs(i => paidUs[i]);
        var fromQueued = "";
        if (timedConnection is not null)
        {
            var queuedUs = await QueuedAsync(timedConnection, firstGame, games);
            var waitedMs = SinceMs(i => queuedUs[orders[i]]);
            fromQueued = string.Create(CultureInfo.InvariantCulture, $" {waitedMs[count / 2]:F2} {waitedMs[count * 99 / 100]:F2}");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {tookMs[count / 2]:F2} {tookMs[count * 99 / 100]:F2} {tookMs[^1]:F2} {reached:F0}") + fromQueued);
    }

    /// <summary>When the callbacks of games were queued, by order.</summary>
    private static async Task<Dictionary<string, double>> QueuedAsync(string connectionString, long firstGame, int games)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT order_id, bench_queued_us FROM callbacks WHERE game_id >= $1 AND game_id < $2", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = firstGame });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = firstGame + games });
        await using var rows = await command.ExecuteReaderAsync();
        var queued = new Dictionary<string, double>(StringComparer.Ordinal);
        while (await rows.ReadAsync())
        {
            queued[rows.GetString(0)] = rows.GetInt64(1);
        }
        return queued;
    }

    /// <summary>Puts paid orders with one waiting callback each into the service's database, as its own statements would.</summary>
    public static async Task SeedAsync(string engine, string connectionString, long gameId, Uri url, int count, long dueMs, string batch)
    {
        await using var connection = await OpenAsync(engine, connectionString);
        var endpoint = $"{gameId} {url.GetLeftPart(UriPartial.Authority)}";
        for (var from = 1; from <= count; from += SeedStep)
        {
            await RunAsync(connection, SeedSql(gameId, url, endpoint, from, Math.Min(from + SeedStep - 1, count), dueMs, batch));
        }
        await RunAsync(connection, $"INSERT INTO callback_endpoints (endpoint, game_id) VALUES ('{endpoint}', {gameId}) ON CONFLICT (endpoint) DO NOTHING");
        if (engine == DatabaseOptions.Postgres)
        {
            await RunAsync(connection, "VACUUM ANALYZE orders");
            await RunAsync(connection, "VACUUM ANALYZE callbacks");
            await RunAsync(connection, "CHECKPOINT");
        }
    }

    private static string SeedSql(long gameId, Uri url, string endpoint, int from, int to, long dueMs, string batch)
    {
        var numbers = $"WITH RECURSIVE numbers(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM numbers WHERE i < {to})";
        var id = $"'{gameId}{dueMs / 1000:D10}{batch}' || substr('00000000' || CAST(i AS text), length('00000000' || CAST(i AS text)) - 7)";
        var nowMs = dueMs - 60_000;
        var attributes = """{"gamename":"Journey of Light","roleID":"role-55512","serverID":"17","packagename":"com.game.journey"}""";
        var payment = """{"channel":"bank","environment":"Production","transactionId":"P2026112100001"}""";
        return $"""
            {numbers}
            INSERT INTO orders (order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, channel,
                pay_state, progress, payment, created_ms, expires_ms, paid_ms)
            SELECT {id}, {gameId}, '{batch}' || i, 'com.game.gem.648', 'Gem pack 648', 6480000, 'CNY', '88812345', 1, '{attributes}', 'bank', 1, 2, '{payment}', {nowMs}, {nowMs + 86_400_000}, {nowMs} FROM numbers;
            {numbers}
            INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, created_ms)
            SELECT {id}, 1, {gameId}, 'order.paid', '{url}', '{endpoint}', '0,5000,30000,120000', {nowMs}, 0, 0, 0, {dueMs}, 0, {nowMs} FROM numbers;
            """;
    }

    private static async Task<DbConnection> OpenAsync(string engine, string connectionString)
    {
        DbConnection connection = engine == DatabaseOptions.Postgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        if (engine == DatabaseOptions.Sqlite)
        {
            // Making the service's store also chooses the SQLite of the operating system.
            _ = new Database(new DatabaseOptions(DatabaseOptions.Sqlite, connectionString), TimeProvider.System, NullLoggerFactory.Instance);
        }
        await connection.OpenAsync();
        return connection;
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Made of this program's own numbers and names.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the service itself counts: attempts whose outcome "delivered" is committed.</summary>
    private async Task<long> DeliveredAsync()
    {
        var text = await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("ordercenter_callback_attempts_total", StringComparison.Ordinal) && line.Contains("Delivered", StringComparison.Ordinal))
            {
                return (long)double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            }
        }
        return 0;
    }

    private async Task<string> CreateAsync(long gameId)
    {
        using var answer = await _client.PostAsync(
            new Uri("/api/v1/orders", UriKind.Relative),
            Json($$"""{"gameId":{{gameId}},"productId":"com.game.gem.648","productName":"Gem pack 648","money":"648","currency":"CNY","userId":"88812345","merchantOrderId":"{{Guid.NewGuid():N}}","quantity":1}"""));
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return json.RootElement.GetProperty("orderId").GetString()!;
    }

    private async Task PayAsync(string orderId)
    {
        using var answer = await _client.PostAsync(
            new Uri($"/api/v1/orders/{orderId}/paid", UriKind.Relative), Json($$"""{"channel":"bank","transactionId":"{{orderId}}","money":"648","currency":"CNY"}"""));
        answer.EnsureSuccessStatusCode();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static HttpClient NewClient(Uri service, string token)
    {
        var client = new HttpClient { BaseAddress = service };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
