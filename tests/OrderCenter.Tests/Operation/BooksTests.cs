using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Books;
using OrderCenter.ChangeFeed;
using OrderCenter.Hosting.Operation;
using OrderCenter.Operators.Audit;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operation;

/// <summary>Books that agree are found right; each way in which they can disagree is found, and named.</summary>
public sealed class BooksTests : IAsyncLifetime
{
    private readonly Service _service = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => _service.Services.GetRequiredService<Database>();

    public async ValueTask InitializeAsync() => await _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task What_the_service_has_written_agrees()
    {
        var books = await FillAsync();
        var (report, faults) = await RunAsync();
        Assert.Empty(faults);
        Assert.Equal(0, report.Faults);

        // Nothing is right because nothing was looked at.
        Assert.All(report.Counts.Where(count => count.Name != "orders that wait for cards"), count => Assert.True(count.Count > 0, count.Name));
        Assert.Contains(report.Counts, count => count.Name == "orders" && count.Count >= 4);
        Assert.NotEmpty(books.Paid);
    }

    [Fact]
    public async Task It_agrees_while_the_service_writes()
    {
        await FillAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await FillAsync();
            }
        }, Now)).ToList();
        for (var round = 0; round < 3; round++)
        {
            Assert.Empty((await RunAsync()).Faults);
        }
        await enough.CancelAsync();
        await Task.WhenAll(load);
    }

    [Fact]
    public async Task Every_disagreement_is_found()
    {
        var (paid, other, cards, uid, gameId) = await FillAsync();
        await PayAsync(gameId);
        await FeedAsync(gameId);
        (string Break, object?[] Parameters, string Found)[] breaks =
        [
            ("DELETE FROM payments WHERE order_id = $1", [paid], $"order {paid}: its payment bank T{paid} is not in the payments"),
            ("UPDATE payments SET order_id = '77' WHERE order_id = $1", [other], $"order {other}: its payment bank T{other} belongs to order 77"),
            ("DELETE FROM order_keys WHERE order_id = $1", [other], $"order {other}: its payment"),
            ("UPDATE callbacks SET status = 5, due_ms = NULL, lease_owner = NULL, finished_ms = 1 WHERE order_id = $1", [paid], "it is being delivered, and has no callback"),
            ("UPDATE cards SET order_id = NULL, issued_ms = NULL WHERE order_id = $1", [cards], $"order {cards}: 1 of its cards are not issued to it in the stock"),
            ("UPDATE points_balances SET balance_e4 = balance_e4 + 1 WHERE uid = $1", [uid], $"user {uid}: the balance is"),
            ("UPDATE points_lines SET amount_e4 = amount_e4 + 5 WHERE uid = $1 AND account = 'issued'", [uid], "its lines do not add up to zero"),
            ("UPDATE change_pages SET chain_before = 'x' WHERE game_id = $1 AND first_number > 1", [gameId], $"feed of game {gameId}: page"),
            ("UPDATE audit_entries SET actor = 'nobody' WHERE number = 2", [], "the chain is broken at entry 2: it was changed"),
            ("UPDATE apps SET sealed = 'v1.00000000.AAAA' WHERE game_id = $1", [gameId], $"apps.sealed: app {gameId} was encrypted with key 00000000"),
            (
                "INSERT INTO order_keys (game_id, merchant_order_id, order_id, fingerprint) VALUES (1, 'lost', '78', 'f')", [],
                "number 'lost' of game 1: its order 78 is missing"),
            (
                "INSERT INTO payments (transaction_id, channel, environment, order_id, settled_ms) VALUES ('stray', 'bank', 'Production', '79', 1)", [],
                "payment bank Production stray: its order 79 is missing"),
        ];
        foreach (var (sql, parameters, _) in breaks)
        {
            Assert.True(await Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, parameters), Now) > 0, sql);
        }
        var (report, faults) = await RunAsync();
        Assert.All(breaks, one => Assert.Contains(faults, fault => fault.Contains(one.Found, StringComparison.Ordinal)));
        Assert.Equal(report.Faults, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("its game's number leads to no order", StringComparison.Ordinal));
    }

    /// <summary>A gap in the feed, and an end that is missing.</summary>
    [Theory]
    [InlineData("DELETE FROM change_pages WHERE game_id = $1 AND first_number > 1 AND first_number < (SELECT max(first_number) FROM change_pages WHERE game_id = $1)", "follows number")]
    [InlineData("DELETE FROM change_pages WHERE game_id = $1 AND last_number = (SELECT max(last_number) FROM change_pages WHERE game_id = $1)", "were given")]
    [InlineData("UPDATE change_heads SET last_number = last_number - 1 WHERE game_id = $1", "were given")]
    [InlineData("UPDATE change_heads SET chain = 'x' WHERE game_id = $1", "is not what the chain ends with")]
    public async Task A_feed_that_is_not_whole_is_found(string sql, string found)
    {
        var books = await FillAsync();
        while ((await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM change_pages WHERE game_id = $1", row => row.GetInt64(0), books.GameId), Now))[0] < 3)
        {
            await PayAsync(books.GameId);
            await FeedAsync(books.GameId);
        }
        Assert.True(await Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, books.GameId), Now) > 0);
        Assert.Contains((await RunAsync()).Faults, fault => fault.Contains($"feed of game {books.GameId}", StringComparison.Ordinal) && fault.Contains(found, StringComparison.Ordinal));
    }

    /// <summary>Pages that are no longer kept are no gap.</summary>
    [Fact]
    public async Task A_feed_whose_oldest_pages_are_gone_is_whole()
    {
        var books = await FillAsync();
        await PayAsync(books.GameId);
        await FeedAsync(books.GameId);
        Assert.True(await Store.WriteAsync(transaction => transaction.ExecuteAsync("DELETE FROM change_pages WHERE game_id = $1 AND first_number = 1", books.GameId), Now) > 0);
        Assert.Empty((await RunAsync()).Faults);
    }

    private async Task<(BooksReport Report, List<string> Faults)> RunAsync()
    {
        var vault = _service.Services.GetRequiredService<Vault>();
        var verifier = new BooksVerifier(
            Store, new OrderChecks(vault, _service.Clock), _service.Services.GetRequiredService<AuditQueries>(),
            new KeyRotation(Store, vault, OperationRegistration.SealedColumns, TimeProvider.System), TimeProvider.System);
        var faults = new List<string>();
        var report = await verifier.RunAsync((_, _) => { }, (name, fault) => faults.Add($"{name}: {fault}"), Now);
        return (report, faults);
    }

    /// <summary>Some of everything that the books hold: orders paid and delivering, cards, points.</summary>
    private async Task<(string Paid, string Other, string Cards, string Uid, long GameId)> FillAsync()
    {
        var game = await _service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/" });
        var gameId = long.Parse(game.GameId);
        var (paid, other) = (await PayAsync(gameId), await PayAsync(gameId));
        await game.CreateAsync(game.NewOrder("p", "6", "u", "unpaid-" + gameId), Now);
        var merchant = await Merchant.NewAsync(_service);
        await merchant.ImportAsync("p", [merchant.NewCard("books-1"), merchant.NewCard("books-2")]);
        var cards = await merchant.OrderedAsync("p");
        await merchant.PayAsync(cards);
        var player = await _service.NewPlayerAsync(game.GameId, "12.5");
        await _service.PostPointsAsync(player.Uid, "-2");
        await FeedAsync(gameId);
        await _service.Services.GetRequiredService<AuditSealer>().SealAsync(Now);
        return (paid, other, cards, player.Uid, gameId);
    }

    private async Task<string> PayAsync(long gameId)
    {
        var number = "books-" + Service.NewGameId();
        var (status, order) = await _service.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId = $"{gameId}", merchantOrderId = number, productId = "p", money = "6", currency = "CNY", userId = "u" });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = order.GetProperty("orderId").GetString()!;
        using var response = await _service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", new { channel = "bank", transactionId = "T" + id });
        response.EnsureSuccessStatusCode();
        return id;
    }

    /// <summary>Waits until every change of a game has its number.</summary>
    private Task FeedAsync(long gameId) => Merchant.UntilAsync(async () =>
    {
        await _service.Services.GetRequiredService<FeedSequencer>().StepAsync(Now);
        var moves = (await Store.SearchAsync(
            transaction => transaction.QueryAsync("SELECT count(*), coalesce(CAST(sum(moves) AS bigint), 0) FROM orders WHERE game_id = $1", row => row.GetInt64(0) + row.GetInt64(1), gameId), Now))[0];
        var head = await Store.SearchAsync(
            transaction => transaction.QueryAsync("SELECT last_number FROM change_heads WHERE game_id = $1", row => row.GetInt64(0), gameId), Now);
        return head is [var last] && last == moves;
    });
}
