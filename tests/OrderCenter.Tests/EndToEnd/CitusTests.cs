using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>On a real Citus cluster, where one is given: ORDERCENTER_TESTS_CITUS is the connection string of an empty database on the coordinator, with Citus' counters on
/// (<c>citus.enable_stat_counters</c>). What the table of docs/scaling.md says of the hot requests is counted by the cluster itself.</summary>
public sealed class CitusTests
{
    private const int Times = 50;
    private const string Secret = "kkkkkkkkkkkkkkkk";
    private static readonly string? Cluster = Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_CITUS");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hot_requests_ask_as_many_shards_as_the_table_says()
    {
        Assert.SkipWhen(Cluster is null, "no Citus cluster is given (ORDERCENTER_TESTS_CITUS)");
        await using var receiver = await GameServer.StartAsync(new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1) }, Now);

        // Distributing the tables takes longer than the start of a process may.
        await using (var store = new Database(new DatabaseOptions(DatabaseOptions.Postgres, Cluster!, Distribute: true), TimeProvider.System, NullLoggerFactory.Instance))
        {
            await store.OpenAsync(Now);
        }
        await using var node = await ServerProcess.StartAsync(
            new DatabaseOptions(DatabaseOptions.Postgres, Cluster!), ("Storage__Distribute", "true"), ("Callbacks__AllowPrivateNetworks", "true"), ("Logging__LogLevel__Default", "Error"),
            ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        await node.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = Secret, callbackUrl = receiver.OrderApi });
        var game = new OrderApiGame(node.Http, "1001", Secret, TimeProvider.System);
        var counted = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var created = new List<string>();
        var paid = new List<string>();

        await CountAsync("createorder", async i => created.Add((await game.CreateAsync(game.NewOrder("p", "6.5", "u", $"own{i}-{Environment.ProcessId}"), Now)).PlatOrderId));
        await CountAsync("queryorder", async i => await game.QueryAsync(created[i], Now));
        await CountAsync("POST /orders/{orderId}/paid, with its callback", async i =>
        {
            using var answer = await node.Http.PostAsJsonAsync($"/api/v1/orders/{created[i]}/paid", new { channel = "test", transactionId = $"t{i}-{Environment.ProcessId}" }, JsonSerializerOptions.Default, Now);
            answer.EnsureSuccessStatusCode();
            paid.Add(created[i]);
            await receiver.Ledger.WaitAsync(ledger => ledger.HasGoods(created[i]), Now);
        });
        await CountAsync("GET /orders/{orderId}", i => GetAsync($"/api/v1/orders/{paid[i]}"));
        await CountAsync("GET /orders?gameId=&merchantOrderId=", i => GetAsync($"/api/v1/orders?gameId=1001&merchantOrderId=own{i}-{Environment.ProcessId}"));
        await CountAsync("GET /orders?transactionId=", i => GetAsync($"/api/v1/orders?transactionId=t{i}-{Environment.ProcessId}"));
        await CountAsync("GET /search?q=", i => GetAsync($"/api/v1/search?q=t{i}-{Environment.ProcessId}"));
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Now);
        await CountAsync("GET /changes", _ => GetAsync("/api/v1/changes?gameId=1001&limit=100"));
        Assert.Equal(TableOfTheDocument(), counted);

        async Task GetAsync(string path)
        {
            using var answer = await node.Http.GetAsync(new Uri(path, UriKind.Relative), Now);
            answer.EnsureSuccessStatusCode();
        }

        async Task CountAsync(string request, Func<int, Task> sendAsync)
        {
            // What the node asks by itself meanwhile is at most one query a second and one each five seconds a job; it is told apart by its number.
            var before = await MultiShardQueriesAsync();
            for (var i = 0; i < Times; i++)
            {
                await sendAsync(i);
            }
            counted[request] = (int)Math.Floor((double)(await MultiShardQueriesAsync() - before) / Times + 0.1);
        }
    }

    private static async Task<long> MultiShardQueriesAsync()
    {
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync(Now);
        await using var command = new NpgsqlCommand("SELECT query_execution_multi_shard FROM citus_stat_counters WHERE name = current_database()", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Now), CultureInfo.InvariantCulture);
    }

    /// <summary>Rows <c>| `request` | queries to all shards | … |</c> of docs/scaling.md.</summary>
    private static SortedDictionary<string, int> TableOfTheDocument()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "scaling.md"));
        var rows = lines.SkipWhile(line => !line.StartsWith("| request | to all shards", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return new SortedDictionary<string, int>(rows.ToDictionary(row => row[0].Trim('`'), row => int.Parse(row[1], CultureInfo.InvariantCulture)), StringComparer.Ordinal);
    }
}
