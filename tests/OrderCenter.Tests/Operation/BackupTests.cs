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
        var lost = new List<string>();
        List<string> before, open, lostCallbacks;
        TestDatabase restored;
        await using (var server = await ServerProcess.StartAsync(_database.Options))
        {
            await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = Secret, callbackUrl = "http://127.0.0.1:9/" });
            before = await PaidOrdersAsync(server, 20);
            open = await OrdersAsync(server, 5);

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

            // What happens from here on is lost: orders, and further callbacks of orders that the backup has.
            lost.AddRange(await PaidOrdersAsync(server, 20));
            await Task.WhenAll(open.Select(id => PayAsync(server, id)));
            await Task.WhenAll(before.Select(id => RefundAsync(server, id)));
            lostCallbacks = await CallbacksAsync(_database);
            Assert.True(lostCallbacks.Count >= 70);
            await CheckAsync(_database);
        }
        using (restored)
        {
            await CheckAsync(restored);
            var ids = await ReadAsync(restored, "SELECT order_id FROM orders");
            Assert.Empty(before.Concat(open).Except(ids));
            Assert.NotEmpty(lost.Except(ids));
            var known = await CallbacksAsync(restored);
            lostCallbacks = [.. lostCallbacks.Except(known)];
            Assert.True(lostCallbacks.Count >= 45);

            // It goes on: new orders, and the same orders paid and refunded again. No number is one that was told before, though those who were told know
            // nothing of the restore.
            await using var server = await ServerProcess.StartAsync(restored.Options);
            var after = await PaidOrdersAsync(server, 20);
            Assert.Empty(after.Intersect([.. before, .. open, .. lost, .. ids]));
            await Task.WhenAll(open.Select(id => PayAsync(server, id)));
            await Task.WhenAll(before.Select(id => RefundAsync(server, id)));
            var now = await CallbacksAsync(restored);
            Assert.Empty(known.Except(now));
            var added = now.Except(known).ToList();
            Assert.Equal(after.Count + open.Count + before.Count, added.Count);
            Assert.Empty(added.Intersect(lostCallbacks));
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

        // Nor does a check write anything, into what was stopped or into a copy of it.
        var file = _database.ConnectionString.Split('=', 2)[1];
        var whole = await File.ReadAllBytesAsync(file, Now);
        await CheckAsync(_database);
        Assert.Equal(whole, await File.ReadAllBytesAsync(file, Now));
        using (var copied = TestDatabase.OfFile(BackupFile))
        {
            await CheckAsync(copied);
            Assert.Equal(first, await File.ReadAllBytesAsync(copied.ConnectionString.Split('=', 2)[1], Now));
        }
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
        var ids = await OrdersAsync(server, count);
        foreach (var id in ids)
        {
            await PayAsync(server, id);
        }
        return ids;
    }

    private async Task<List<string>> OrdersAsync(ServerProcess server, int count)
    {
        var game = new OrderApiGame(server.Http, "1001", Secret, TimeProvider.System);
        var ids = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var reply = await game.CreateAsync(game.NewOrder("p", "6.5", "u", "B" + Interlocked.Increment(ref _number)), Now);
            Assert.Equal(0, reply.ResultCode);
            ids.Add(reply.PlatOrderId);
        }
        return ids;
    }

    private static Task PayAsync(ServerProcess server, string id) =>
        ActAsync(server, id, "paid", new { channel = "bank", transactionId = "T" + id });

    private static Task RefundAsync(ServerProcess server, string id) => ActAsync(server, id, "refund", new { reason = "a test" });

    private static async Task ActAsync(ServerProcess server, string id, string act, object body)
    {
        using var response = await server.Http.PostAsJsonAsync($"/api/v1/orders/{id}/{act}", body, Now);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Now));
    }

    private static Task<List<string>> CallbacksAsync(TestDatabase database) =>
        ReadAsync(database, "SELECT 'cb_' || order_id || '_' || number FROM callbacks");

    private static async Task<List<string>> ReadAsync(TestDatabase database, string sql)
    {
        await using var reader = new Database(
            database.Options with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await reader.OpenAsync(Now);
        return await reader.SearchAsync(transaction => transaction.QueryAsync(sql, row => row.GetString(0)), Now);
    }
}
