using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ChangeFeed;

/// <summary>Numbers under load: several nodes that each believe that it is their turn, orders moved meanwhile, readers that follow, transactions that are lost.</summary>
public sealed class SequencerTests(Service service) : IClassFixture<Service>
{
    private const long GameId = 7;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_that_follow_while_orders_move_each_see_every_number_once()
    {
        var game = await service.NewGameAsync();
        var random = new Random(5);
        var seeds = Enumerable.Range(0, 60).Select(_ => random.Next()).ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var numbering = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await service.NumberAsync();
                await Task.Yield();
            }
        });
        var readers = new[] { 1, 7, 500 }.Select(limit => Task.Run(async () =>
        {
            var (items, cursor) = (new List<long>(), (string?)null);
            while (true)
            {
                var isLast = end.IsCancellationRequested;
                (var more, cursor) = await service.DrainAsync(game.GameId, cursor, limit);
                items.AddRange(more.Select(item => item.GetProperty("number").GetInt64()));
                if (isLast)
                {
                    return items;
                }
            }
        })).ToList();

        // The game sees "delivered" twice, persons act at once: who loses changes nothing and is not told.
        await Task.WhenAll(seeds.Select(seed => Task.Run(async () =>
        {
            var draw = new Random(seed);
            var id = await service.CreateAsync(Native.NewOrder(game.GameId));
            for (var act = 0; act < 6; act++)
            {
                var step = draw.Next(6);
                Task OneAsync() => step switch
                {
                    0 => service.ActAsync(id, "close", new { reason = "r" }),
                    1 => service.ActAsync(id, "refund", new { reason = "r" }),
                    2 => service.ActAsync(id, "release", new { reason = "r" }),
                    3 => service.ActAsync(id, "paid", new { channel = "bank", transactionId = "W-" + id, money = "1" }),
                    4 => game.SendProductAsync(id, Now),
                    _ => service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id }),
                };
                await Task.WhenAll(OneAsync(), OneAsync());
            }
        })));
        await service.NumberAsync();
        await end.CancelAsync();
        await numbering;
        await service.NumberAsync();
        var items = await service.AssertReplaysAsync(game.GameId, seeds.Count);
        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.Equal(Enumerable.Range(1, seen.Count).Select(number => (long)number), seen);
            Assert.Equal(items.Count, seen.Count);
        }
    }

    [Fact]
    public async Task Nodes_that_number_at_once_number_nothing_twice_and_lose_nothing()
    {
        using var database = new TestDatabase();
        var leaping = new LeapingClock();
        await using var first = await OpenAsync(database, leaping);
        await using var second = database.Engine == DatabaseOptions.Postgres ? await OpenAsync(database, leaping) : null;
        Database[] stores = [first, second ?? first];
        var faults = new ConcurrentBag<Exception>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var numbering = stores.Select(store => Task.Run(async () =>
        {
            var sequencer = new FeedSequencer(store);
            while (!end.IsCancellationRequested)
            {
                await sequencer.StepAsync(Now);
                await Task.Yield();
            }
        })).ToList();

        // Orders of three games that are held and released, many times and by both nodes at once.
        var moved = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 90).Select(async i =>
        {
            var order = OrderOf(i);
            await stores[i % 2].WriteAsync(transaction => InsertAsync(transaction, order), Now);
            await Task.WhenAll(stores.SelectMany(store => Enumerable.Range(0, 8).Select(async turn =>
            {
                if (await store.WriteAsync(transaction => ToggleAsync(transaction, order.Id), Now))
                {
                    moved.AddOrUpdate(order.Id.Value, 1, (_, count) => count + 1);
                }
            })));
        }));
        await end.CancelAsync();
        await Task.WhenAll(numbering);
        var last = new FeedSequencer(first);
        while (await last.StepAsync(Now))
        {
        }

        Assert.False(await first.ReadAsync(ChangeTable.HasPendingAsync, Now));
        Assert.InRange(moved.Values.Sum(), 90, 90 * 16);
        var all = new List<Change>();
        for (var game = GameId; game < GameId + 3; game++)
        {
            var (changes, _) = await first.ReadAsync(transaction => ChangeTable.BehindAsync(transaction, game, 0, 10_000), Now);
            Assert.Equal(Enumerable.Range(1, changes.Count).Select(number => (long)number), changes.Select(change => change.Number));
            Assert.Equal(changes.Count, (await first.ReadAsync(transaction => ChangeTable.HeadAsync(transaction, game), Now)).Last);
            all.AddRange(changes.Select(change => change.Change));
        }
        foreach (var changes in all.GroupBy(change => change.OrderId))
        {
            Assert.Equal(Enumerable.Range(0, moved.GetValueOrDefault(changes.Key.Value) + 1), changes.Select(change => change.Move));
            Assert.Equal((await first.ReadAsync(transaction => OrderTable.FindAsync(transaction, changes.Key), Now))!.Order.State, changes.Last().State);
        }
        Assert.Equal(90, all.Select(change => change.OrderId).Distinct().Count());
    }

    [Fact]
    public async Task A_backlog_is_numbered_in_bounded_steps_whatever_the_cut()
    {
        using var database = new TestDatabase();
        await using var store = await OpenAsync(database);
        var orders = Enumerable.Range(0, 300).Select(OrderOf).ToList();
        await Task.WhenAll(orders.Select(order => store.WriteAsync(
            async transaction =>
            {
                await InsertAsync(transaction, order);
                for (var turn = 0; turn < 8; turn++)
                {
                    await ToggleAsync(transaction, order.Id);
                }
                return true;
            },
            Now)));
        var sequencer = new FeedSequencer(store);
        var steps = 0;
        while (await sequencer.StepAsync(Now))
        {
            Assert.InRange(++steps, 1, 10);
        }
        for (var game = GameId; game < GameId + 3; game++)
        {
            var (changes, _) = await store.ReadAsync(transaction => ChangeTable.BehindAsync(transaction, game, 0, 10_000), Now);
            Assert.Equal(900, changes.Count);
            Assert.All(changes.GroupBy(change => change.Change.OrderId), of => Assert.Equal(Enumerable.Range(0, 9), of.Select(change => change.Change.Move)));
        }
    }

    [Fact]
    public async Task What_one_commit_changed_waits_in_one_row_on_PostgreSQL()
    {
        using var database = new TestDatabase();
        await using var store = await OpenAsync(database);
        await store.WriteAsync(
            async transaction =>
            {
                await InsertAsync(transaction, OrderOf(0));
                await ToggleAsync(transaction, OrderOf(0).Id);
                return await ToggleAsync(transaction, OrderOf(0).Id);
            },
            Now);

        // A unit that does nothing else is committed all the same.
        await store.WriteAsync(
            transaction =>
            {
                ChangeTable.NoteCreated(transaction, OrderOf(3));
                return ValueTask.FromResult(true);
            },
            Now);
        var rows = await store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT size, changes FROM pending_changes ORDER BY id", row => (Size: row.GetInt32(0), Changes: row.GetString(1))), Now);
        Assert.Equal(database.Engine == DatabaseOptions.Postgres ? 2 : 4, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.Changes.Length, row.Size));
        await new FeedSequencer(store).StepAsync(Now);
        var (changes, _) = await store.ReadAsync(transaction => ChangeTable.BehindAsync(transaction, GameId, 0, 10), Now);
        Assert.Equal([0, 1, 2], changes.Where(change => change.Change.OrderId == OrderOf(0).Id).Select(change => change.Change.Move));
        Assert.Equal(4, changes.Count);
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_noted_and_a_step_that_is_lost_is_taken_again()
    {
        using var database = new TestDatabase();
        await using var store = await OpenAsync(database);
        var order = OrderOf(0);
        await store.WriteAsync(transaction => InsertAsync(transaction, order), Now);

        // A move whose transaction is lost.
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<bool>(
            async transaction =>
            {
                await ToggleAsync(transaction, order.Id);
                throw new InvalidOperationException("the node dies");
            },
            Now));

        // A step that had numbered everything when its node died.
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<bool>(
            async transaction =>
            {
                var taken = await ChangeTable.TakeAsync(transaction, 10, 1000);
                var head = await ChangeTable.ReserveAsync(transaction, GameId, taken.Changes.Count);
                ChangeTable.InsertPage(transaction, head.Last, head.Chain, taken.Changes);
                throw new InvalidOperationException("the node dies");
            },
            Now));
        await new FeedSequencer(store).StepAsync(Now);
        var (changes, _) = await store.ReadAsync(transaction => ChangeTable.BehindAsync(transaction, GameId, 0, 10), Now);
        var only = Assert.Single(changes);
        Assert.Equal((1, order.Id, 0), (only.Number, only.Change.OrderId, only.Change.Move));
    }

    [Fact]
    public async Task One_node_has_the_turn_until_its_lease_is_over_by_any_clock()
    {
        using var database = new TestDatabase();
        var clock = new ManualClock();
        await using var store = await OpenAsync(database, clock);
        var (one, other) = (new FeedSequencer(store), new FeedSequencer(store));
        async Task<long> HeadAfterAsync(FeedSequencer sequencer, int order)
        {
            await store.WriteAsync(transaction => InsertAsync(transaction, OrderOf(order * 3)), Now);
            await sequencer.StepAsync(Now);
            return (await store.ReadAsync(transaction => ChangeTable.HeadAsync(transaction, GameId), Now)).Last;
        }

        Assert.Equal(1, await HeadAfterAsync(one, 0));
        Assert.Equal(1, await HeadAfterAsync(other, 1));
        clock.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(1, await HeadAfterAsync(other, 2));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await HeadAfterAsync(other, 3));
        Assert.Equal(4, await HeadAfterAsync(one, 4));
    }

    [Fact]
    public async Task A_node_that_stops_gives_its_turn_back_and_the_next_one_has_it_at_once()
    {
        using var database = new TestDatabase();
        await using var store = await OpenAsync(database);
        var (one, other) = (new FeedSequencer(store), new FeedSequencer(store));
        await store.WriteAsync(transaction => InsertAsync(transaction, OrderOf(0)), Now);
        await one.StepAsync(Now);
        await one.ReleaseAsync();
        await store.WriteAsync(transaction => InsertAsync(transaction, OrderOf(3)), Now);
        await other.StepAsync(Now);
        Assert.Equal(2, (await store.ReadAsync(transaction => ChangeTable.HeadAsync(transaction, GameId), Now)).Last);

        // Who has lost it gives back nothing.
        await one.ReleaseAsync();
        Assert.NotEqual(0, (await store.ReadAsync(transaction => NodeLeaseTable.FindAsync(transaction, FeedSequencer.Job), Now))!.UntilMs);
    }

    private static async Task<Database> OpenAsync(TestDatabase database, TimeProvider? clock = null)
    {
        clock ??= new ManualClock();
        var options = database.Options with { ServerNowMs = clock is ManualClock manual ? manual.SteadyMs : () => clock.GetUtcNow().ToUnixTimeMilliseconds() };
        var store = new Database(options, clock, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return store;
    }

    private static Order OrderOf(int number) => new()
    {
        Id = OrderId.FromStore($"{1000 + number}"), GameId = GameId + (number % 3), ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "u", CreatedMs = 1000 - number,
        ExpiresMs = 1_000_000,
    };

    private static async ValueTask<bool> InsertAsync(Transaction transaction, Order order)
    {
        var isNew = await OrderTable.InsertAsync(transaction, order);
        ChangeTable.NoteCreated(transaction, order);
        return isNew;
    }

    /// <summary>Holds an unpaid order, or releases it.</summary>
    private static async ValueTask<bool> ToggleAsync(Transaction transaction, OrderId id)
    {
        var order = (await OrderTable.FindAsync(transaction, id))!.Order;
        var to = order.State with { Progress = order.State.Progress == Progress.Created ? Progress.Review : Progress.Created };
        return await OrderTable.MoveAsync(transaction, order, to, reason: null, deliveredMs: null, order.CreatedMs);
    }

    /// <summary>Every look at it is a minute later: every lease is over.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _minutes;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMinutes(Interlocked.Increment(ref _minutes));

        public override long GetTimestamp() => GetUtcNow().Ticks;
    }
}
