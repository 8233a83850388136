using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Schema;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>A database with data gets the next step of the schema at the start of a newer program, whole or not at all; an older program refuses it then.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Insert =
        "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, created_ms, expires_ms) " +
        "VALUES ($1, 7, 'p', 'n', 60000, 'CNY', 'u', 1, 5, 6)";

    private static readonly Migration s_second = new(
        Migrations.All[^1].Version + 1,
        ["ALTER TABLE orders ADD COLUMN origin text", "UPDATE orders SET origin = 'before'", "CREATE TABLE origins (origin text NOT NULL PRIMARY KEY, seen bigint NOT NULL)"]);

    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private DatabaseOptions Newer => _database.Options with { SchemaSteps = [.. Migrations.All, s_second] };

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_database_with_data_is_upgraded_and_an_older_program_refuses_it()
    {
        await using (var old = await OpenAsync(_database.Options))
        {
            for (var i = 0; i < 100; i++)
            {
                var id = $"70000000000{i:D9}";
                Assert.Equal(1, await old.WriteAsync(transaction => transaction.ExecuteAsync(Insert, id), Now));
            }
        }

        // What only reads does not upgrade; it says what to do.
        await using (var reader = new Database(Newer with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance))
        {
            var fault = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => reader.OpenAsync(Now));
            Assert.Contains($"lacks version {s_second.Version}", fault.Message, StringComparison.Ordinal);
        }
        for (var start = 0; start < 2; start++)
        {
            await using var upgraded = await OpenAsync(Newer);
            Assert.Equal([100L], await upgraded.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM orders WHERE origin = 'before'", row => row.GetInt64(0)), Now));
            await upgraded.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO origins (origin, seen) VALUES ($1, 1)", $"start {start}"), Now);
        }
        await using var older = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        var refusal = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => older.OpenAsync(Now));
        Assert.Contains($"is of version {s_second.Version}, this program's of {s_second.Version - 1}", refusal.Message, StringComparison.Ordinal);
        await using var reading = new Database(_database.Options with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => reading.OpenAsync(Now));
    }

    [Fact]
    public async Task A_step_that_fails_changes_nothing()
    {
        await using (var old = await OpenAsync(_database.Options))
        {
            Assert.Equal(1, await old.WriteAsync(transaction => transaction.ExecuteAsync(Insert, "70000000000000000001"), Now));
        }
        var broken = s_second with { Statements = [.. s_second.Statements, "INSERT INTO no_such_table (x) VALUES (1)"] };
        await using (var failing = new Database(_database.Options with { SchemaSteps = [.. Migrations.All, broken] }, TimeProvider.System, NullLoggerFactory.Instance))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => failing.OpenAsync(Now));
        }
        await using var same = await OpenAsync(_database.Options);
        Assert.Equal([1L], await same.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM orders", row => row.GetInt64(0)), Now));
        Assert.Equal([Migrations.All.Count], await same.ReadAsync(transaction => transaction.QueryAsync("SELECT version FROM schema_migrations ORDER BY version", row => row.GetInt32(0)), Now));
    }

    [Fact]
    public async Task What_is_opened_to_be_read_writes_nothing_and_makes_no_file()
    {
        await using (var none = new Database(_database.Options with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance))
        {
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => none.OpenAsync(Now));
        }
        await using var service = await OpenAsync(_database.Options);
        await service.WriteAsync(transaction => transaction.ExecuteAsync(Insert, "70000000000000000001"), Now);

        // Beside the process that owns the file.
        await using var reader = await OpenAsync(_database.Options with { IsReadOnly = true });
        Assert.Equal([1L], await reader.SearchAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM orders", row => row.GetInt64(0)), Now));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.WriteAsync(transaction => transaction.ExecuteAsync(Insert, "70000000000000000002"), Now));
        await Assert.ThrowsAnyAsync<Exception>(() => reader.SearchAsync(transaction => transaction.ExecuteAsync(Insert, "70000000000000000002"), Now));
    }

    private static async Task<Database> OpenAsync(DatabaseOptions options)
    {
        var database = new Database(options, TimeProvider.System, NullLoggerFactory.Instance);
        await database.OpenAsync(Now);
        return database;
    }
}
