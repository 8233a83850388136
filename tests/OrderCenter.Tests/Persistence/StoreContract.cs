using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>What every engine must do. An engine's own suite derives from this and says where its database is.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private Database? _store;

    internal Database Store => _store!;

    protected ManualClock Clock { get; } = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    protected abstract DatabaseOptions Options { get; }

    public async ValueTask InitializeAsync()
    {
        _store = await OpenAsync();
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("CREATE TABLE facts (id bigint NOT NULL PRIMARY KEY, worth bigint NOT NULL, CHECK (worth >= 0))"), Now);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await CloseAsync();
    }

    /// <summary>The store's threads run units, not what follows them: that could hold up everybody.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_follows_an_outcome_runs_on_no_thread_of_the_store(bool fails)
    {
        using var isWaitedFor = new ManualResetEventSlim();
        var unit = Store.RecordAsync(
            _ =>
            {
                isWaitedFor.Wait(Now);
                return fails ? throw new InvalidOperationException("wrong") : ValueTask.FromResult(1);
            },
            Now);
        var follower = unit.ContinueWith(_ => Thread.CurrentThread.IsThreadPoolThread, Now, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        isWaitedFor.Set();
        Assert.True(await follower);
        Assert.Equal(fails, unit.IsFaulted);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_restart()
    {
        for (var id = 1; id <= 20; id++)
        {
            Assert.Equal(1, await InsertAsync(id));
        }
        await CloseAsync();
        _store = await OpenAsync();
        Assert.Equal(20, await CountAsync());
    }

    [Fact]
    public async Task Units_that_wait_together_are_each_answered_with_their_own_result()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(id => Store.WriteAsync(
            async transaction => (id, await transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", id, id * 3)), Now)));
        Assert.All(answers, answer => Assert.Equal(1, answer.Item2));
        Assert.Equal(Enumerable.Range(0, 2000), answers.Select(answer => answer.id));
        var read = await Task.WhenAll(Enumerable.Range(0, 500).Select(id => Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT worth FROM facts WHERE id = $1", row => row.GetInt64(0), id), Now)));
        Assert.Equal(Enumerable.Range(0, 500).Select(id => id * 3L), read.Select(rows => rows.Single()));
    }

    [Fact]
    public async Task Text_is_kept_to_the_character_whatever_the_order_of_the_parameters()
    {
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("CREATE TABLE words (id bigint NOT NULL PRIMARY KEY, word text, rest text)"), Now);
        string?[] texts = ["", "plain", "'; DROP TABLE facts; --", "宝石 💎 \u0001 \ud7ff", null, new string('x', 511), new string('宝', 4000)];
        for (var id = 0; id < texts.Length; id++)
        {
            Assert.Equal(1, await Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO words (rest, word, id) VALUES ($3, $2, $1)", id, texts[id], "r"), Now));
        }
        Assert.Equal(1, await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE words SET rest = $2 WHERE id = $1", 1, "s"), Now));
        var rows = await Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT word, rest FROM words WHERE id < $2 AND id >= $1 ORDER BY id", row => (row.Text(0), row.GetString(1)), 0, long.MaxValue), Now);
        Assert.Equal(texts.Select((text, id) => (text, id == 1 ? "s" : "r")), rows);
    }

    [Fact]
    public async Task A_parameter_of_another_kind_is_refused_and_its_neighbours_are_served()
    {
        var wrong = Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", 1, 1.5), Now);
        var right = InsertAsync(2);
        await Assert.ThrowsAsync<InvalidOperationException>(() => wrong);
        Assert.Equal(1, await right);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_statement_that_nobody_waits_for_is_kept_with_its_unit_or_fails_it()
    {
        // Alone in its unit, before a statement that is waited for, and after one; the one that breaks the table's check fails its own unit.
        var tasks = Enumerable.Range(0, 200).Select(id => Store.WriteAsync(
            async transaction =>
            {
                var worth = id % 50 == 7 ? -1 : 1;
                if (id % 3 == 0)
                {
                    await transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", 1000 + id, 1);
                }
                transaction.Send("INSERT INTO facts (id, worth) VALUES ($1, $2)", id, worth);
                return id % 3 != 1 || (await transaction.QueryAsync("SELECT worth FROM facts WHERE id = $1", row => row.GetInt64(0), id)).Single() == worth;
            },
            Now)).ToList();
        foreach (var (task, id) in tasks.Select((task, id) => (task, id)))
        {
            if (id % 50 == 7)
            {
                await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => task);
            }
            else
            {
                Assert.True(await task);
            }
        }
        Assert.Equal(196 + Enumerable.Range(0, 200).Count(id => id % 3 == 0 && id % 50 != 7), await CountAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.WriteAsync<int>(
            transaction =>
            {
                transaction.Send("INSERT INTO facts (id, worth) VALUES ($1, $2)", 5000, 1);
                throw new InvalidOperationException("after it was sent");
            },
            Now));
        Assert.Empty(await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT worth FROM facts WHERE id = 5000", row => row.GetInt64(0)), Now));
    }

    [Fact]
    public async Task A_unit_that_fails_fails_alone_and_leaves_nothing()
    {
        var tasks = Enumerable.Range(0, 200).Select(id => Store.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", id, 1);
                return id % 50 == 7 ? throw new InvalidOperationException("unit " + id) : id;
            },
            Now)).ToList();
        await Task.WhenAll(tasks.Select(async task =>
        {
            try
            {
                await task;
            }
            catch (InvalidOperationException)
            {
                // Counted below.
            }
        }));
        Assert.Equal([7, 57, 107, 157], tasks.Select((task, id) => (task, id)).Where(pair => pair.task.IsFaulted).Select(pair => pair.id));
        Assert.Equal(196, await CountAsync());
    }

    [Fact]
    public async Task A_broken_constraint_fails_its_own_unit_only()
    {
        var bad = Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", 1, -1), Now);
        var good = Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", 2, 1), Now);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => bad);
        Assert.Equal(1, await good);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Rows_changed_are_told_exactly()
    {
        await InsertAsync(1);
        Assert.Equal(0, await Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", 1, 5), Now));
        Assert.Equal(1, await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE facts SET worth = $2 WHERE id = $1 AND worth = 1", 1, 9), Now));
        Assert.Equal(0, await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE facts SET worth = $2 WHERE id = $1 AND worth = 1", 1, 9), Now));
        Assert.Equal(1, await Store.WriteAsync(transaction => transaction.ExecuteAsync("DELETE FROM facts WHERE id = $1", 1), Now));
    }

    [Fact]
    public async Task Of_two_hundred_compare_and_sets_at_once_one_wins()
    {
        await InsertAsync(1);
        var changed = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Store.WriteAsync(
            transaction => transaction.ExecuteAsync("UPDATE facts SET worth = $2 WHERE id = $1 AND worth = 1", 1, n + 2), Now)));
        Assert.Equal(1, changed.Sum());
    }

    [Fact]
    public async Task A_unit_sees_what_it_wrote_itself()
    {
        var seen = await Store.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, $2)", 1, 41);
                await transaction.ExecuteAsync("UPDATE facts SET worth = worth + 1 WHERE id = $1", 1);
                return await transaction.QueryAsync("SELECT worth FROM facts WHERE id = $1", row => row.GetInt64(0), 1);
            },
            Now);
        Assert.Equal([42], seen);
    }

    [Fact]
    public async Task Text_numbers_and_null_come_back_as_they_went()
    {
        var text = "元宝😀 ' \" ; -- \n\u2028";
        var rows = await Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT $1, $2, $3", row => (row.GetString(0), row.GetInt64(1), row.IsDBNull(2)), text, long.MaxValue, null), Now);
        Assert.Equal((text, long.MaxValue, true), rows.Single());
    }

    [Fact]
    public async Task Readers_cannot_write()
    {
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Store.ReadAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES (1, 1)"), Now));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_its_turn_changes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES (1, 1)"), cancelled.Token));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Beyond_its_bound_the_store_says_busy_at_once_and_serves_what_it_took()
    {
        using var release = new ManualResetEventSlim();
        var blocker = Store.WriteAsync(
            transaction =>
            {
                release.Wait(Now);
                return ValueTask.FromResult(0);
            },
            Now);
        var taken = new List<Task<int>>();
        DatabaseBusyException? busy = null;
        while (busy is null && taken.Count < 100_000)
        {
            try
            {
                var id = taken.Count;
                taken.Add(Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, 1)", id), Now));
            }
            catch (DatabaseBusyException refused)
            {
                busy = refused;
            }
        }
        Assert.NotNull(busy);
        release.Set();
        await blocker;
        await Task.WhenAll(taken);
        Assert.Equal(taken.Count, await CountAsync());
    }

    [Fact]
    public async Task Closing_finishes_what_waits()
    {
        var writes = Enumerable.Range(0, 500).Select(id => InsertAsync(id)).ToList();
        await CloseAsync();
        Assert.All(await Task.WhenAll(writes), changed => Assert.Equal(1, changed));
        _store = await OpenAsync();
        Assert.Equal(500, await CountAsync());
    }

    [Fact]
    public async Task Migrations_run_once_however_often_the_store_is_opened()
    {
        await CloseAsync();
        _store = await OpenAsync();
        var versions = await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT version FROM schema_migrations ORDER BY version", row => row.GetInt32(0)), Now);
        Assert.Equal(versions.Distinct(), versions);
        Assert.Equal(Enumerable.Range(1, versions.Count), versions);
    }

    [Fact]
    public async Task The_schema_itself_refuses_rows_that_cannot_be()
    {
        const string Insert = "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, pay_state, progress, created_ms, expires_ms) VALUES ";
        foreach (var values in new[] { "('1', 1, 'p', '', 1, 'CNY', 'u', 1, 1, 0, 1, 1)", "('1', 1, 'p', '', -1, 'CNY', 'u', 1, 0, 0, 1, 1)", "('1', 1, 'p', '', 1, 'CNY', 'u', 1, 0, 1, 1, 1)", "('1', 1, 'p', '', 1, 'CNY', 'u', 1, 7, 0, 1, 1)" })
        {
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Store.WriteAsync(transaction => transaction.ExecuteAsync(Insert + values), Now));
        }
    }

    /// <summary>The list of all is made of parts: each callback is in it once, in the order of its creation, page after page.</summary>
    [Fact]
    public async Task Callbacks_of_every_status_are_listed_once_and_in_order()
    {
        const string Insert =
            "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, due_ms, lease, lease_owner, lease_until_ms, started_ms, created_ms, finished_ms) VALUES ";
        string[] statuses = ["0, 0, 0, 9, 0, NULL, NULL, NULL", "1, 1, 0, 9, 1, 'node', 9, 9", "2, 1, 0, NULL, 1, NULL, NULL, 9", "3, 1, 0, NULL, 1, NULL, NULL, 9", "4, 0, 0, NULL, 0, NULL, NULL, NULL", "5, 0, 0, NULL, 0, NULL, NULL, NULL"];
        for (var i = 0; i < 60; i++)
        {
            // Three of a millisecond, of two games.
            var values = $"('{i:D3}', 1, {i % 2}, 'order.paid', 'http://x', 'x', '0', 1, {statuses[i % 6]}, {i / 3}, {(i % 6 is 2 or 3 or 5 ? "9" : "NULL")})";
            await Store.WriteAsync(transaction => transaction.ExecuteAsync(Insert + values), Now);
        }
        foreach (var status in Enum.GetValues<CallbackStatus>().Cast<CallbackStatus?>().Prepend(null))
        {
            var expected = Enumerable.Range(0, 60).Where(i => status is null || (int)status == i % 6).Select(i => $"{i:D3}").ToList();
            if (status is { } one)
            {
                Assert.Equal(expected, await OldestFirstAsync(one));
            }
            expected.Reverse();
            Assert.Equal(expected, await NewestFirstAsync(new CallbackFilter { Status = status }));
            Assert.Equal(expected.Where(id => int.Parse(id) % 2 == 1), await NewestFirstAsync(new CallbackFilter { Status = status, Games = GameLimit.Of([1]) }));
            Assert.Equal(expected.Where(id => int.Parse(id) / 3 is >= 5 and < 12), await NewestFirstAsync(new CallbackFilter { Status = status, FromMs = 5, ToMs = 12 }));
        }
    }

    /// <summary>A list is read in parts: of one range or several, with a filter or without, each item is there once and in order.</summary>
    [Fact]
    public async Task A_list_of_several_ranges_and_filters_is_the_sorted_whole()
    {
        const string Insert = "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, created_ms, expires_ms) VALUES ";
        var random = new Random(7);
        var rows = Enumerable.Range(0, 3000).Select(i => (Id: $"{i:D5}", Game: random.Next(1, 25), Amount: random.Next(0, 400), Ms: random.Next(0, 500))).ToList();
        foreach (var chunk in rows.Chunk(500))
        {
            await Store.WriteAsync(
                transaction => transaction.ExecuteAsync(Insert + string.Join(", ", chunk.Select(row => $"('{row.Id}', {row.Game}, 'p', '', {row.Amount}, 'CNY', 'u', 1, {row.Ms}, 1)"))), Now);
        }
        foreach (var games in new[] { GameLimit.None, GameLimit.Of([3]), GameLimit.Of([3, 4, 99]), GameLimit.Of(Enumerable.Range(1, 20).Select(game => (long)game)), GameLimit.Of([]) })
        {
            foreach (var (amount, from, to) in new (int?, long?, long?)[] { (null, null, null), (1, null, null), (350, 100, 400), (null, 100, 101), (null, null, 7), (500, null, null) })
            {
                var expected = rows.Where(row => games.Allows(row.Game) && row.Amount >= (amount ?? 0) && row.Ms >= (from ?? 0) && row.Ms < (to ?? 500))
                    .OrderByDescending(row => row.Ms).ThenByDescending(row => row.Id, StringComparer.Ordinal).Select(row => row.Id);
                foreach (var limit in new[] { 7, 100, 5000 })
                {
                    var scan = new ListScan<OrderRow>(OrderTable.List) { FromMs = from, ToMs = to };
                    scan.AddGames(games);
                    scan.AddFilter("amount_e4 >= ?", amount);
                    Assert.Equal(expected, await ReadAllAsync(scan, limit, row => row.Order.Id.Value));
                }
            }
        }
    }

    /// <summary>The number of a callback is a time in milliseconds: places between windows of a filtered list hold it whole.</summary>
    [Fact]
    public async Task A_filter_that_few_callbacks_meet_is_tried_beyond_a_window()
    {
        const string Insert =
            "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, step, lease, created_ms, finished_ms) VALUES ";
        foreach (var chunk in Enumerable.Range(0, 2100).Chunk(700))
        {
            await Store.WriteAsync(
                transaction => transaction.ExecuteAsync(Insert + string.Join(", ", chunk.Select(i => $"('{i:D4}', {1_795_248_000_000 + i}, 1, 'order.paid', 'http://x', 'x', '0', 1, 2, 1, 0, 0, {i / 3}, 9)"))), Now);
        }
        Assert.Empty(await NewestFirstAsync(new CallbackFilter { HttpStatus = 404 }));
    }

    /// <summary>Callbacks of a filter, in parts of 7.</summary>
    private Task<List<string>> NewestFirstAsync(CallbackFilter filter) => ReadAllAsync(filter.Scan(), 7, item => item.Callback.Id.OrderId.Value);

    private async Task<List<string>> ReadAllAsync<T>(ListScan<T> scan, int limit, Func<T, string> idOf)
    {
        var ids = new List<string>();
        ListKey? after = null;
        do
        {
            var part = await Store.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), Now);
            Assert.True(part.Items.Count <= limit);
            ids.AddRange(part.Items.Select(idOf));
            after = part.Next;
        }
        while (after is not null);
        return ids;
    }

    /// <summary>Every page of 7, one after the other.</summary>
    private async Task<List<string>> OldestFirstAsync(CallbackStatus status)
    {
        var ids = new List<string>();
        (long Ms, string Id) after = (-1, "");
        List<(long CreatedMs, Callback Callback)> page;
        do
        {
            var sql = CallbackTable.OldestFirst(status, "(created_ms, order_id, number) > ($1, $2, 1)", "$3");
            page = await Store.SearchAsync(transaction => transaction.QueryAsync(sql, CallbackTable.ReadListed, after.Ms, after.Id, 7), Now);
            ids.AddRange(page.Select(row => row.Callback.Id.OrderId.Value));
            after = page.Count == 0 ? after : (page[^1].CreatedMs, ids[^1]);
        }
        while (page.Count == 7);
        return ids;
    }

    private async Task<Database> OpenAsync()
    {
        var store = new Database(Options, Clock, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return store;
    }

    private async Task CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    private Task<int> InsertAsync(int id) => Store.WriteAsync(transaction => transaction.ExecuteAsync("INSERT INTO facts (id, worth) VALUES ($1, 1)", id), Now);

    private async Task<long> CountAsync() => (await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM facts", row => row.GetInt64(0)), Now)).Single();
}
