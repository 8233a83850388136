using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>Several nodes on one PostgreSQL, as real processes: killed in turn under load, the database restarted in the middle.</summary>
public sealed class NodesTests : IDisposable
{
    private const int Nodes = 3;
    private const string Game = "1001";
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(5);
    private static readonly (string, string)[] Quiet =
        [("Logging__LogLevel__Default", "Error"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"), ("Callbacks__AllowPrivateNetworks", "true")];

    private readonly PostgresCluster _cluster = new();
    private readonly DatabaseOptions _options;

    public NodesTests() => _options = new DatabaseOptions(DatabaseOptions.Postgres, _cluster.NewDatabase());

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    /// <summary>A node is killed every five seconds for a minute; PostgreSQL is stopped and started twice in between, once without a checkpoint.</summary>
    [Fact]
    public async Task Killed_in_turn_for_a_minute_with_the_database_restarted_nothing_is_lost_and_no_call_overlaps()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["kkkkkkkkkkkkkkkk"], Clock = TimeProvider.System, Random = new Random(11), RequiresWebhookHeaders = true }, Now);
        receiver.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(20)));
        var nodes = new ServerProcess[Nodes];
        for (var i = 0; i < Nodes; i++)
        {
            nodes[i] = await StartAsync();
        }
        await PutAppAsync(nodes[0], receiver);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);

        var paid = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var refusals = new ConcurrentDictionary<int, int>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, 6).Select(client => Task.Run(() => PayAsync(nodes, client, paid, refusals, end.Token))).ToList();
        long slowestRecoveryMs = 0;
        for (var kill = 0; kill < 12; kill++)
        {
            await Task.Delay(BetweenKills, TimeProvider.System, Now);
            var victim = kill % Nodes;
            await nodes[victim].KillAsync();
            if (kill is 4 or 8)
            {
                _cluster.Stop(kill == 4 ? "fast" : "immediate");
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);
                _cluster.Start();
                slowestRecoveryMs = Math.Max(slowestRecoveryMs, await RecoveryMsAsync(paid));
            }
            nodes[victim] = await StartAsync();
        }
        await end.CancelAsync();
        await Task.WhenAll(load);

        receiver.Faults.Clear();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await receiver.Ledger.WaitAsync(ledger => paid.Keys.All(ledger.HasGoods), patience.Token);
        Assert.True(paid.Count > 500, $"{paid.Count} orders were paid");
        Assert.Equal((0, 0, 0), (receiver.Ledger.Overlaps, receiver.Ledger.WrongSignatures, receiver.Ledger.Malformed));
        Assert.InRange(slowestRecoveryMs, 0, 10_000);
        Assert.All(refusals.Keys, status => Assert.Contains(status, new[] { 503, 0 }));
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_change_of_an_app_is_seen_by_the_other_node_within_two_seconds()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await first.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "the old of the two" });
        await SeesAsync(second, "the old of the two");
        using var rotated = await first.Http.PostAsJsonAsync($"/api/v1/apps/{Game}/secrets", new { secret = "the new of the two", previousValidSeconds = 0 }, JsonSerializerOptions.Default, Now);
        rotated.EnsureSuccessStatusCode();
        await SeesAsync(second, "the new of the two");

        static async Task SeesAsync(ServerProcess node, string secret)
        {
            var game = new OrderApiGame(node.Http, Game, secret, TimeProvider.System);
            var since = TimeProvider.System.GetTimestamp();
            while ((await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode != 0)
            {
                Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 2);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
            }
        }
    }

    [Fact]
    public async Task A_node_that_serves_only_the_API_has_its_callbacks_sent_by_one_that_only_sends()
    {
        await using var receiver = await GameServer.StartAsync(new GameServerOptions { Secrets = ["kkkkkkkkkkkkkkkk"], Clock = TimeProvider.System, Random = new Random(3) }, Now);
        await using var api = await StartAsync(("Roles__Callbacks", "false"));
        await using var sender = await StartAsync(("Roles__Api", "false"));
        using var refused = await sender.Http.GetAsync(new Uri("/api/v1/apps", UriKind.Relative), Now);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
        await PutAppAsync(api, receiver);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);
        var paid = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            await PayOnceAsync(api, paid, Now);
            var since = TimeProvider.System.GetTimestamp();
            await receiver.Ledger.WaitAsync(ledger => paid.Keys.All(ledger.HasGoods), Now);
            if (i > 0)
            {
                // Told by the commit, not found by looking.
                Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalMilliseconds, 0, 900);
            }
        }
    }

    [Fact]
    public async Task One_order_number_at_two_nodes_at_once_is_one_order()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await first.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            {
                var game = new OrderApiGame((i % 2 == 0 ? first : second).Http, Game, "kkkkkkkkkkkkkkkk", TimeProvider.System);
                return game.CreateAsync(game.NewOrder("p", "6.5", "u", "same-" + round), Now);
            }));
            Assert.All(answers, answer => Assert.Equal((0, answers[0].PlatOrderId), (answer.ResultCode, answer.PlatOrderId)));
        }
    }

    /// <summary>A backlog for many endpoints, a tenth of whose calls fail: every node claims for all of them.</summary>
    [Fact]
    public async Task Three_nodes_drain_a_backlog_at_failing_receivers_without_a_deadlock()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["kkkkkkkkkkkkkkkk"], Clock = TimeProvider.System, Random = new Random(5) }, Now);
        string[] games = [.. Enumerable.Range(1001, 20).Select(game => $"{game}")];
        var paid = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await using (var api = await StartAsync(("Roles__Callbacks", "false")))
        {
            foreach (var game in games)
            {
                await api.PutAppAsync(game, new
                {
                    name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", callbackUrl = receiver.OrderApi,
                    callback = new { retrySeconds = new[] { 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 } },
                });
            }
            await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(
                async () =>
                {
                    for (var i = client; i < 1500; i += 8)
                    {
                        await PayOnceAsync(api, paid, Now, games[i % games.Length]);
                    }
                },
                Now)));
        }
        receiver.Faults.Sometimes(0.1, Fault.Http(500));
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => StartAsync()));
        var since = TimeProvider.System.GetTimestamp();
        await receiver.Ledger.WaitAsync(ledger => paid.Keys.All(ledger.HasGoods), Now);
        var took = TimeProvider.System.GetElapsedTime(since);
        TestContext.Current.SendDiagnosticMessage($"1,500 callbacks drained in {took.TotalSeconds:F1} s");
        foreach (var node in nodes)
        {
            await node.StopAsync();
            await node.DisposeAsync();
        }
        Assert.Equal((0, 0), (receiver.Ledger.Overlaps, receiver.Ledger.WrongSignatures));
        Assert.InRange(took.TotalSeconds, 0, 10);
        await using var connection = new Npgsql.NpgsqlConnection(_options.ConnectionString);
        await connection.OpenAsync(Now);
        await using var deadlocks = new Npgsql.NpgsqlCommand("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", connection);
        Assert.Equal(0L, await deadlocks.ExecuteScalarAsync(Now));
    }

    private Task<ServerProcess> StartAsync(params (string, string)[] more) => ServerProcess.StartAsync(_options, [.. Quiet, .. more]);

    private static Task PutAppAsync(ServerProcess node, GameServer receiver) =>
        node.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", callbackUrl = receiver.OrderApi, callback = new { timeoutSeconds = 1 } });

    /// <summary>Pays orders at whichever node answers. What was acknowledged is remembered; what was not may be there or not.</summary>
    private static async Task PayAsync(ServerProcess[] nodes, int client, ConcurrentDictionary<string, bool> paid, ConcurrentDictionary<int, int> refusals, CancellationToken end)
    {
        for (var turn = client; !end.IsCancellationRequested; turn++)
        {
            var node = nodes[turn % Nodes];
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await PayOnceAsync(node, paid, patience.Token);
            }
            catch (HttpRequestException fault)
            {
                // 503 of a node without its database, or no answer of a dead one.
                refusals.AddOrUpdate((int?)fault.StatusCode ?? 0, 1, (_, count) => count + 1);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                // The node was replaced between the look and the call.
            }
        }
    }

    private static async Task PayOnceAsync(ServerProcess node, ConcurrentDictionary<string, bool> paid, CancellationToken cancellationToken, string game = Game)
    {
        using var created = await node.Http.PostAsJsonAsync(
            "/api/v1/orders", new { gameId = game, productId = "p", productName = "p", money = "6.5", currency = "CNY", userId = "u", merchantOrderId = Guid.NewGuid().ToString("N") },
            JsonSerializerOptions.Default, cancellationToken);
        created.EnsureSuccessStatusCode();
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("orderId").GetString()!;
        using var answer = await node.Http.PostAsJsonAsync(
            $"/api/v1/orders/{id}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") }, JsonSerializerOptions.Default, cancellationToken);
        answer.EnsureSuccessStatusCode();
        paid[id] = true;
    }

    private static async Task<long> RecoveryMsAsync(ConcurrentDictionary<string, bool> paid)
    {
        var since = TimeProvider.System.GetTimestamp();
        var before = paid.Count;
        while (paid.Count < before + 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
        return (long)TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
    }
}
