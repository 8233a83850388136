using OrderCenter.Api;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.ProviderSync;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>Statements that choose rows and change them in one go, while another writer is at the same row: who comes second passes over it, and does not wait. On PostgreSQL
/// only: SQLite has one writer.</summary>
public class RacesTests : PostgresStoreTests
{
    private const long OldMs = 1_000;

    public RacesTests()
        : this(null)
    {
    }

    protected RacesTests(string? connectionString)
        : base(connectionString)
    {
    }

    /// <summary>Whether a statement passes over a row that another writer holds.</summary>
    protected virtual bool PassesOver => true;

    [Fact]
    public async Task A_delivered_callback_that_is_sent_again_this_moment_is_not_pruned()
    {
        await RunAsync(Callback(status: 2));
        await WhileAsync(
            "UPDATE callbacks SET status = 0, due_ms = 5, finished_ms = NULL",
            () => Store.UpkeepAsync(transaction => CallbackTable.PruneAsync(transaction, NowMs, 10), Now));
        Assert.Equal(1, await CountAsync("callbacks WHERE status = 0"));
    }

    [Fact]
    public async Task A_callback_that_another_node_leases_this_moment_is_leased_once()
    {
        await RunAsync(Callback(status: 0));
        await WhileAsync(
            "UPDATE callbacks SET status = 1, attempts = 1, lease = 1, lease_owner = 'other', lease_until_ms = 9, started_ms = 5",
            () => Store.ClaimAsync(async transaction => (await CallbackLeaseTable.ClaimDueAsync(transaction, "http://game", 10, new NodeLease("this", NowMs + 9), NowMs)).Count, Now));
        Assert.Equal(1, await CountAsync("callbacks WHERE lease_owner = 'other'"));
    }

    [Fact]
    public async Task A_callback_that_another_node_puts_off_this_moment_is_not_leased_before_its_time()
    {
        await RunAsync(Callback(status: 0));
        await WhileAsync(
            $"UPDATE callbacks SET step = 1, due_ms = {NowMs + 3_600_000}",
            () => Store.ClaimAsync(async transaction => (await CallbackLeaseTable.ClaimDueAsync(transaction, "http://game", 10, new NodeLease("this", NowMs + 9), NowMs)).Count, Now));
        Assert.Equal(1, await CountAsync("callbacks WHERE status = 0 AND step = 1"));
    }

    [Fact]
    public async Task A_notification_that_is_read_again_this_moment_is_not_pruned()
    {
        await RunAsync(Notice(state: 1, dueMs: "NULL"));
        await WhileAsync(
            "UPDATE notifications SET state = 0, attempts = 1, due_ms = 5, done_ms = NULL",
            () => Store.UpkeepAsync(transaction => NotificationTable.PruneAsync(transaction, NowMs, 10), Now));
        Assert.Equal(1, await CountAsync("notifications WHERE state = 0"));
    }

    [Fact]
    public async Task A_notification_that_another_node_leases_this_moment_is_leased_once()
    {
        await RunAsync(Notice(state: 0, dueMs: "5"));
        await WhileAsync(
            $"UPDATE notifications SET attempts = 2, lease_until_ms = {NowMs + 60_000}",
            () => Store.WriteAsync(async transaction => (await NotificationTable.ClaimAsync(transaction, NowMs, NowMs + 9, NowMs, 10)).Count, Now),
            passesOver: false);
        Assert.Equal(1, await CountAsync("notifications WHERE attempts = 2"));
    }

    [Fact]
    public async Task A_request_key_that_is_taken_over_this_moment_is_not_pruned()
    {
        await RunAsync($"INSERT INTO request_keys (request_key, fingerprint, status, created_ms) VALUES ('key', 'content', 0, {OldMs})");
        await WhileAsync(
            $"UPDATE request_keys SET created_ms = {NowMs}",
            async () =>
            {
                await Idempotency.PruneAsync(Store, Clock, Now);
                return 0;
            });
        Assert.Equal(1, await CountAsync("request_keys"));
    }

    private static string Callback(int status) =>
        "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, created_ms, finished_ms) " +
        $"VALUES ('1', 1, 1001, 'order.paid', 'http://game/cb', 'http://game', '0', {OldMs}, {status}, 0, 0, {(status == 0 ? "5" : "NULL")}, 0, {OldMs}, {(status == 0 ? "NULL" : "5")})";

    private static string Notice(int state, string dueMs) =>
        "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, seen, state, attempts, due_ms, sealed) " +
        $"VALUES ('key', 'apple', 1001, 'notice', {OldMs}, 1, {state}, 1, {dueMs}, 'sealed')";

    /// <summary>Another writer changes the rows and has not committed yet: the product's statement passes over them. Or it waits, and sees what the other one left.
    /// Either way it changes nothing.</summary>
    private async Task WhileAsync(string change, Func<Task<int>> statement, bool passesOver = true)
    {
        await using var other = await ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(Now);
        Assert.Equal(1, await RunAsync(other, change));
        var second = statement();
        if (PassesOver && passesOver)
        {
            Assert.Equal(0, await second);
            await transaction.CommitAsync(Now);
            return;
        }
        while (await CountAsync("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0)
        {
            Assert.False(second.IsCompleted, "it did not look at the row that another writer holds");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Now);
        }
        await transaction.CommitAsync(Now);
        Assert.Equal(0, await second);
    }

    private Task<int> RunAsync(string sql) => Store.WriteAsync(transaction => transaction.ExecuteAsync(sql), Now);
}

/// <summary>The same on Citus, where no statement passes over rows: who comes second waits, and sees what the first one left.</summary>
public sealed class RacesOnCitusTests() : RacesTests(DistributedTests.NewCluster())
{
    protected override bool PassesOver => false;

    protected override DatabaseOptions Options => base.Options with { Distribute = true };
}
