using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>Several nodes on one PostgreSQL that want the same rows, rows that stay locked, and a server of the cluster that is away.</summary>
public sealed class ContentionTests : PostgresStoreTests
{
    private const int Endpoints = 30;
    private const int PerEndpoint = 20;

    /// <summary>Claims of several endpoints share a transaction, in whatever order each node has the endpoints.</summary>
    [Fact]
    public async Task Claims_of_three_nodes_do_not_deadlock_and_none_takes_what_another_has()
    {
        await QueueAsync();
        await using (var nodes = new Nodes(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync()))))
        {
            var since = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(nodes.Stores.Select((node, number) => Task.Run(
                async () =>
                {
                    var random = new Random(number);
                    while (TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(4))
                    {
                        var lease = new NodeLease("node" + number, NowMs + 60_000);
                        var order = Enumerable.Range(0, Endpoints).ToArray();
                        random.Shuffle(order);
                        var claimed = await Task.WhenAll(order.Select(endpoint => node.ClaimAsync(
                            transaction => CallbackLeaseTable.ClaimDueAsync(transaction, EndpointOf(endpoint), 5, lease, NowMs), Now)));

                        // Each failed and is due again at once. Had another node taken one too, the lease would be lost.
                        var kept = await Task.WhenAll(claimed.SelectMany(callbacks => callbacks).Select(callback => node.RecordAsync(
                            transaction => CallbackLeaseTable.RescheduleAsync(transaction, callback, 1, NowMs), Now)));
                        Assert.DoesNotContain(false, kept);
                    }
                },
                Now)));
        }
        await using var connection = await ConnectAsync();
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
        Assert.InRange(
            (long)(await ScalarAsync(connection, "SELECT sum(attempts) FROM callbacks"))!, 2 * Endpoints * PerEndpoint, long.MaxValue);
    }

    [Fact]
    public async Task A_row_that_stays_locked_refuses_what_needs_it_within_five_seconds_and_nothing_else()
    {
        await QueueAsync();
        await using var other = await ConnectAsync();
        await using var holding = await other.BeginTransactionAsync(Now);
        await RunAsync(other, "UPDATE callbacks SET url = url WHERE order_id = '3'");

        // 1. In one batch with others.
        var since = TimeProvider.System.GetTimestamp();
        var writes = Enumerable.Range(1, 40).Select(order => TouchAsync(order, since)).ToList();
        foreach (var (isDone, took) in await Task.WhenAll(writes.Where((_, i) => i != 2)))
        {
            Assert.True(isDone);
            Assert.InRange(took.TotalSeconds, 0, 4.5);
        }
        var refused = await writes[2];
        Assert.False(refused.IsDone);
        Assert.InRange(refused.Took.TotalSeconds, 0, 5);

        // 2. As long as it stays locked, what needs it costs the others little.
        since = TimeProvider.System.GetTimestamp();
        writes = [.. Enumerable.Range(1, 40).Select(order => TouchAsync(order, since))];
        Assert.All(await Task.WhenAll(writes), write => Assert.InRange(write.Took.TotalSeconds, 0, 2));
        Assert.Equal(39, writes.Count(write => write.Result.IsDone));

        // 3. And then it goes on.
        await holding.RollbackAsync(Now);
        Assert.True((await TouchAsync(3, TimeProvider.System.GetTimestamp())).IsDone);
    }

    /// <summary>The coordinator of a cluster answers so for what lies on a server that it cannot reach. Its own session goes on.</summary>
    [Fact]
    public async Task A_server_of_the_cluster_that_is_away_refuses_only_what_needs_it_and_the_session_stays()
    {
        await using var connection = await ConnectAsync();
        await RunAsync(
            connection,
            """
            CREATE TABLE shards (id bigint PRIMARY KEY);
            CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'connection to the remote node worker1:5432 failed' USING ERRCODE = '08006';
            END $$;
            CREATE TRIGGER away BEFORE INSERT ON shards FOR EACH ROW WHEN (NEW.id % 2 = 1) EXECUTE FUNCTION away();
            """);
        var session = await SessionAsync();
        var writes = Enumerable.Range(0, 60)
            .Select(id => Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO shards VALUES ($1)", (long)id), Now)).ToList();
        for (var id = 0; id < writes.Count; id++)
        {
            if (id % 2 == 0)
            {
                Assert.Equal(1, await writes[id]);
            }
            else
            {
                await Assert.ThrowsAsync<DatabaseBusyException>(() => writes[id]);
            }
        }
        Assert.Equal(30, await CountAsync("shards"));
        Assert.Equal(session, await SessionAsync());

        async Task<int> SessionAsync() =>
            (await Store.WriteAsync(transaction => transaction.QueryAsync("SELECT pg_backend_pid()", row => row.GetInt32(0)), Now))[0];
    }

    [Fact]
    public async Task What_is_due_soon_is_found_for_many_endpoints_at_once()
    {
        await QueueAsync();
        await using var connection = await ConnectAsync();
        await RunAsync(connection, $"UPDATE callbacks SET due_ms = {NowMs} + 500 + number WHERE endpoint = '{EndpointOf(1)}'");
        await RunAsync(connection, $"UPDATE callbacks SET due_ms = {NowMs} + 60000 WHERE endpoint = '{EndpointOf(2)}'");
        var due = await Store.ReadAsync(
            async transaction =>
            {
                var reads = Enumerable.Range(0, Endpoints + 1)
                    .Select(endpoint => CallbackLeaseTable.DueSoonAsync(transaction, EndpointOf(endpoint), NowMs + 15_000)).ToList();
                var times = new List<long?>();
                foreach (var read in reads)
                {
                    times.Add(await read);
                }
                return times;
            },
            Now);
        Assert.Equal([NowMs - 1000, NowMs + 501, null, NowMs - 1000], due[..4]);
        Assert.Null(due[Endpoints]);
    }

    private static string EndpointOf(int number) => $"1 http://receiver{number}";

    private async Task<(bool IsDone, TimeSpan Took)> TouchAsync(int order, long since)
    {
        try
        {
            await Store.WriteAsync(
                transaction => transaction.ExecuteAsync("UPDATE callbacks SET response = 'x' WHERE order_id = $1", $"{order}"), Now);
            return (true, TimeProvider.System.GetElapsedTime(since));
        }
        catch (DatabaseBusyException)
        {
            return (false, TimeProvider.System.GetElapsedTime(since));
        }
    }

    private async Task<Database> OpenAsync()
    {
        var store = new Database(Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return store;
    }

    private async Task QueueAsync()
    {
        await using var connection = await ConnectAsync();
        await RunAsync(
            connection,
            $"""
            INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, due_ms, lease, created_ms)
            SELECT n::text, 1, 1, 'order.paid', 'http://receiver', '1 http://receiver' || n % {Endpoints}, '0,1000', 1, 0, 0, {NowMs} - 1000, 0, 1
            FROM generate_series(1, {Endpoints * PerEndpoint}) n
            """);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // A constant of the test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Now);
    }

    private sealed record Nodes(IReadOnlyList<Database> Stores) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var store in Stores)
            {
                await store.DisposeAsync();
            }
        }
    }
}
