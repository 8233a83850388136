using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>The contract on SQLite, and what is SQLite's own.</summary>
public sealed class SqliteTests : StoreContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-store-").FullName;

    protected override DatabaseOptions Options => new(DatabaseOptions.Sqlite, $"Data Source={Path.Combine(_directory, "s.db")}");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Commits_are_durable_against_a_power_cut()
    {
        foreach (var (pragma, expected) in new[] { ("journal_mode", "wal"), ("synchronous", "2") })
        {
            var rows = await Store.WriteAsync(transaction => transaction.QueryAsync($"PRAGMA {pragma}", row => row.GetValue(0).ToString()), TestContext.Current.CancellationToken);
            Assert.Equal(expected, rows.Single());
        }
    }

    [Theory]
    [InlineData(CallbackStatus.Pending, "callbacks_waiting")]
    [InlineData(CallbackStatus.Exhausted, "callbacks_waiting")]
    [InlineData(CallbackStatus.Held, "callbacks_waiting")]
    [InlineData(CallbackStatus.Delivering, "callbacks_leased")]
    [InlineData(CallbackStatus.Delivered, "callbacks_done")]
    [InlineData(CallbackStatus.Cancelled, "callbacks_done")]
    [InlineData(null, "callbacks_done", "callbacks_waiting", "callbacks_leased")]
    public async Task Callbacks_are_listed_from_the_indexes_that_hold_them(CallbackStatus? status, params string[] indexes)
    {
        var (sql, parameters) = new CallbackFilter { Status = status, Games = GameLimit.Of([7]) }.Scan().Statement(new ListKey(9, "a", 1), new ListKey(5, "a", 1), 50);
        var plan = await Store.SearchAsync(transaction => transaction.QueryAsync("EXPLAIN QUERY PLAN " + sql.Text, row => row.GetString(3), parameters), TestContext.Current.CancellationToken);
        var used = plan.Where(step => step.Contains(" callbacks ", StringComparison.Ordinal)).Select(step => step.Split("USING INDEX ")[^1].Split(' ')[0]);
        Assert.Equal(indexes.Order(), used.Order());
    }

    /// <summary>A limit to a few games is a range of the index for each, of which both ends are used: with IN, SQLite sorts all that the games have.</summary>
    [Theory]
    [InlineData("orders_by_time")]
    [InlineData("orders_by_game", 1L)]
    [InlineData("orders_by_game orders_by_game", 1L, 2L)]
    public async Task Orders_are_listed_from_the_index_of_their_games(string indexes, params long[] games)
    {
        var scan = new ListScan<OrderRow>(OrderTable.List) { ToMs = 99 };
        scan.AddGames(games.Length == 0 ? GameLimit.None : GameLimit.Of(games));
        scan.AddFilter("channel = ?", "google");
        var (sql, parameters) = scan.Statement(new ListKey(9, "9"), new ListKey(5, "5"), 50);
        var plan = await Store.SearchAsync(transaction => transaction.QueryAsync("EXPLAIN QUERY PLAN " + sql.Text, row => row.GetString(3), parameters), TestContext.Current.CancellationToken);
        var used = plan.Where(step => step.Contains(" orders ", StringComparison.Ordinal)).ToList();
        Assert.Equal(indexes, string.Join(' ', used.Select(step => step.Split("USING INDEX ")[^1].Split(' ')[0])));
        Assert.All(used, step => Assert.Contains("(created_ms,order_id)>(?,?) AND (created_ms,order_id)<(?,?)", step, StringComparison.Ordinal));

        // Of several, the parts are sorted together, each of which has no more rows than the page.
        Assert.True(plan.Count(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal)) <= (games.Length > 1 ? games.Length : 0), string.Join('\n', plan));
    }

    [Fact]
    public async Task Its_files_are_the_services_own()
    {
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("DELETE FROM audit_log"), TestContext.Current.CancellationToken);
        var files = Directory.GetFiles(_directory);
        Assert.Equal(["s.db", "s.db-shm", "s.db-wal", "s.db.lock"], files.Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        foreach (var file in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task The_library_is_the_one_that_comes_with_the_program()
    {
        var version = await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT sqlite_version()", row => row.GetString(0)), TestContext.Current.CancellationToken);
        Assert.Equal("3.53.4", version.Single());
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_is_refused_in_plain_words()
    {
        await using var second = new Database(Options, Clock, NullLoggerFactory.Instance);
        var fault = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => second.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Contains("in use by another process", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_is_newer_than_the_program_is_refused()
    {
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO schema_migrations (version, applied_ms) VALUES (99, 1)"), TestContext.Current.CancellationToken);
        await Store.DisposeAsync();
        await using var older = new Database(Options, Clock, NullLoggerFactory.Instance);
        var fault = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => older.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Contains("99", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Sauce=x")]
    public async Task A_connection_string_that_keeps_nothing_is_refused(string connectionString)
    {
        await Assert.ThrowsAsync<DatabaseUnavailableException>(async () =>
        {
            await using var store = new Database(new DatabaseOptions(DatabaseOptions.Sqlite, connectionString), Clock, NullLoggerFactory.Instance);
            await store.OpenAsync(TestContext.Current.CancellationToken);
        });
    }
}
