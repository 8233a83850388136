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
    private const string NoLease = "lease_owner = NULL, lease_until_ms = NULL";
    private const string Payment = "INSERT INTO payments (transaction_id, channel, environment, order_id, settled_ms) VALUES ($1, 'bank', 'Production', $2, 1)";
    private const string Number = "INSERT INTO order_keys (game_id, merchant_order_id, order_id, fingerprint) VALUES (1, $1, $2, 'f')";

    private readonly Service _service = new();
    private readonly Dictionary<string, long> _progress = [];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => _service.Services.GetRequiredService<Database>();

    public async ValueTask InitializeAsync() => await _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task What_the_service_has_written_agrees()
    {
        await FillAsync();
        var (report, faults) = await RunAsync();
        Assert.Empty(faults);
        Assert.Equal(0, report.Faults);

        // Nothing is right because nothing was looked at, and how far it is was told.
        Assert.All(report.Counts, count => Assert.True(count.Count > 0, count.Name));
        Assert.Contains(report.Counts, count => count.Name == "orders" && count.Count >= 4);
        Assert.Equal(report.Counts.Select(count => count.Name).Order(StringComparer.Ordinal), _progress.Keys.Where(name => !name.Contains('.')).Append("sealed texts").Order(StringComparer.Ordinal));
        Assert.All(report.Counts.Where(count => _progress.ContainsKey(count.Name)), count => Assert.Equal(count.Count, _progress[count.Name]));
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
        var books = await FillAsync();
        var gameId = books.GameId;
        var more = await PlayersAsync(gameId, 2);
        var o = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            o.Add(await PayAsync(gameId));
        }
        await FeedAsync(gameId);
        const string Stock = "(SELECT min(card_key) FROM cards WHERE order_id IS NULL)";
        (string Break, object?[] Parameters, string Found)[] breaks =
        [
            // Orders.
            ("DELETE FROM payments WHERE order_id = $1", [o[0]], $"orders: order {o[0]}: its payment bank T{o[0]} is not in the payments"),
            ("UPDATE payments SET order_id = '77' WHERE order_id = $1", [o[1]], $"orders: order {o[1]}: its payment bank T{o[1]} belongs to order 77"),
            ("UPDATE orders SET payment = '{' WHERE order_id = $1", [o[2]], $"orders: order {o[2]}: its payment cannot be read"),
            ("UPDATE orders SET payment = 'null' WHERE order_id = $1", [o[3]], $"orders: order {o[3]}: it is paid, and has no payment"),
            ("DELETE FROM order_keys WHERE order_id = $1", [o[4]], $"orders: order {o[4]}: its game's number leads to no order"),
            ("UPDATE order_keys SET order_id = $2 WHERE order_id = $1", [o[5], o[0]], $"orders: order {o[5]}: its game's number leads to order {o[0]}"),
            ($"UPDATE callbacks SET status = 5, due_ms = NULL, {NoLease}, finished_ms = 1 WHERE order_id = $1", [o[6]], $"orders: order {o[6]}: it is being delivered, and has no callback"),
            ("UPDATE cards SET order_id = NULL, issued_ms = NULL WHERE order_id = $1", [books.Cards[0]], $"orders: order {books.Cards[0]}: 1 of its cards are not issued to it in the stock"),
            ($"UPDATE cards SET order_id = $1, issued_ms = 1 WHERE card_key = {Stock}", [books.Cards[1]], $"orders: order {books.Cards[1]}: 1 cards of the stock are issued to it, and it does not hold them"),
            ("UPDATE orders SET attributes = replace(attributes, ':\"v1.', ':\"v1.00000000.') WHERE order_id = $1", [books.Cards[2]], $"orders: order {books.Cards[2]}: cards of order {books.Cards[2]} was encrypted with key 00000000"),

            // Payments, numbers, callbacks.
            (Payment, ["stray", "79"], "payments: payment bank Production stray: its order 79 is missing"),
            (Payment, ["early", books.Unpaid], $"payments: payment bank Production early: its order {books.Unpaid} is not paid"),
            (Payment, ["other", o[4]], $"payments: payment bank Production other: its order {o[4]} was paid by another one"),
            (Payment, ["unread", o[2]], $"payments: payment bank Production unread: its order {o[2]} has a payment that cannot be read"),
            (Number, ["lost", "78"], "games' order numbers: number 'lost' of game 1: its order 78 is missing"),
            (Number, ["abroad", o[4]], $"games' order numbers: number 'abroad' of game 1: its order {o[4]} is of game {gameId}"),
            ("UPDATE callbacks SET order_id = '76', number = 5 WHERE order_id = $1", [o[7]], "callbacks: callback cb_76_5: its order is missing"),
            ("UPDATE callbacks SET game_id = game_id + 1 WHERE order_id = $1", [o[8]], $": its order is of game {gameId}, not {gameId + 1}"),
            (
                $"UPDATE callbacks SET endpoint = 'nowhere', status = 0, due_ms = 9999999999999, {NoLease} WHERE order_id = $1", [o[9]],
                ": it waits for nowhere, which is not among the endpoints"),

            // Points.
            ("UPDATE points_balances SET balance_e4 = balance_e4 + 1 WHERE uid = $1", [books.Uid], $"points balances: user {books.Uid}: the balance is"),
            ("UPDATE points_lines SET amount_e4 = amount_e4 + 5 WHERE uid = $1 AND account <> 'user'", [books.Uid], "its lines do not add up to zero"),
            ("UPDATE points_postings SET amount_e4 = amount_e4 + 1 WHERE uid = $1", [more[0]], $" of user {more[0]}: its lines are not of its amount"),
            ("DELETE FROM points_postings WHERE uid = $1", [more[1]], $"points lines: line user of user {more[1]}: its posting"),

            // Cards.
            ($"UPDATE cards SET order_id = '80', issued_ms = 1 WHERE card_key = {Stock}", [], "issued cards: 1 cards are issued to order 80, which is missing"),
            ($"UPDATE cards SET order_id = $1, issued_ms = 1 WHERE card_key = {Stock}", [o[10]], $"issued cards: 1 cards are issued to order {o[10]}, which holds none"),
            ("INSERT INTO card_backlog (game_id, product_id, order_id, quantity, since_ms) VALUES (1, 'p', '81', 1, 1)", [], "order 81 waits for cards of product p of game 1, and is missing"),

            // The audit log and what is sealed.
            ("UPDATE audit_entries SET actor = 'nobody' WHERE number = 2", [], "audit log: the chain is broken at entry 2: it was changed"),
            ("UPDATE apps SET sealed = 'v1.00000000.AAAA' WHERE game_id = $1", [gameId], $"sealed texts: apps.sealed: app {gameId} was encrypted with key 00000000"),
        ];
        foreach (var (sql, parameters, _) in breaks)
        {
            Assert.True(await Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, parameters), Now) > 0, sql);
        }
        var (report, faults) = await RunAsync();
        Assert.All(breaks, one => Assert.Contains(faults, fault => fault.Contains(one.Found, StringComparison.Ordinal)));
        Assert.Equal(report.Faults, faults.Count);
    }

    /// <summary>A gap in the feed, and an end that is missing.</summary>
    [Theory]
    [InlineData("DELETE FROM change_pages WHERE game_id = $1 AND first_number > 1 AND first_number < (SELECT max(first_number) FROM change_pages WHERE game_id = $1)", "follows number")]
    [InlineData("DELETE FROM change_pages WHERE game_id = $1 AND last_number = (SELECT max(last_number) FROM change_pages WHERE game_id = $1)", "were given")]
    [InlineData("UPDATE change_heads SET last_number = last_number - 1 WHERE game_id = $1", "were given")]
    [InlineData("UPDATE change_heads SET chain = 'x' WHERE game_id = $1", "is not what the chain ends with")]
    [InlineData("UPDATE change_pages SET chain_before = 'x' WHERE game_id = $1 AND first_number > 1", "is not chained to the page before")]
    [InlineData("UPDATE change_pages SET changes = '{' WHERE game_id = $1 AND first_number > 1", "cannot be read")]
    [InlineData("UPDATE change_pages SET changes = '[]' WHERE game_id = $1 AND first_number > 1", "has 0 changes")]
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
        var report = await verifier.RunAsync((name, count) => _progress[name] = count, (name, fault) => faults.Add($"{name}: {fault}"), Now);
        return (report, faults);
    }

    /// <summary>Some of everything that the books hold: an order that is not paid; one that is being delivered; three with cards, one that waits for a card, a
    /// direct recharge; cards in stock; points.</summary>
    private async Task<(long GameId, string Unpaid, string[] Cards, string Uid)> FillAsync()
    {
        var game = await _service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/" });
        var gameId = long.Parse(game.GameId);
        await PayAsync(gameId);
        var unpaid = (await game.CreateAsync(game.NewOrder("p", "6", "u", "unpaid-" + gameId), Now)).PlatOrderId;
        var merchant = await Merchant.NewAsync(_service);
        await merchant.ImportAsync("p", Enumerable.Range(0, 6).Select(i => merchant.NewCard("books-" + i)));
        var cards = new string[3];
        for (var i = 0; i < cards.Length; i++)
        {
            await merchant.PayAsync(cards[i] = await merchant.OrderedAsync("p"));
        }
        await merchant.PayAsync(await merchant.OrderedAsync("sold out"));
        await merchant.PayAsync(await merchant.OrderedAsync("p", account: "13800000000"));
        var uid = (await PlayersAsync(gameId, 1))[0];
        await FeedAsync(gameId);
        await _service.Services.GetRequiredService<AuditSealer>().SealAsync(Now);
        return (gameId, unpaid, cards, uid);
    }

    /// <summary>Players with points, some of them spent.</summary>
    private async Task<List<string>> PlayersAsync(long gameId, int count)
    {
        var players = new List<string>();
        for (var i = 0; i < count; i++)
        {
            players.Add((await _service.NewPlayerAsync($"{gameId}", "12.5")).Uid);
            await _service.PostPointsAsync(players[^1], "-2");
        }
        return players;
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
