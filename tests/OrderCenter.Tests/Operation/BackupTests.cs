using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operation;

/// <summary>A backup while the service serves, and what a restore gives: books that agree, and no number twice.</summary>
public sealed class BackupTests : IDisposable
{
    private const string Secret = "kkkkkkkkkkkkkkkk";

    private readonly TestDatabase _database = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-backup-").FullName;
    private int _number;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string BackupFile => Path.Combine(_directory, "backup.db");

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _database.Dispose();
    }

    [Fact]
    public async Task A_restored_backup_has_books_that_agree_and_gives_no_number_again()
    {
        var before = new List<string>();
        var lost = new List<string>();
        TestDatabase restored;
        await using (var server = await ServerProcess.StartAsync(_database.Options))
        {
            await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = Secret, callbackUrl = "http://127.0.0.1:9/" });
            before.AddRange(await PaidOrdersAsync(server, 20));

            // Orders are made and paid all the while.
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
            var load = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    lost.AddRange(await PaidOrdersAsync(server, 5));
                }
            }, Now);
            restored = await RestoreAsync();
            await enough.CancelAsync();
            await load;
            lost.AddRange(await PaidOrdersAsync(server, 20));
            await CheckAsync(_database);
        }
        using (restored)
        {
            await CheckAsync(restored);
            var ids = await ReadAsync(restored, "SELECT order_id FROM orders");
            Assert.Empty(before.Except(ids));
            Assert.NotEmpty(lost.Except(ids));
            var callbacks = await ReadAsync(restored, "SELECT order_id || '_' || number FROM callbacks");

            // It goes on: the orders and the callbacks of new orders have numbers that none had, neither here nor in what was lost.
            await using var server = await ServerProcess.StartAsync(restored.Options);
            var after = await PaidOrdersAsync(server, 20);
            Assert.Empty(after.Intersect([.. before, .. lost, .. ids]));
            var now = await ReadAsync(restored, "SELECT order_id || '_' || number FROM callbacks");
            Assert.Empty(callbacks.Except(now));
            Assert.Equal(after.Select(id => id + "_1").Order(StringComparer.Ordinal), now.Except(callbacks).Order(StringComparer.Ordinal));
            await CheckAsync(restored);
        }
    }

    [Fact]
    public async Task A_backup_overwrites_nothing_and_is_its_owners_and_needs_a_database()
    {
        if (_database.Engine != DatabaseOptions.Sqlite)
        {
            var (refused, _, reason) = await CommandLine.RunAsync(_database, [], "backup", BackupFile);
            Assert.Equal(1, refused);
            Assert.Contains("PostgreSQL's own means", reason, StringComparison.Ordinal);
            return;
        }
        var (none, _, why) = await CommandLine.RunAsync(_database, [], "backup", BackupFile);
        Assert.Equal(1, none);
        Assert.NotEmpty(why);
        Assert.Empty(Directory.GetFiles(_directory));

        await using (var server = await ServerProcess.StartAsync(_database.Options))
        {
            // No key is needed, with the service and without it.
            Assert.Equal(0, (await CommandLine.RunAsync(_database, [], "backup", BackupFile)).ExitCode);
            await server.StopAsync();
        }
        Assert.Equal([BackupFile], Directory.GetFiles(_directory));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));
        }
        var first = await File.ReadAllBytesAsync(BackupFile, Now);
        var (again, _, exists) = await CommandLine.RunAsync(_database, [], "backup", BackupFile);
        Assert.Equal(1, again);
        Assert.Contains("overwrites nothing", exists, StringComparison.Ordinal);
        Assert.Equal(first, await File.ReadAllBytesAsync(BackupFile, Now));
        Assert.Equal(0, (await CommandLine.RunAsync(_database, [], "backup", BackupFile + "2")).ExitCode);

        // Something else is not taken for a database of ours.
        var other = Path.Combine(_directory, "other.db");
        await using (var connection = new SqliteConnection($"Data Source={other};Pooling=false"))
        {
            await connection.OpenAsync(Now);
            await using var command = new SqliteCommand("CREATE TABLE t (x integer)", connection);
            await command.ExecuteNonQueryAsync(Now);
        }
        using var copy = TestDatabase.OfFile(other);
        Assert.Equal(1, (await CommandLine.RunAsync(copy, [], "backup", BackupFile + "3")).ExitCode);
        Assert.Equal(1, (await CommandLine.RunAsync(copy, "check")).ExitCode);
    }

    /// <summary>As docs/operating.md and docs/scaling.md say.</summary>
    private async Task<TestDatabase> RestoreAsync()
    {
        if (_database.Engine == DatabaseOptions.Postgres)
        {
            return TestDatabase.CopyOf(_database);
        }
        var (code, output, error) = await CommandLine.RunAsync(_database, [], "backup", BackupFile);
        Assert.True(code == 0, output + error);
        return TestDatabase.OfFile(BackupFile);
    }

    private static async Task CheckAsync(TestDatabase database)
    {
        var (code, output, error) = await CommandLine.RunAsync(database, "check");
        Assert.True(code == 0, output + error);
        Assert.Contains("the books agree", error, StringComparison.Ordinal);
    }

    private async Task<List<string>> PaidOrdersAsync(ServerProcess server, int count)
    {
        var game = new OrderApiGame(server.Http, "1001", Secret, TimeProvider.System);
        var ids = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var reply = await game.CreateAsync(game.NewOrder("p", "6.5", "u", "B" + Interlocked.Increment(ref _number)), Now);
            Assert.Equal(0, reply.ResultCode);
            using var response = await server.Http.PostAsJsonAsync(
                $"/api/v1/orders/{reply.PlatOrderId}/paid", new { channel = "bank", transactionId = "T" + reply.PlatOrderId }, Now);
            response.EnsureSuccessStatusCode();
            ids.Add(reply.PlatOrderId);
        }
        return ids;
    }

    private static async Task<List<string>> ReadAsync(TestDatabase database, string sql)
    {
        await using var reader = new Database(
            database.Options with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await reader.OpenAsync(Now);
        return await reader.SearchAsync(transaction => transaction.QueryAsync(sql, row => row.GetString(0)), Now);
    }
}
