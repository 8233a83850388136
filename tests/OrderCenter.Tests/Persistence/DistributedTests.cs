using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Schema;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>The contract as it is kept on Citus: many writers, each call a statement of its own. Citus itself cannot be had here; functions of its names note in its
/// catalogue what they were asked for, so that the migration is the real one, and all tables lie on one server.</summary>
public sealed class DistributedTests : StoreContract
{
    private const string Catalogue =
        """
        CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partkey text NOT NULL);
        CREATE FUNCTION create_distributed_table(place regclass, key text) RETURNS void LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (place, key) $$;
        """;

    private const string LocalTables =
        "CREATE FUNCTION citus_add_local_table_to_metadata(place regclass) RETURNS void LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (place, 'local') $$";

    private const string NoLocalTables =
        "CREATE FUNCTION citus_add_local_table_to_metadata(place regclass) RETURNS void LANGUAGE plpgsql AS " +
        "$$ BEGIN RAISE EXCEPTION 'operation is not allowed when coordinator is not added into metadata' USING HINT = 'Use \"SELECT citus_set_coordinator_host''('' ... \"'; END $$";

    private readonly string _connectionString = NewCluster();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    protected override DatabaseOptions Options => new(DatabaseOptions.Postgres, _connectionString, Distribute: true);

    [Fact]
    public async Task Every_table_is_placed_once_however_often_the_store_is_opened()
    {
        await using (var again = new Database(Options, Clock, NullLoggerFactory.Instance))
        {
            await again.OpenAsync(Now);
        }
        var places = await Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT logicalrelid::text, partkey FROM pg_dist_partition", row => (row.GetString(0), row.GetString(1))), Now);
        Assert.Equal(
            Distribution.Tables.Concat(Distribution.Local.Select(table => (table, "local"))).Order(),
            places.Order());
    }

    /// <summary>A commit that wrote to one other server would be in one phase then, and a crash could lose half of it.</summary>
    [Fact]
    public async Task A_coordinator_that_is_not_among_the_servers_is_refused_with_what_to_do()
    {
        await using var store = new Database(
            new DatabaseOptions(DatabaseOptions.Postgres, Cluster(NoLocalTables), Distribute: true).At(Clock), Clock, NullLoggerFactory.Instance);
        var refusal = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.OpenAsync(Now));
        Assert.Contains("citus_set_coordinator_host", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A list that is unnested goes to every shard, over a connection for each; keys that a condition names find theirs.</summary>
    [Fact]
    public async Task Equal_calls_of_a_batch_go_one_by_one_but_for_those_whose_keys_find_their_shards()
    {
        var prepared = await Store.WriteAsync(
            async transaction =>
            {
                Assert.False(transaction.IsOptimistic);
                for (var turn = 0; turn < 4; turn++)
                {
                    var orders = new[] { Order(2 * turn), Order((2 * turn) + 1) };
                    var made = orders.Select(order => OrderTable.InsertAsync(transaction, order).AsTask()).ToList();
                    foreach (var isMade in made)
                    {
                        Assert.True(await isMade);
                    }
                    var found = orders.Select(order => OrderTable.FindAsync(transaction, order.Id).AsTask()).ToList();
                    foreach (var (order, row) in orders.Zip(found))
                    {
                        Assert.Equal(order.Id, (await row)!.Order.Id);
                    }
                }
                return await transaction.QueryAsync("SELECT statement FROM pg_prepared_statements", row => row.GetString(0));
            },
            Now);
        Assert.Contains(prepared, statement => statement.StartsWith("INSERT INTO orders", StringComparison.Ordinal));
        Assert.Contains(prepared, statement => statement.Contains("order_id = ANY", StringComparison.Ordinal));
        Assert.DoesNotContain(prepared, statement => statement.Contains("unnest", StringComparison.Ordinal));
    }

    private Order Order(int number) => new()
    {
        Id = OrderId.FromStore($"1001{number:D6}"), GameId = 1001, ProductId = "gem", Money = new Money(60_000), Currency = "CNY", UserId = "u",
        CreatedMs = Clock.GetUtcNow().ToUnixTimeMilliseconds(), ExpiresMs = Clock.GetUtcNow().ToUnixTimeMilliseconds() + 60_000,
    };

    /// <summary>A database whose catalogue stands in for that of Citus.</summary>
    internal static string NewCluster() => Cluster(LocalTables);

    private static string Cluster(string localTables)
    {
        var connectionString = PostgresCluster.Shared.NewDatabase();
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
#pragma warning disable CA2100 // Constants of the test.
        using var command = new NpgsqlCommand(Catalogue + localTables, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return connectionString;
    }
}
