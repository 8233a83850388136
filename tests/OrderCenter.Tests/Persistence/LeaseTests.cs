using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.ChangeFeed;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>Every kind of leased row under nodes whose clocks are wrong: none is taken while its lease holds, none stands longer than it should.</summary>
public sealed class LeaseTests : IDisposable
{
    private const long GameId = 7;
    private const long LeaseMs = 60_000;
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);

    private readonly TestDatabase _database = new();

    /// <summary>Runs as the database's own; the nodes' wall clocks differ from it.</summary>
    private readonly ManualClock _server = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task What_a_killed_process_leased_whose_clock_was_two_hours_ahead_is_free_after_the_next_start()
    {
        await using (var ahead = await OpenAsync(TwoHours))
        {
            await LeaseAllAsync(ahead.Store);
        }
        await using var next = await OpenAsync(TimeSpan.Zero);
        if (_database.Engine == DatabaseOptions.Postgres)
        {
            // Nobody knows that it is dead: its leases run out, by the database's clock.
            Assert.Empty(await FreeAsync(next));
            next.Advance(TimeSpan.FromMilliseconds(LeaseMs - 1));
            Assert.Empty(await FreeAsync(next));
            next.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(["ask", "callback", "key", "notice", "poll", "reconciliation", "sequencer", "telling"], await FreeAsync(next));
    }

    [Fact]
    public async Task Nodes_whose_clocks_differ_by_hours_take_nothing_from_one_another_while_its_lease_holds()
    {
        if (_database.Engine != DatabaseOptions.Postgres)
        {
            return;
        }
        await using var behind = await OpenAsync(-TwoHours);
        await using var ahead = await OpenAsync(TwoHours);
        await LeaseAllAsync(behind.Store);
        Assert.Empty(await FreeAsync(ahead));
        ahead.Advance(TimeSpan.FromMilliseconds(LeaseMs));
        Assert.Equal(8, (await FreeAsync(ahead)).Count);
    }

    [Fact]
    public async Task Two_nodes_of_one_server_agree_on_the_time_of_leases()
    {
        if (_database.Engine != DatabaseOptions.Postgres)
        {
            return;
        }
        var (right, ahead) = (TimeProvider.System, new ShiftedClock(TwoHours));
        await using var one = new Database(_database.Options, right, NullLoggerFactory.Instance);
        await using var other = new Database(_database.Options, ahead, NullLoggerFactory.Instance);
        await one.OpenAsync(Now);
        await other.OpenAsync(Now);
        Assert.InRange(Math.Abs(one.Leases.NowMs - other.Leases.NowMs), 0, 1000);
        Assert.InRange(other.Leases.SkewMs, 7_190_000, 7_210_000);
    }

    [Fact]
    public async Task Leases_that_stand_because_a_clock_was_set_back_are_shortened()
    {
        await using var node = await OpenAsync(TimeSpan.Zero);
        await LeaseAllAsync(node.Store, TwoHours);
        await ClockRepair.CapLeasesAsync(node.Store, Now);
        Assert.Empty(await FreeAsync(node));
        node.Advance(TimeSpan.FromMilliseconds(ClockRepair.LeaseMaxMs));
        Assert.Equal(8, (await FreeAsync(node)).Count);
    }

    [Fact]
    public async Task What_waits_only_because_a_clock_was_ahead_is_made_due_and_nothing_else()
    {
        await using var node = await OpenAsync(TimeSpan.Zero);
        var nowMs = node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        const long hour = 3_600_000;
        await node.Store.WriteAsync(
            async transaction =>
            {
                // (step, attempts, event, started, due)
                foreach (var (number, step, attempts, eventMs, startedMs, dueMs) in new (int, int, int, long, long?, long)[]
                {
                    (1, 2, 2, nowMs - hour, nowMs - 1000, nowMs + hour), (2, 1, 1, nowMs - hour, nowMs - 1000, nowMs + (20 * hour)), (3, 0, 0, nowMs, null, nowMs + 30_000),
                    (11, 2, 2, nowMs - hour, nowMs + (2 * hour), nowMs + (3 * hour)), (12, 0, 0, nowMs + (2 * hour), null, nowMs + (2 * hour) + 30_000), (13, 0, 4, nowMs - hour, nowMs - hour, nowMs + (2 * hour)),
                })
                {
                    await InsertCallbackAsync(transaction, number, 0, step, attempts, eventMs, startedMs, dueMs);
                }
                await transaction.ExecuteAsync(
                    "INSERT INTO fulfilment_reports (order_id, game_id, channel, since_ms, due_ms) VALUES ('t1', 7, 'google', 1, $1), ('t2', 7, 'google', 1, $2)",
                    nowMs + hour, nowMs + (9 * hour));
                return await transaction.ExecuteAsync(
                    "INSERT INTO payment_lookups (order_id, lookup_key, game_id, since_ms, due_ms) VALUES ('a1', 'k', 7, $1, $2), ('a2', 'k', 7, $3, $4)",
                    nowMs - hour, nowMs + (40 * hour), nowMs + (2 * hour), nowMs + (2 * hour) + 30_000);
            },
            Now);
        Assert.Equal(3, await ClockRepair.PullInAsync(node.Store, nowMs, hasGoneBack: false, Now));
        Assert.Equal([11, 12, 13], await NumbersAsync("SELECT number FROM callbacks WHERE due_ms <= $1 ORDER BY number"));
        Assert.Equal(["t2"], await TextsAsync("SELECT order_id FROM fulfilment_reports WHERE due_ms <= $1"));
        Assert.Equal(["a2"], await TextsAsync("SELECT order_id FROM payment_lookups WHERE due_ms <= $1"));

        // This node saw the clock go back: stores are asked and told at once. Callbacks keep to their schedules.
        Assert.Equal(0, await ClockRepair.PullInAsync(node.Store, nowMs, hasGoneBack: true, Now));
        Assert.Equal(["t1", "t2"], await TextsAsync("SELECT order_id FROM fulfilment_reports WHERE due_ms <= $1 ORDER BY order_id"));
        Assert.Equal(["a1", "a2"], await TextsAsync("SELECT order_id FROM payment_lookups WHERE due_ms <= $1 ORDER BY order_id"));

        Task<List<int>> NumbersAsync(string sql) => node.Store.ReadAsync(transaction => transaction.QueryAsync(sql, row => row.GetInt32(0), nowMs), Now);
        Task<List<string>> TextsAsync(string sql) => node.Store.ReadAsync(transaction => transaction.QueryAsync(sql, row => row.GetString(0), nowMs), Now);
    }

    /// <summary>One leased row of each kind, leased now for a minute by this node's own word, as the product leases.</summary>
    private static Task<int> LeaseAllAsync(Database store, TimeSpan further = default)
    {
        var untilMs = store.Leases.NowMs + LeaseMs + (long)further.TotalMilliseconds;
        return store.WriteAsync(
            async transaction =>
            {
                await InsertCallbackAsync(transaction, 1, 1, 0, 1, 5, 5, 5);
                await transaction.ExecuteAsync("UPDATE callbacks SET lease_owner = 'dead', lease_until_ms = $1, lease = 1", untilMs);
                await transaction.ExecuteAsync(
                    "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, due_ms, lease_until_ms, sealed) VALUES ('n', 'apple', 7, 'n', 5, 5, $1, '')", untilMs);
                await transaction.ExecuteAsync(
                    "INSERT INTO payment_lookups (order_id, lookup_key, game_id, since_ms, due_ms, lease_until_ms) VALUES ('1', 'k', 7, 5, 5, $1)", untilMs);
                await transaction.ExecuteAsync(
                    "INSERT INTO fulfilment_reports (order_id, game_id, channel, since_ms, due_ms, lease_until_ms) VALUES ('1', 7, 'google', 5, 5, $1)", untilMs);
                await transaction.ExecuteAsync("INSERT INTO event_polls (game_id, channel, due_ms, lease_until_ms) VALUES (7, 'google', 5, $1)", untilMs);
                await transaction.ExecuteAsync(
                    "INSERT INTO reconciliations (reconciliation_id, channel, game_id, first_day, last_day, from_ms, to_ms, format, state, actor, counts, due_ms, lease_until_ms, created_ms, updated_ms) " +
                    "VALUES ('r', 'alipay', 7, 'd', 'd', 1, 2, 'f', 1, 'a', '{}', 5, $1, 5, 5)", untilMs);
                await transaction.ExecuteAsync("INSERT INTO request_keys (request_key, fingerprint, status, created_ms, lease_until_ms) VALUES ('k', 'f', 0, 5, $1)", untilMs);
                return await NodeLeaseTable.TakeAsync(transaction, FeedSequencer.Job, new NodeLease("dead", untilMs), store.Leases.OverMs) ? 1 : 0;
            },
            Now);
    }

    /// <summary>Which kinds could be taken over now.</summary>
    private static async Task<List<string>> FreeAsync(Node node)
    {
        var (nowMs, overMs) = (node.Clock.GetUtcNow().ToUnixTimeMilliseconds(), node.Store.Leases.OverMs);
        var free = new List<string>();
        await node.Store.ReadAsync(
            async transaction =>
            {
                async ValueTask AddAsync(string kind, string sql, params object?[] parameters)
                {
                    if ((await transaction.QueryAsync(sql, row => row.GetInt32(0), parameters)).Count > 0)
                    {
                        free.Add(kind);
                    }
                }

                free.AddRange((await CallbackLeaseTable.LapsedAsync(transaction, overMs, 10)).Select(_ => "callback"));
                await AddAsync("ask", "SELECT 1 FROM payment_lookups WHERE due_ms <= $1 AND lease_until_ms <= $2", nowMs, overMs);
                await AddAsync("notice", "SELECT 1 FROM notifications WHERE due_ms <= $1 AND lease_until_ms <= $2", nowMs, overMs);
                await AddAsync("reconciliation", "SELECT 1 FROM reconciliations WHERE due_ms <= $1 AND lease_until_ms <= $2", nowMs, overMs);
                await AddAsync("telling", "SELECT 1 FROM fulfilment_reports WHERE due_ms IS NOT NULL AND due_ms <= $1 AND lease_until_ms <= $2", nowMs, overMs);
                await AddAsync("poll", "SELECT 1 FROM event_polls WHERE due_ms <= $1 AND lease_until_ms <= $2", nowMs, overMs);
                await AddAsync("key", "SELECT 1 FROM request_keys WHERE status = 0 AND lease_until_ms <= $1", overMs);
                free.AddRange((await NodeLeaseTable.FindAsync(transaction, FeedSequencer.Job))!.UntilMs <= overMs ? ["sequencer"] : []);
                return free.Count;
            },
            Now);
        return [.. free.Order(StringComparer.Ordinal)];
    }

    private static ValueTask<int> InsertCallbackAsync(Transaction transaction, int number, int status, int step, int attempts, long eventMs, long? startedMs, long dueMs) =>
        transaction.ExecuteAsync(
            "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, lease_owner, lease_until_ms, started_ms, created_ms) " +
            string.Create(CultureInfo.InvariantCulture, $"VALUES ('1', $1, {GameId}, 'order.paid', 'http://game/cb', '7 http://game', '0,60000,60000', $2, $3, $4, $5, $6, 0, $7, $8, $9, 5)"),
            number, eventMs, status, attempts, step, dueMs, status == 1 ? "dead" : null, status == 1 ? 5L : null, startedMs);

    private async Task<Node> OpenAsync(TimeSpan ahead)
    {
        var clock = new ManualClock();
        clock.SetBy(ahead);
        var options = _database.Options with { ServerNowMs = _server.SteadyMs };
        var store = new Database(options, clock, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return new Node(store, clock, _server);
    }

    private sealed record Node(Database Store, ManualClock Clock, ManualClock Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Store.DisposeAsync();

        public void Advance(TimeSpan by)
        {
            Clock.Advance(by);
            Server.Advance(by);
        }
    }

    private sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
