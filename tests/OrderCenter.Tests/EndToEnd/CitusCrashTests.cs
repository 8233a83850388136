using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>Servers of a real Citus cluster crash under load, where one is given: ORDERCENTER_TESTS_CITUS as for <see cref="CitusTests"/>, and ORDERCENTER_TESTS_CITUS_FAULTS, a
/// program that is run with <c>kill</c> or <c>restart</c> and <c>coordinator</c>, <c>1</c> or <c>2</c> (a worker). ORDERCENTER_TESTS_CITUS_CRASHES: how many, 20 otherwise.</summary>
public sealed class CitusCrashTests
{
    private const string Game = "1001";
    private const string Player = "88001";
    private static readonly string? Cluster = Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_CITUS");
    private static readonly string? Faults = Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_CITUS_FAULTS");
    private static readonly int Crashes = int.Parse(Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_CITUS_CRASHES") ?? "20", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];

    private readonly ConcurrentDictionary<string, string> _created = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _paid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _refusals = new();
    private readonly ConcurrentBag<string> _unexpected = [];
    private long _debits;
    private long _slowestMs;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Crashes_of_its_servers_lose_nothing_and_every_request_is_answered_within_five_seconds()
    {
        Assert.SkipWhen(Cluster is null || Faults is null, "no Citus cluster is given (ORDERCENTER_TESTS_CITUS, ORDERCENTER_TESTS_CITUS_FAULTS)");
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["kkkkkkkkkkkkkkkk"], Clock = TimeProvider.System, Random = new Random(1), ArrivalsMax = 100_000 }, Now);
        await using (var store = new Database(new DatabaseOptions(DatabaseOptions.Postgres, Cluster!, Distribute: true), TimeProvider.System, NullLoggerFactory.Instance))
        {
            await store.OpenAsync(Now);
        }
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        ServerProcess[] nodes = [first, second];
        await nodes[0].PutAppAsync(Game, new
        {
            name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", callbackUrl = receiver.OrderApi, orderIdRandomDigits = 10,
            callback = new { retrySeconds = Enumerable.Repeat(1, 60).Prepend(0), timeoutSeconds = 2 },
        });
        // The other node hears of the app within two seconds; until then it refuses its orders, or calls the receiver of a run before.
        while (!(await AppAsync(nodes[1])).Contains(receiver.OrderApi.AbsoluteUri, StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Now);
        }
        using (var player = await nodes[0].Http.PutAsJsonAsync("/api/v1/users/" + Player, new { platAccount = "player" + Player, userName = "player" }, JsonSerializerOptions.Default, Now))
        {
            player.EnsureSuccessStatusCode();
        }
        var before = await BalanceAsync(nodes[0]);
        using (var wealth = await PostAsync(nodes[0], $"/api/v1/users/{Player}/points", new { amount = "1000000", reason = "test", idempotencyKey = Run }))
        {
            wealth.EnsureSuccessStatusCode();
        }

        // 1. Crashes under load.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, 12).Select(client => Task.Run(() => LoadAsync(nodes, client, end.Token), Now)).ToList();
        for (var crash = 0; crash < Crashes; crash++)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Now);
            var server = (crash % 4) switch { 0 or 2 => "1", 1 => "2", _ => "coordinator" };
            await FaultAsync("kill", server);
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);
            await FaultAsync("restart", server);
        }
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System, Now);
        await end.CancelAsync();
        await Task.WhenAll(load);

        // 2. What was acknowledged is there: rows, keys, payments, points, goods, and the feed without a gap.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        await receiver.Ledger.WaitAsync(ledger => _paid.Keys.All(ledger.HasGoods), patience.Token);
        Assert.Equal(0, receiver.Ledger.Overlaps);
        Assert.Equal(before + 1_000_000 - _debits, await BalanceAsync(nodes[1]));
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync(Now);
        var orders = await TextsAsync(connection, $"SELECT order_id FROM orders WHERE merchant_order_id LIKE '{Run}-%'");
        Assert.Empty(_created.Values.Except(orders));
        Assert.Equal(orders.Order(), (await TextsAsync(connection, $"SELECT order_id FROM order_keys WHERE merchant_order_id LIKE '{Run}-%'")).Order());
        var paidRows = await TextsAsync(connection, $"SELECT order_id FROM orders WHERE merchant_order_id LIKE '{Run}-%' AND pay_state = 1");
        Assert.Empty(_paid.Keys.Except(paidRows));
        Assert.Equal(paidRows.Order(), (await TextsAsync(connection, $"SELECT order_id FROM payments WHERE transaction_id LIKE '{Run}-%'")).Order());
        Assert.Empty(paidRows.Except(await TextsAsync(connection, "SELECT order_id FROM callbacks")));
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Now);
        var (created, paid) = await FeedAsync(nodes[0]);
        Assert.Empty(orders.Except(created));
        Assert.Empty(paidRows.Except(paid));

        TestContext.Current.SendDiagnosticMessage(
            $"{_created.Count} orders, {_paid.Count} paid, {_debits} debits, refusals {string.Join(", ", _refusals.Select(pair => $"{pair.Key}: {pair.Value}"))}, slowest {_slowestMs} ms");
        Assert.True(_paid.Count > 100, $"{_paid.Count} orders were paid");
        Assert.InRange(_slowestMs, 0, 5000);
        Assert.Empty(_unexpected);
    }

    private static Task<ServerProcess> StartAsync() =>
        ServerProcess.StartAsync(
            new DatabaseOptions(DatabaseOptions.Postgres, Cluster!), ("Storage__Distribute", "true"), ("Callbacks__AllowPrivateNetworks", "true"), ("Logging__LogLevel__Default", "Error"),
            ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));

    private static async Task FaultAsync(string fault, string server)
    {
        using var process = Process.Start(new ProcessStartInfo(Faults!, [fault, server]) { UseShellExecute = false })!;
        await process.WaitForExitAsync(Now);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Creates and pays orders, and takes points, each again under its own key until it is acknowledged.</summary>
    private async Task LoadAsync(ServerProcess[] nodes, int client, CancellationToken end)
    {
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            var (key, node) = ($"{Run}-{client}-{turn}", (client + turn) % nodes.Length);
            using var created = await UntilAcknowledgedAsync(
                nodes, node, "/api/v1/orders", new { gameId = Game, productId = "p", productName = "p", money = "6.5", currency = "CNY", userId = "u", merchantOrderId = key });
            var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
            Assert.Equal(id, _created.GetOrAdd(key, id));
            using var paid = await UntilAcknowledgedAsync(nodes, node, $"/api/v1/orders/{id}/paid", new { channel = "test", transactionId = key });
            _paid[id] = true;
            using var debited = await UntilAcknowledgedAsync(nodes, node, $"/api/v1/users/{Player}/points", new { amount = "-1", reason = "test", idempotencyKey = key });
            Interlocked.Increment(ref _debits);
        }
    }

    private async Task<HttpResponseMessage> UntilAcknowledgedAsync(ServerProcess[] nodes, int node, string path, object body)
    {
        for (var turn = node; ; turn++)
        {
            var since = TimeProvider.System.GetTimestamp();
            var answer = await PostAsync(nodes[turn % nodes.Length], path, body);
            var tookMs = (long)TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
            for (var slowest = Interlocked.Read(ref _slowestMs); tookMs > slowest; slowest = Interlocked.Read(ref _slowestMs))
            {
                Interlocked.CompareExchange(ref _slowestMs, tookMs, slowest);
            }
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }
            _refusals.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                _unexpected.Add($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Now)}");
            }
            answer.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Now);
        }
    }

    private static Task<HttpResponseMessage> PostAsync(ServerProcess node, string path, object body) =>
        node.Http.PostAsJsonAsync(path, body, JsonSerializerOptions.Default, Now);

    private static async Task<string> AppAsync(ServerProcess node)
    {
        using var answer = await node.Http.GetAsync(new Uri($"/api/v1/apps/{Game}", UriKind.Relative), Now);
        return await answer.Content.ReadAsStringAsync(Now);
    }

    private static async Task<long> BalanceAsync(ServerProcess node)
    {
        using var answer = await node.Http.GetAsync(new Uri($"/api/v1/users/{Player}/points", UriKind.Relative), Now);
        answer.EnsureSuccessStatusCode();
        return long.Parse((await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("balance").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<List<string>> TextsAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constants of the test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Now);
        var texts = new List<string>();
        while (await reader.ReadAsync(Now))
        {
            texts.Add(reader.GetString(0));
        }
        return texts;
    }

    /// <summary>The orders that the feed says were created and paid; its numbers have no gap.</summary>
    private static async Task<(HashSet<string> Created, HashSet<string> Paid)> FeedAsync(ServerProcess node)
    {
        var (created, paid) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (cursor, last) = ("", 0L);
        while (true)
        {
            using var answer = await node.Http.GetAsync(new Uri($"/api/v1/changes?gameId={Game}&limit=500{cursor}", UriKind.Relative), Now);
            answer.EnsureSuccessStatusCode();
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                var number = item.GetProperty("number").GetInt64();
                Assert.True(last == 0 || number == last + 1, $"{number} follows {last}");
                last = number;
                var ofEvent = item.GetProperty("event").GetString() switch { "order.created" => created, "order.paid" => paid, _ => null };
                ofEvent?.Add(item.GetProperty("orderId").GetString()!);
            }
            if (!page.GetProperty("hasMore").GetBoolean())
            {
                return (created, paid);
            }
            cursor = "&cursor=" + Uri.EscapeDataString(page.GetProperty("nextCursor").GetString()!);
        }
    }
}
