using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Lists, the search and an export over a million orders, in the real process: <c>dotnet run --project tests/OrderCenter.Tests -- -explicit on -class '*LargeListTests'</c>.</summary>
public sealed class LargeListTests : IDisposable
{
    private const int Orders = 1_000_000;
    private const int Games = 20;
    private const int FirstGame = 2001;
    private const long AtMs = 1_760_000_000_000;
    private const int MemoryMegabytesMax = 400;
    private const int RowsPerSecondMin = 50_000;
    private const int SearchMsMax = 100;

    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact(Explicit = true)]
    public async Task A_million_orders_are_searched_filtered_and_exported_in_bounded_time_and_memory()
    {
        var began = TimeProvider.System.GetTimestamp();
        await SeedAsync();
        Say($"{_database.Engine}: {Orders} orders seeded within {Seconds(began):0} s");
        await using var server = await ServerProcess.StartAsync(
            _database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        for (var game = FirstGame; game < FirstGame + Games; game++)
        {
            await server.PutAppAsync($"{game}", new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
        }
        var atRest = server.PeakMegabytes;

        // 1. The search, by each kind of number.
        foreach (var (what, number) in new (string, Func<int, string>)[]
        {
            ("order", Id), ("merchant order", i => $"m{i}"), ("transaction", Transaction), ("player", i => $"u{i % 200_000}"), ("busy player", _ => "bot"), ("callback", i => $"cb_{Id(i)}_1"), ("nothing", i => $"no-{i}"),
        })
        {
            var times = new List<double>();
            for (var i = 0; i < 50; i++)
            {
                var (ms, length) = await TimeAsync(server, "/api/v1/search?q=" + number((int)((i * 7_919L * 131) % Orders)));
                Assert.True(length > 15 || what is "nothing" or "callback", what);
                times.Add(ms);
            }
            times.Sort();
            Say($"search by {what}: median {times[25]:0.0} ms, slowest {times[^1]:0.0} ms");
            Assert.True(times[25] < SearchMsMax, what);
        }

        // 2. The list, by each filter: the first page, and the slowest until the end of it.
        foreach (var filter in new[]
        {
            "", $"gameId={FirstGame}", "userId=u17", "userId=bot", "state=created", "payState=refunded", "channel=wechat", "channel=nobody", "productId=gems.rare", "roleId=role17", "serverId=s3", "test=true",
            "moneyFrom=9000", $"gameId={FirstGame}&channel=nobody", "from=2025-10-09T00:00:00Z&to=2025-10-10T00:00:00Z", "merchantOrderId=m77", "transactionId=" + Transaction(500_000),
        })
        {
            var (first, pages, items, slowest, cursor) = (0d, 0, 0, 0d, "");
            do
            {
                var (ms, json) = await JsonAsync(server, $"/api/v1/orders?limit=50&{filter}{cursor}");
                (first, slowest, pages) = (pages == 0 ? ms : first, Math.Max(slowest, ms), pages + 1);
                items += json.GetProperty("items").GetArrayLength();
                cursor = json.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
            }
            while (cursor.Length > 0 && pages < 40);
            Say($"orders?{filter}: first page {first:0.0} ms, slowest of {pages} {slowest:0.0} ms, {items} orders");
        }

        // 3. The export, as fast as it is read.
        foreach (var (path, expected) in new[] { ("/api/v1/orders.csv", Orders), ($"/api/v1/orders.csv?gameId={FirstGame}", Orders / Games), ("/api/v1/orders.csv?channel=nobody", 0) })
        {
            began = TimeProvider.System.GetTimestamp();
            var (rows, bytes) = await DownloadAsync(server, path);
            var seconds = Seconds(began);
            Say($"{path}: {rows} rows, {bytes} bytes within {seconds:0.0} s: {rows / seconds:0} rows/s, at most {server.PeakMegabytes} MiB ({atRest} before)");
            Assert.Equal(expected, rows);
            Assert.True(rows == 0 || rows / seconds >= RowsPerSecondMin, $"{rows / seconds:0} rows/s");
        }
        Assert.InRange(server.PeakMegabytes, 1, MemoryMegabytesMax);
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);

    private static double Seconds(long began) => TimeProvider.System.GetElapsedTime(began).TotalSeconds;

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"{FirstGame + (i % Games)}{(AtMs / 1000) + (i / 10):D10}{i:D10}");

    private static string Transaction(int i) => string.Create(CultureInfo.InvariantCulture, $"GPA.{(uint)i * 2_654_435_761 % 4_294_967_296:D10}");

    private static async Task<(double Ms, long Length)> TimeAsync(ServerProcess server, string path)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative), Now);
        var text = await answer.Content.ReadAsStringAsync(Now);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return (TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, text.Length);
    }

    private static async Task<(double Ms, System.Text.Json.JsonElement Json)> JsonAsync(ServerProcess server, string path)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative), Now);
        var text = await answer.Content.ReadAsStringAsync(Now);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return (TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, System.Text.Json.JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Counts the records: no text of these orders holds a line break.</summary>
    private static async Task<(long Rows, long Bytes)> DownloadAsync(ServerProcess server, string path)
    {
        using var http = new HttpClient { BaseAddress = server.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Authorization = server.Http.DefaultRequestHeaders.Authorization;
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Now);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(Now);
        var (lines, bytes, buffer) = (0L, 0L, new byte[1 << 16]);
        int read;
        while ((read = await body.ReadAsync(buffer, Now)) > 0)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            bytes += read;
        }
        return (lines - 1, bytes);
    }

    /// <summary>Straight into the tables, in the order of time: every other order is paid.</summary>
    private async Task SeedAsync()
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        foreach (var chunk in Enumerable.Range(0, Orders).Chunk(1000))
        {
            await store.WriteAsync(
                async transaction =>
                {
                    foreach (var part in chunk.Chunk(100))
                    {
                        await transaction.ExecuteAsync(
                            "INSERT INTO orders (order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, created_ms, expires_ms, " +
                            "pay_state, progress, paid_ms, delivered_ms, channel, is_test, payment) VALUES " + string.Join(", ", part.Select(Order)));
                        await transaction.ExecuteAsync("INSERT INTO order_keys (game_id, merchant_order_id, order_id, fingerprint) VALUES " + string.Join(", ", part.Select(i => $"({FirstGame + (i % Games)}, 'm{i}', '{Id(i)}', 'f')")));
                        await transaction.ExecuteAsync(
                            "INSERT INTO payments (transaction_id, channel, environment, order_id, settled_ms) VALUES " + string.Join(", ", part.Select(i => $"('{Transaction(i)}', 'google', 'Production', '{Id(i)}', {AtMs + (i * 100L)})")));
                    }
                    return true;
                },
                Now);
        }
    }

    private static string Order(int i)
    {
        var (paid, ms) = (i % 2 == 0, AtMs + (i * 100L));
        var user = i % 100 == 7 ? "bot" : $"u{i % 200_000}";
        var attributes = $$"""{"roleID":"role{{i % 50_000}}","serverID":"s{{i % 300}}","roleName":"\u89D2\u8272"}""";
        var payment = $$"""{"channel":"google","environment":"Production","transactionId":"{{Transaction(i)}}","storeOrderId":"GPA.{{i}}","productId":"gems.60","quantity":1,"money":{"amountE4":65000},"currency":"CNY","purchasedMs":{{ms}}}""";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"('{Id(i)}', {FirstGame + (i % Games)}, 'm{i}', '{(i % 100_000 == 5 ? "gems.rare" : "gems.60")}', '60 元宝', {(i % 1000) * 10_000L}, 'CNY', '{user}', 1, '{attributes}', {ms}, {ms + 1}, {(paid ? 1 : 0)}, {(paid ? 1 : 0)}, {(paid ? $"{ms + 5}, {ms + 9}" : "NULL, NULL")}, {(paid ? "'google'" : "'wechat'")}, 0, {(paid ? $"'{payment}'" : "NULL")})");
    }
}
