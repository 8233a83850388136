using OrderCenter.Persistence;
using OrderCenter.Persistence.Postgres;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>The contract on PostgreSQL, and what is PostgreSQL's own.</summary>
public sealed class PostgresTests : StoreContract
{
    private readonly string _connectionString = PostgresCluster.Shared.NewDatabase();

    protected override DatabaseOptions Options => new(DatabaseOptions.Postgres, _connectionString);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_wait_for_the_disk()
    {
        var rows = await Store.WriteAsync(transaction => transaction.QueryAsync("SELECT current_setting('synchronous_commit')", row => row.GetString(0)), Now);
        Assert.Equal("on", rows.Single());
    }

    [Fact]
    public void This_Npgsql_writes_batches_on_the_thread_that_sends_them() => Assert.True(InlineBatchWrites.TryInline());

    /// <summary>The type of a null is not known before a value shows it: the statement must be prepared with that type then, and not be parsed and planned each time.</summary>
    [Fact]
    public async Task A_statement_stays_prepared_when_a_null_comes_to_have_a_value()
    {
        var statement = new SqlStatement("SELECT count(*) FROM orders WHERE merchant_order_id = $1 AND expires_ms > $2");
        object?[][] calls = [[null, null], [null, null], [null, 5L], [null, 5L], ["a", null], ["a", 5L], ["b", 6L], [null, null]];
        var used = await Store.WriteAsync(
            async transaction =>
            {
                foreach (var parameters in calls)
                {
                    await transaction.QueryAsync(statement, row => row.GetInt64(0), parameters);
                }
                return await transaction.QueryAsync(
                    "SELECT parameter_types::text, generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) FROM orders%'",
                    row => (row.GetString(0), row.GetInt64(1)));
            },
            Now);
        // Prepared at its second call with the same types; the server itself finds the types of nulls.
        Assert.All(used, prepared => Assert.Equal("{text,bigint}", prepared.Item1));
        Assert.Equal(calls.Length - 3, used.Sum(prepared => prepared.Item2));
    }

    /// <summary>The server sends a large answer while it is sent a large parameter: neither may wait for the other to read first.</summary>
    [Fact]
    public async Task A_batch_that_is_large_both_ways_comes_through()
    {
        const int Megabytes = 32;
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("CREATE TABLE texts (id integer PRIMARY KEY, text text)"), Now);
        for (var turn = 0; turn < 3; turn++)
        {
            var sent = new string((char)('a' + turn), Megabytes << 20);
            var lengths = await Store.WriteAsync(
                async transaction =>
                {
                    var answer = transaction.QueryAsync("SELECT repeat('x', $1)", row => row.GetString(0), Megabytes << 20).AsTask();
                    var kept = transaction.QueryAsync("INSERT INTO texts (id, text) VALUES ($1, $2) RETURNING length(text)", row => row.GetInt32(0), turn, sent).AsTask();
                    return ((await answer)[0].Length, (await kept)[0]);
                },
                Now).WaitAsync(TimeSpan.FromSeconds(60), Now);
            Assert.Equal((Megabytes << 20, Megabytes << 20), lengths);
        }
    }

    [Fact]
    public async Task Nodes_that_start_at_once_migrate_once()
    {
        var options = new DatabaseOptions(DatabaseOptions.Postgres, PostgresCluster.Shared.NewDatabase());
        var stores = Enumerable.Range(0, 6).Select(_ => new Database(options, Clock, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)).ToList();
        await Task.WhenAll(stores.Select(store => Task.Run(() => store.OpenAsync(Now))));
        var versions = await stores[0].ReadAsync(transaction => transaction.QueryAsync("SELECT version FROM schema_migrations ORDER BY version", row => row.GetInt32(0)), Now);
        Assert.Equal(Enumerable.Range(1, versions.Count), versions);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_unit_that_takes_back_is_seen_by_no_other_unit_of_its_batch()
    {
        // The first unit inserts and takes back; the second looks for it in the same batch, at any of its rounds.
        for (var turn = 0; turn < 50; turn++)
        {
            var id = turn;
            var takers = Enumerable.Range(0, 8).Select(_ => Store.WriteAsync(
                async transaction =>
                {
                    if (await transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, 7) ON CONFLICT (id) DO NOTHING", id) == 1)
                    {
                        await transaction.QueryAsync("SELECT 1", row => row.GetInt32(0));
                        transaction.MarkRolledBack();
                        await transaction.ExecuteAsync("DELETE FROM facts WHERE id = $1", id);
                    }
                    return 0;
                },
                Now)).ToList();
            var lookers = Enumerable.Range(0, 8).Select(_ => Store.WriteAsync(
                async transaction =>
                {
                    var seen = 0;
                    for (var look = 0; look < 4; look++)
                    {
                        seen += (await transaction.QueryAsync("SELECT worth FROM facts WHERE id = $1", row => row.GetInt64(0), id)).Count;
                    }
                    return seen;
                },
                Now)).ToList();
            await Task.WhenAll(takers);
            Assert.All(await Task.WhenAll(lookers), seen => Assert.Equal(0, seen));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upkeep_and_claims_hold_up_nobody_else(bool isUpkeep)
    {
        await using var other = new Npgsql.NpgsqlConnection(_connectionString);
        await other.OpenAsync(Now);
        await using (var hold = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(7)", other))
        {
            await hold.ExecuteNonQueryAsync(Now);
        }
        ValueTask<int> WaitAsync(Transaction transaction) => transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(7)");
        var held = isUpkeep ? Store.UpkeepAsync(WaitAsync, Now) : Store.ClaimAsync(WaitAsync, Now);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, await Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, 7)", i), Now));
            Assert.Equal(1, await Store.RecordAsync(transaction => transaction.ExecuteAsync("UPDATE facts SET worth = 8 WHERE id = $1", i), Now));
            Assert.Equal([8L], await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT worth FROM facts WHERE id = $1", row => row.GetInt64(0), i), Now));
            Assert.Equal(3, await (isUpkeep ? Store.ClaimAsync(ThreeAsync, Now) : Store.UpkeepAsync(ThreeAsync, Now)));
        }
        Assert.False(held.IsCompleted);
        await using (var free = new Npgsql.NpgsqlCommand("SELECT pg_advisory_unlock(7)", other))
        {
            await free.ExecuteNonQueryAsync(Now);
        }
        await held;

        static async ValueTask<int> ThreeAsync(Transaction transaction) => (await transaction.QueryAsync("SELECT 3", row => row.GetInt32(0)))[0];
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_a_clear_error_at_the_start()
    {
        await using var store = new Database(
            new DatabaseOptions(DatabaseOptions.Postgres, "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2"), Clock, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var fault = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.OpenAsync(Now));
        Assert.Contains("cannot be opened", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_server_is_away_units_are_refused_at_once_and_served_again_when_it_is_back()
    {
        using var cluster = new PostgresCluster();
        await using var store = new Database(
            new DatabaseOptions(DatabaseOptions.Postgres, cluster.NewDatabase()), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        await store.WriteAsync(transaction => transaction.ExecuteAsync("CREATE TABLE facts (id bigint NOT NULL PRIMARY KEY)"), Now);
        foreach (var mode in new[] { "fast", "immediate" })
        {
            Assert.Equal(1, await store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id) VALUES ($1)", mode.Length), Now));
            cluster.Stop(mode);
            for (var i = 0; i < 20; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                await Assert.ThrowsAsync<DatabaseBusyException>(() => store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id) VALUES (99)"), Now));
                Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 3);
            }
            cluster.Start();
            var back = TimeProvider.System.GetTimestamp();
            while (true)
            {
                try
                {
                    var ids = await store.WriteAsync(transaction => transaction.QueryAsync("SELECT id FROM facts", row => row.GetInt64(0)), Now);
                    Assert.Contains(mode.Length, ids);
                    Assert.DoesNotContain(99, ids);
                    break;
                }
                catch (DatabaseBusyException)
                {
                    Assert.InRange(TimeProvider.System.GetElapsedTime(back).TotalSeconds, 0, 10);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Now);
                }
            }
        }
    }
}
