using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Hosting.Workers;
using OrderCenter.OpenWork;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>contract.md, "Finding, counting, live": GET /work.</summary>
public sealed class WorkTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Database => service.Services.GetRequiredService<Database>();

    [Fact]
    public async Task Each_thing_that_needs_a_person_is_counted_and_goes_when_it_is_done()
    {
        var ledger = await Ledger.NewAsync(service, new { callbackUrl = "http://127.0.0.1:9/callback", callback = new { retrySeconds = new[] { 0 } } });
        Assert.Null(await WorkAsync(ledger.GameId));

        // A payment of another amount holds its order; one that comes second is kept; a callback that nobody takes is exhausted.
        var held = await service.CreateAsync(Native.NewOrder(ledger.GameId));
        await service.ActAsync(held, "paid", new { channel = "bank", transactionId = "T" + held, money = "1", currency = "CNY" });
        var (paid, _) = await ledger.PayAsync("bank");
        await service.ActAsync(paid, "paid", new { channel = "bank", transactionId = "second" + paid, money = "6.5", currency = "CNY" });
        await Until.TrueAsync(async () => (await service.OrderAsync(paid)).GetProperty("callbacks")[0].GetProperty("status").GetString() == "exhausted");
        var work = (await WorkAsync(ledger.GameId))!.Value;
        Assert.Equal((1, 2, 1, 0), (Count(work, "heldOrders"), Count(work, "unappliedPayments"), Count(work, "exhaustedCallbacks"), Count(work, "heldCallbacks")));
        Assert.Equal(0, work.GetProperty("refundQuestions").GetArrayLength());
        Assert.False(work.GetProperty("isMore").GetBoolean());

        await service.ActAsync(held, "release", new { reason = "looked at it" });
        await service.ActAsync(paid, "refund", new { reason = "gave back both" });

        // The callback of the refund may need a person by now, or not yet.
        Assert.True(await WorkAsync(ledger.GameId) is not { } left || (Count(left, "heldOrders"), Count(left, "unappliedPayments")) == (0, 0));

        // Differences of a reconciliation, and one of them repaired.
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5")), ledger.Sale(Ledger.NewNumber("5"))]));
        Assert.Equal(2, Count((await WorkAsync(ledger.GameId))!.Value, "differences"));
        await service.CallAsync(HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/1/repair", new { action = "ignore", reason = "seen" });
        Assert.Equal(1, Count((await WorkAsync(ledger.GameId))!.Value, "differences"));
    }

    [Fact]
    public async Task Products_that_paid_orders_wait_for_are_low_and_held_callbacks_are_counted()
    {
        var merchant = await Merchant.NewAsync(service);
        foreach (var product in new[] { "p1", "p1", "p2" })
        {
            var order = await merchant.OrderedAsync(product);
            Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "T" + order })).Status);
        }
        await Until.TrueAsync(async () => await WorkAsync(merchant.GameId) is { } work && Count(work, "lowStock") == 2);
    }

    [Fact]
    public async Task The_counts_are_those_of_plain_counting()
    {
        // It would raise alerts between what is answered and what is counted.
        await Service.StopOnceBegunAsync(service.Services.GetServices<IHostedService>().OfType<AlertWorker>().Single());
        var seed = System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        long[] games = [.. Enumerable.Range(0, 5).Select(_ => Service.NewGameId())];
        await Database.WriteAsync(
            async transaction =>
            {
                for (var i = 0; i < 400; i++)
                {
                    await InsertAsync(transaction, $"work-{seed}-{i}", games[random.Next(games.Length)], random);
                }
                return true;
            },
            Now);
        var token = await service.NewTokenAsync("viewer", games);
        service.Clock.Advance(WorkCounts.KeptFor);
        var (status, json) = await service.WithTokenAsync(token, HttpMethod.Get, "/work");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(json.GetProperty("isMore").GetBoolean());
        var items = json.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("gameId").GetInt64());
        foreach (var game in games)
        {
            var item = items[game];
            Assert.Equal(await CountAsync("orders", "progress = 5", game), Count(item, "heldOrders"));
            Assert.Equal(await CountAsync("callbacks", "status = 3", game), Count(item, "exhaustedCallbacks"));
            Assert.Equal(await CountAsync("callbacks", "status = 4", game), Count(item, "heldCallbacks"));
            Assert.Equal(await CountAsync("unapplied_payments", "settled_ms IS NULL", game), Count(item, "unappliedPayments"));
            Assert.Equal(await CountAsync("notifications", "state = 3", game), Count(item, "unclaimedNotifications"));
            Assert.Equal(await CountAsync("notifications", "state = 6", game), Count(item, "failedNotifications"));
            Assert.Equal(await CountAsync("alerts", "recovered_ms IS NULL", game), Count(item, "openAlerts"));
            var oldest = (await QueryAsync($"SELECT coalesce(min(created_ms), 0) FROM callbacks WHERE status = 0 AND game_id = {game}"))[0];
            Assert.Equal(oldest, item.GetProperty("oldestWaitingCallbackAt") is { ValueKind: JsonValueKind.String } at ? at.GetDateTimeOffset().ToUnixTimeMilliseconds() : 0);
        }

        // Who sees only some of the games gets only their counts, and nothing that belongs to no game.
        var limited = await service.WithTokenAsync(await service.NewTokenAsync("viewer", [games[1]]), HttpMethod.Get, "/work");
        Assert.Equal(items[games[1]].GetRawText(), Assert.Single(limited.Json.GetProperty("items").EnumerateArray()).GetRawText());
        await Database.WriteAsync(transaction => NotificationAsync(transaction, $"nobodys-{seed}", 0, state: 3), Now);
        service.Clock.Advance(WorkCounts.KeptFor);
        Assert.Single((await service.WithTokenAsync(token, HttpMethod.Get, "/work")).Json.GetProperty("items").EnumerateArray(), item => item.GetProperty("gameId").GetRawText() == games[0].ToString(CultureInfo.InvariantCulture));
        Assert.DoesNotContain((await service.WithTokenAsync(token, HttpMethod.Get, "/work")).Json.GetProperty("items").EnumerateArray(), item => item.GetProperty("gameId").ValueKind == JsonValueKind.Null);
        Assert.Contains((await service.GetAsync("/work")).GetProperty("items").EnumerateArray(), item => item.GetProperty("gameId").ValueKind == JsonValueKind.Null && Count(item, "unclaimedNotifications") > 0);
    }

    [Fact]
    public async Task A_count_stops_at_ten_thousand_of_a_game_and_hides_no_other_game()
    {
        long[] games = [.. Enumerable.Range(0, 5).Select(_ => Service.NewGameId())];
        int[] counts = [10_050, 9_990, 25, 10_000, 3];
        foreach (var (game, count) in games.Zip(counts))
        {
            await Database.WriteAsync(
                transaction => transaction.ExecuteAsync(
                    $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) " +
                    "INSERT INTO unapplied_payments (order_id, channel, environment, transaction_id, game_id, seen_ms, reason, payment) " +
                    $"SELECT 'many-{game}-' || CAST(i AS text), 'bank', 'Production', 'x', {game}, 0, 'x', '{{}}' FROM n"),
                Now);
        }
        service.Clock.Advance(WorkCounts.KeptFor);
        var items = (await service.WithTokenAsync(await service.NewTokenAsync("viewer", games), HttpMethod.Get, "/work")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(counts.Select(count => (long)Math.Min(count, 10_000)), items.Select(item => Count(item, "unappliedPayments")));
        Assert.Equal(counts.Select(count => count > 10_000), items.Select(item => item.GetProperty("isMore").GetBoolean()));
    }

    [Fact]
    public async Task A_game_that_is_not_his_is_no_game()
    {
        var (own, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var token = await service.NewTokenAsync("viewer", [long.Parse(own.GameId, CultureInfo.InvariantCulture)]);
        foreach (var path in new[] { "/work", "/endpoints" })
        {
            Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(token, HttpMethod.Get, $"{path}?gameId={own.GameId}")).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Get, $"{path}?gameId={other.GameId}")).Status);
        }
    }

    /// <summary>What of a game needs a person now; null: nothing.</summary>
    private async Task<JsonElement?> WorkAsync(string gameId)
    {
        service.Clock.Advance(WorkCounts.KeptFor);
        var items = (await service.GetAsync("/work?gameId=" + gameId)).GetProperty("items").EnumerateArray().ToList();
        return items.Count == 0 ? null : Assert.Single(items);
    }

    private static long Count(JsonElement item, string name) => item.GetProperty(name).GetInt64();

    private async Task<long> CountAsync(string table, string condition, long gameId) =>
        (await QueryAsync($"SELECT count(*) FROM {table} WHERE {condition} AND game_id = {gameId}"))[0];

    private Task<List<long>> QueryAsync(string sql) => Database.SearchAsync(transaction => transaction.QueryAsync(sql, row => row.GetInt64(0)), Now);

    /// <summary>A row of some kind in some state.</summary>
    private static async ValueTask InsertAsync(Transaction transaction, string id, long game, Random random)
    {
        var atMs = 1_700_000_000_000 + random.Next(1_000_000_000);
        switch (random.Next(5))
        {
            case 0:
                await transaction.ExecuteAsync(
                    "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, progress, created_ms, expires_ms, delivered_ms) " +
                    $"VALUES ('{id}', {game}, 'p', 'p', 1, 'CNY', 'u', 1, {random.Next(6)}, {atMs}, 9000000000000, 1)");
                break;
            case 1:
                var status = new[] { 0, 2, 3, 4, 5 }[random.Next(5)];
                var (due, finished) = (status == 0 ? "9000000000000" : "NULL", status is 2 or 3 or 5 ? "1" : "NULL");
                await transaction.ExecuteAsync(
                    "INSERT INTO callbacks (order_id, number, game_id, event, url, endpoint, waits, event_ms, status, attempts, due_ms, lease, created_ms, finished_ms) " +
                    $"VALUES ('{id}', 1, {game}, 'order.paid', 'http://h/', '{game} http://h{random.Next(3)}', '0', {atMs}, {status}, 1, {due}, 0, {atMs}, {finished})");
                break;
            case 2:
                await transaction.ExecuteAsync(
                    "INSERT INTO unapplied_payments (order_id, channel, environment, transaction_id, game_id, seen_ms, reason, payment, settled_ms) " +
                    $"VALUES ('{id}', 'bank', 'Production', 'x', {game}, {atMs}, 'x', '{{}}', {(random.Next(2) == 0 ? "NULL" : "1")})");
                break;
            case 3:
                await transaction.ExecuteAsync(
                    "INSERT INTO alerts (alert_id, condition, subject, game_id, severity, value, threshold, detail, raised_ms, seen_ms, told, recovered_ms) " +
                    $"VALUES ('{id}', 'test.only', '{id}', {game}, 0, 1, 1, '', {atMs}, {atMs}, 1, {(random.Next(2) == 0 ? "NULL" : "9000000000000")})");
                break;
            default:
                await NotificationAsync(transaction, id, game, random.Next(1, 7));
                break;
        }
    }

    private static ValueTask<int> NotificationAsync(Transaction transaction, string id, long game, int state) =>
        transaction.ExecuteAsync(
            "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, state, sealed) " +
            $"VALUES ('{id}', 'google', {game}, 'n', 1700000000000, {state}, 'x')");
}
