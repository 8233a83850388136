using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.ChangeFeed;
using OrderCenter.Hosting.Workers;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ChangeFeed;

/// <summary>The feed as it is asked for: pages, cursors, who may read, and what is no longer kept.</summary>
public sealed class FeedTests(FeedTests.Keeping service) : IClassFixture<FeedTests.Keeping>
{
    private const int KeepDays = 3;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => service.Services.GetRequiredService<Database>();

    private FeedReader Changes => service.Services.GetRequiredService<FeedReader>();

    public sealed class Keeping : Service
    {
        protected override IReadOnlyList<string> Settings => [$"--Changes:KeepDays={KeepDays}"];
    }

    [Fact]
    public async Task Pages_of_any_size_are_the_same_feed_and_an_empty_page_has_a_cursor_too()
    {
        var (game, _) = await NewAsync(0);
        var empty = await service.PageAsync(game, null, 10);
        Assert.Equal((0, false), (empty.GetProperty("items").GetArrayLength(), empty.GetProperty("hasMore").GetBoolean()));
        var start = empty.GetProperty("nextCursor").GetString()!;
        await OrdersAsync(game, 11);
        await service.NumberAsync();
        foreach (var limit in new[] { 1, 2, 11, 12, 500 })
        {
            foreach (var cursor in new[] { null, start })
            {
                var (items, end) = await service.DrainAsync(game, cursor, limit);
                Assert.Equal(Enumerable.Range(1, 11), items.Select(item => item.GetProperty("number").GetInt32()));
                var (none, same) = await service.DrainAsync(game, end, limit);
                Assert.Equal((0, end), (none.Count, same));
            }
        }

        // Exactly a page is all there is; the default is 100.
        Assert.False((await service.PageAsync(game, null, 11)).GetProperty("hasMore").GetBoolean());
        await OrdersAsync(game, 100);
        await service.NumberAsync();
        using var plain = await service.AskAsync(Feed.TokenOf(game), "");
        var text = await plain.Content.ReadAsStringAsync(Now);
        Assert.Equal(100, System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_plain_words()
    {
        var (game, _) = await NewAsync(2);
        var (other, _) = await NewAsync(3);
        await service.NumberAsync();
        var (_, foreign) = await service.DrainAsync(other);
        foreach (var (query, field) in new[]
        {
            ("gameId=&limit=1", "gameId"), ("limit=1", "gameId"), ("gameId=999999", "gameId"), ("gameId=nobody", "gameId"), ($"gameId={game}&gameId={game}", "gameId"),
            ($"gameId={game}&limit=0", "limit"), ($"gameId={game}&limit=501", "limit"), ($"gameId={game}&limit=-1", "limit"), ($"gameId={game}&limit=1.5", "limit"),
            ($"gameId={game}&limit=99999999999", "limit"), ($"gameId={game}&cursor=x", "cursor"), ($"gameId={game}&cursor=%00", "cursor"), ($"gameId={game}&cursor={foreign}", "cursor"),
            ($"gameId={game}&cursor={Cursor(game, "2:x:y")}", "cursor"), ($"gameId={game}&cursor={Cursor(game, "-1")}", "cursor"), ($"gameId={game}&cursor={Cursor(game, long.MaxValue.ToString())}", "cursor"),
            ($"gameId={game}&cursor={new string('a', 2000)}", "cursor"),
        })
        {
            using var response = await service.AskAsync(Service.Token, query);
            var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
            Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        }
        using var good = await service.AskAsync(Service.Token, $"gameId={game}&cursor={Cursor(game, "0")}");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task After_a_restore_a_cursor_of_what_was_undone_is_gone_and_one_from_before_reads_on()
    {
        var (game, _) = await NewAsync(5);
        await service.NumberAsync();
        var (_, kept) = await service.DrainAsync(game);
        var (head, chain) = await Store.ReadAsync(transaction => ChangeTable.HeadAsync(transaction, long.Parse(game)), Now);
        await OrdersAsync(game, 10);
        await service.NumberAsync();
        var (undone, ahead) = await service.DrainAsync(game);
        var middle = (await service.PageAsync(game, null, 12)).GetProperty("nextCursor").GetString()!;
        Assert.Equal(15, undone.Count);

        // The database as it was at 5, and other orders since: the numbers are given again.
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("DELETE FROM change_pages WHERE game_id = $1 AND last_number > $2", long.Parse(game), head), Now);
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE change_heads SET last_number = $2, chain = $3 WHERE game_id = $1", long.Parse(game), head, chain), Now);
        foreach (var orders in new[] { 0, 7, 3, 20 })
        {
            await OrdersAsync(game, orders);
            await service.NumberAsync();
            foreach (var cursor in new[] { ahead, middle, Cursor(game, "5"), Cursor(game, "12"), Cursor(game, "9999999:0011223344556677") })
            {
                using var gone = await service.AskAsync(Feed.TokenOf(game), "cursor=" + cursor);
                var problem = await Native.AssertProblemAsync(gone, HttpStatusCode.Gone);
                Assert.Equal(1, problem.GetProperty("oldestNumber").GetInt64());
                Assert.Contains("begin without a cursor", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
            }
        }
        Assert.Equal(30, (await service.DrainAsync(game, kept)).Items.Count);
        foreach (var limit in new[] { 1, 3, 500 })
        {
            Assert.Equal(Enumerable.Range(1, 35), (await service.DrainAsync(game, null, limit)).Items.Select(item => item.GetProperty("number").GetInt32()));
        }
    }

    [Fact]
    public async Task A_service_that_stops_gives_the_turn_to_number_back()
    {
        await using var stopping = new Stopping();
        await stopping.InitializeAsync();
        var game = await stopping.NewGameAsync();
        await stopping.CreateAsync(Native.NewOrder(game.GameId));
        await stopping.NumberAsync();
        var store = stopping.Services.GetRequiredService<Database>();
        Assert.NotEqual(0, (await store.ReadAsync(transaction => NodeLeaseTable.FindAsync(transaction, FeedSequencer.Job), Now))!.UntilMs);
        await Service.StopOnceBegunAsync(stopping.Services.GetServices<IHostedService>().OfType<ChangeFeedWorker>().Single());
        Assert.Equal(0, (await store.ReadAsync(transaction => NodeLeaseTable.FindAsync(transaction, FeedSequencer.Job), Now))!.UntilMs);
    }

    public sealed class Stopping : Service;

    [Fact]
    public async Task A_game_reads_its_own_feed_with_its_own_token_and_nothing_else()
    {
        var (game, _) = await NewAsync(1, new { alias = "feeder" });
        var (other, _) = await NewAsync(1);
        await service.NumberAsync();
        var token = Feed.TokenOf(game);
        foreach (var query in new[] { "", "gameId=" + game, "gameId=feeder" })
        {
            using var own = await service.AskAsync(token, query);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }
        foreach (var query in new[] { "gameId=" + other, "gameId=999999", "gameId=" })
        {
            using var foreign = await service.AskAsync(token, query);
            await Native.AssertProblemAsync(foreign, HttpStatusCode.Forbidden);
        }

        // Both have the same secret: the token is of one game all the same. Nothing else opens to it.
        foreach (var bad in new[] { other + token[token.IndexOf('.', StringComparison.Ordinal)..], token[..^1], token + "0", "0" + token, game + ".", game, "." + token, Feed.TokenOf(game, "another secret") })
        {
            using var refused = await service.AskAsync(bad, "gameId=" + game);
            await Native.AssertProblemAsync(refused, HttpStatusCode.Unauthorized);
        }
        foreach (var path in new[] { "/api/v1/orders", "/api/v1/apps/" + game, "/api/v1/callbacks", "/api/v1/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            using var refused = await service.Http.SendAsync(request, Now);
            await Native.AssertProblemAsync(refused, HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_token_lives_as_long_as_its_secret_and_where_the_game_may_come_from()
    {
        var (game, _) = await NewAsync(1);
        var old = Feed.TokenOf(game);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game}/secrets", new { secret = "the-second-secret-0", previousValidSeconds = 60 });
        foreach (var token in new[] { old, Feed.TokenOf(game, "the-second-secret-0") })
        {
            using var response = await service.AskAsync(token, "");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        service.Clock.Advance(TimeSpan.FromSeconds(61));
        using var late = await service.AskAsync(old, "");
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        foreach (var (change, status) in new (object, HttpStatusCode)[]
        {
            (new { allowedIps = new[] { "10.1.2.3" } }, HttpStatusCode.Unauthorized), (new { allowedIps = new[] { "127.0.0.0/8", "::1" } }, HttpStatusCode.OK),
            (new { disabled = true }, HttpStatusCode.Unauthorized), (new { disabled = false }, HttpStatusCode.OK),
        })
        {
            await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game, change);
            using var response = await service.AskAsync(Feed.TokenOf(game, "the-second-secret-0"), "");
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_old_is_forgotten_from_its_beginning_on_and_a_cursor_before_that_is_told_so()
    {
        var (game, _) = await NewAsync(FeedReader.PruneMax + 7, new { unpaidExpiresMinutes = 20_000 });
        var (idle, _) = await NewAsync(4, new { unpaidExpiresMinutes = 20_000 });
        await service.NumberAsync();
        var (_, first) = (await service.PageAsync(game, null, 1), (await service.PageAsync(game, null, 1)).GetProperty("nextCursor").GetString()!);
        var (_, last) = await service.DrainAsync(game);
        service.Clock.Advance(TimeSpan.FromDays(KeepDays) - TimeSpan.FromMinutes(30));
        await OrdersAsync(game, 5);
        await service.NumberAsync();
        await PruneAsync();
        Assert.Equal(FeedReader.PruneMax + 12, (await service.DrainAsync(game)).Items.Count);

        service.Clock.Advance(TimeSpan.FromHours(1));
        await PruneAsync();
        using (var gone = await service.AskAsync(Feed.TokenOf(game), "cursor=" + first))
        {
            Assert.Equal(FeedReader.PruneMax + 8, (await Native.AssertProblemAsync(gone, HttpStatusCode.Gone)).GetProperty("oldestNumber").GetInt64());
        }
        Assert.Equal([508, 509, 510, 511, 512], (await service.DrainAsync(game, last)).Items.Select(item => item.GetProperty("number").GetInt32()));
        Assert.Equal(5, (await service.DrainAsync(game)).Items.Count);

        // Where nothing is left, numbers go on all the same.
        using (var gone = await service.AskAsync(Feed.TokenOf(idle), "cursor=" + Cursor(idle, "3:0011223344556677")))
        {
            Assert.Equal(5, (await Native.AssertProblemAsync(gone, HttpStatusCode.Gone)).GetProperty("oldestNumber").GetInt64());
        }
        var (none, next) = await service.DrainAsync(idle);
        Assert.Empty(none);
        await OrdersAsync(idle, 1);
        await service.NumberAsync();
        Assert.Equal(5, Assert.Single((await service.DrainAsync(idle, next)).Items).GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task The_service_numbers_by_itself_as_time_goes_on()
    {
        var (game, ids) = await NewAsync(3);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await service.DrainAsync(game)).Items.Count < ids.Count)
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    private static string Cursor(string game, string number) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{game}:{number}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private async Task PruneAsync()
    {
        while (await Changes.PruneAsync(Now))
        {
        }
    }

    private async Task<(string GameId, List<string> Ids)> NewAsync(int orders, object? more = null)
    {
        var game = await service.NewGameAsync(more);
        return (game.GameId, await OrdersAsync(game.GameId, orders));
    }

    private async Task<List<string>> OrdersAsync(string gameId, int count) =>
        [.. await Task.WhenAll(Enumerable.Range(0, count).Select(_ => service.CreateAsync(Native.NewOrder(gameId))))];
}
