using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Receipts;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>Apple's refunds through the whole service: in part, in whole, reversed, told again and out of order.</summary>
public sealed class AppleRefundPartTests(Platforms service) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Product = "gold_100";
    private AppStoreServer _apple = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _apple = await AppStoreServer.StartAsync(service.Apple, service.Clock, Service.AppleBundle);

    public ValueTask DisposeAsync() => _apple.DisposeAsync();

    [Fact]
    public async Task One_piece_of_three_is_a_refund_in_part_and_all_three_are_a_refund()
    {
        var (game, id, transaction) = await PaidAsync();
        foreach (var (share, sum, count) in new[] { (33333, "5.9999", 1), (66667, "12", 2), (33333, "12", 3) })
        {
            await TellAsync(game, "REFUND", Revoked(transaction, share));
            await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=unapplied")).Count() == count);
            var order = await service.OrderAsync(id);
            Assert.Equal(("paid", "created"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
            Assert.Equal(sum, order.GetProperty("refundedMoney").GetString());
        }
        var notices = (await service.NoticesAsync(game.GameId)).Select(notice => notice.GetProperty("outcome").GetString());
        Assert.Contains("Apple refunded a part of the purchase (33.333 %); so far 5.9999 went back; the order stays as it is", notices);

        await TellAsync(game, "REFUND", Revoked(transaction, 100_000) with { RevocationType = "REFUND_FULL" });
        await service.UntilAsync(id, "refunded", "closed");
    }

    [Fact]
    public async Task Part_that_is_told_without_a_price_changes_nothing_and_is_shown()
    {
        var (game, id, transaction) = await PaidAsync(priceMilli: null);
        await TellAsync(game, "REFUND", Revoked(transaction, 33333));
        Assert.Equal("Apple refunded a part of the purchase (33.333 %); the order stays as it is", (await service.NoticeAsync(game.GameId, "unapplied")).GetProperty("outcome").GetString());
        Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());

        // A gift costs nothing, and a part of nothing is not all of it.
        (game, id, transaction) = await PaidAsync(priceMilli: 0);
        await TellAsync(game, "REFUND", Revoked(transaction, 33333));
        await service.NoticeAsync(game.GameId, "unapplied");
        Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Reversal_takes_back_parts_and_wholes_and_what_was_said_before_it_does_not_come_back()
    {
        var (game, id, transaction) = await PaidAsync();
        var beganMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await TellAsync(game, "REFUND", Revoked(transaction, 33333), beganMs + 1);
        await Platforms.Eventually(async () => (await service.OrderAsync(id)).TryGetProperty("refundedMoney", out _));
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 2);
        await Platforms.Eventually(async () => !(await service.OrderAsync(id)).TryGetProperty("refundedMoney", out _));
        await TellAsync(game, "REFUND", Revoked(transaction, 66667), beganMs + 1);
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=ignored")).Count() == 1);
        Assert.False((await service.OrderAsync(id)).TryGetProperty("refundedMoney", out _));

        // What is said after it counts, also where it comes first; a whole one said before it does not.
        await TellAsync(game, "REFUND", Revoked(transaction, 33333), beganMs + 4);
        await Platforms.Eventually(async () => (await service.OrderAsync(id)).TryGetProperty("refundedMoney", out _));
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 3);
        await TellAsync(game, "REFUND", Revoked(transaction, 100_000), beganMs + 2);
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=ignored")).Count() == 2);
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "5.9999"), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));

        // And a whole one said after it refunds; its own reversal brings the order back.
        await TellAsync(game, "REFUND", Revoked(transaction, 100_000), beganMs + 5);
        await service.UntilAsync(id, "refunded");
        await TellAsync(game, "REFUND", Revoked(transaction, 33333), beganMs + 1);
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 6);
        await service.UntilAsync(id, "paid", "review");
    }

    [Fact]
    public async Task Game_is_told_that_a_part_was_taken_back_and_what_went_back_since()
    {
        await using var events = await EventsReceiver.StartAsync(Platforms.Secret, service.Clock);
        var (game, id, transaction) = await PaidAsync(eventsUrl: events.Url);
        var beganMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        async Task ToldAsync(params string[] types) => await Platforms.Eventually(
            () => Task.FromResult(events.Of(id).DistinctBy(told => told.Id).Select(told => told.Type).Order(StringComparer.Ordinal).SequenceEqual(types.Order(StringComparer.Ordinal))),
            () => string.Join(",", events.Of(id).Select(told => told.Type)));

        await TellAsync(game, "REFUND", Revoked(transaction, 33333), beganMs + 1);
        await ToldAsync("order.paid", "order.partially_refunded");
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 2);
        await ToldAsync("order.paid", "order.partially_refunded", "order.refund_reversed");
        var reversed = events.Of(id).First(told => told.Type == "order.refund_reversed").Data;
        Assert.Equal(("paid", false), (reversed.GetProperty("payState").GetString(), reversed.TryGetProperty("refundedMoney", out _)));
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 2);

        // All of it; then a part, said later than the reversal, which comes last.
        await TellAsync(game, "REFUND", Revoked(transaction, 100_000), beganMs + 3);
        await service.UntilAsync(id, "refunded");
        await TellAsync(game, "REFUND", Revoked(transaction, 66667), beganMs + 5);
        await Platforms.Eventually(async () => !(await service.NoticesAsync(game.GameId, "&state=waiting")).Any());
        await TellAsync(game, "REFUND_REVERSED", transaction, beganMs + 4);
        await ToldAsync("order.paid", "order.partially_refunded", "order.refund_reversed", "order.refunded", "order.refund_reversed", "order.partially_refunded");
        Assert.Contains(events.Of(id), told => told.Data.TryGetProperty("refundedMoney", out var back) && back.GetString() == "12");
    }

    [Fact]
    public async Task Receipt_that_was_refunded_in_part_before_it_came_holds_the_order()
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game);
        var transaction = Revoked(Transaction(18_000), 33333);
        var held = Assert.IsType<PaymentOutcome.Held>(await SettleAsync(game, id, service.Apple.Purchase(transaction)));
        Assert.Equal("Apple refunded a part of the purchase (33.333 %)", held.Reason);
        Assert.Equal("unpaid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Refund_in_part_whose_share_is_missing_is_no_refund_of_all()
    {
        var (game, id, transaction) = await PaidAsync();
        await TellAsync(game, "REFUND", transaction with { RevocationDateMs = 1_800_000_000_000, RevocationType = "REFUND_PRORATED" });
        Assert.Contains("how much of it cannot be read", (await service.NoticeAsync(game.GameId, "unapplied")).GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());

        // The type alone says that it was refunded, whatever became of the date.
        await TellAsync(game, "REFUND", transaction with { RevocationType = "REFUND_FULL" });
        await service.UntilAsync(id, "refunded", "closed");
    }

    [Fact]
    public async Task Lookup_of_the_transaction_finds_the_refund_that_no_notification_told()
    {
        var (game, id, transaction) = await PaidAsync();
        _apple.RefundPart(transaction, 33333);
        await RecheckAsync(id);
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "5.9999"), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));
        await RecheckAsync(id);
        Assert.Equal("5.9999", (await service.OrderAsync(id)).GetProperty("refundedMoney").GetString());

        // A part that was told before, and comes now, changes nothing; nor does an answer that is of another purchase.
        await TellAsync(game, "REFUND", Revoked(transaction, 11111), service.Clock.GetUtcNow().ToUnixTimeMilliseconds() - 1);
        Assert.Equal("5.9999", (await service.OrderAsync(id)).GetProperty("refundedMoney").GetString());
        _apple.Swapped = Revoked(Transaction(18_000), 100_000);
        await RecheckAsync(id);
        _apple.Swapped = null;
        Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());

        _apple.Refund(transaction);
        await RecheckAsync(id);
        Assert.Equal("refunded", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    private async Task RecheckAsync(string id) =>
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck", new { reason = "a player asks" })).Status);

    private static AppleTransaction Revoked(AppleTransaction transaction, int share) =>
        transaction with { RevocationDateMs = 1_800_000_000_000, RevocationType = "REFUND_PRORATED", RevocationPercentage = share };

    private static AppleTransaction Transaction(long? priceMilli) =>
        new() { BundleId = Service.AppleBundle, ProductId = Product, Quantity = 3, PriceMilli = priceMilli, Currency = "CNY" };

    private async Task<(OrderApiGame Game, string OrderId, AppleTransaction Transaction)> PaidAsync(long? priceMilli = 18_000, Uri? eventsUrl = null)
    {
        var game = await NewGameAsync(eventsUrl);
        var id = await NewOrderAsync(game);
        var transaction = Transaction(priceMilli);
        Assert.IsType<PaymentOutcome.Paid>(await SettleAsync(game, id, service.Apple.Purchase(transaction)));
        return (game, id, transaction);
    }

    private async Task<OrderApiGame> NewGameAsync(Uri? eventsUrl = null) => await service.NewGameAsync(
        new JsonObject { ["eventsUrl"] = eventsUrl?.AbsoluteUri, ["channels"] = new JsonObject { ["apple"] = JsonNode.Parse(_apple.Settings()) } }, Platforms.Secret, "OrderApi");

    private async Task<string> NewOrderAsync(OrderApiGame game)
    {
        var body = new { gameId = long.Parse(game.GameId), productId = Product, quantity = 3, money = "18", currency = "CNY", userId = "player-7", channel = "apple" };
        var (status, created) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        return created.GetProperty("orderId").GetString()!;
    }

    private async Task<PaymentOutcome> SettleAsync(OrderApiGame game, string id, string receipt)
    {
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        return await service.Services.GetRequiredService<ReceiptApplication>().ApplyAsync(app, OrderId.FromStore(id), Given.Receipt(receipt), null, Now);
    }

    private Task<int> PostAsync(OrderApiGame game, string body) => AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), body);

    private async Task TellAsync(OrderApiGame game, string type, AppleTransaction transaction, long? signedMs = null) =>
        Assert.Equal(200, await PostAsync(game, _apple.Notice(type, transaction, signedMs: signedMs)));
}
