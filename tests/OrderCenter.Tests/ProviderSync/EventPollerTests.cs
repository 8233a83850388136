using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Orders.Receipts;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ProviderSync;

/// <summary>What Google and Apple say by themselves, through the whole service: pushed or found by polling, genuine or of the sandbox.</summary>
public sealed class EventPollerTests(Platforms service) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Product = "gold_100";
    private GooglePlayServer _google = null!;
    private AppStoreServer _apple = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _google = await GooglePlayServer.StartAsync(service.Clock, OrderCenter.Tests.Support.Service.GooglePackage);
        _apple = await AppStoreServer.StartAsync(service.Apple, service.Clock, OrderCenter.Tests.Support.Service.AppleBundle);
    }

    public async ValueTask DisposeAsync()
    {
        await _google.DisposeAsync();
        await _apple.DisposeAsync();
    }

    [Fact]
    public async Task What_no_push_told_is_found_by_polling_and_applied()
    {
        var game = await NewGameAsync();
        var (googleOrder, purchase) = await PayAtGoogleAsync(game);
        var (appleOrder, transaction) = await PayAtAppleAsync(game);

        _google.Void(purchase.PurchaseToken);
        _apple.FailToNotify("REFUND", _apple.Refund(transaction));
        await PassUntilAsync(async () => await PayStateAsync(googleOrder) == "refunded" && await PayStateAsync(appleOrder) == "refunded");
        // The order is refunded first, then the notice is marked.
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&channel=apple&state=applied")).Any());
        Assert.Equal(appleOrder, Assert.Single(await service.NoticesAsync(game.GameId, "&channel=apple")).GetProperty("orderId").GetString());

        // The reversal is pushed; the refund that stands in the history, and in Google's list, is told again and changes nothing.
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var reversed = await AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), _apple.Notice("REFUND_REVERSED", transaction));
        Assert.Equal(200, reversed);
        await service.UntilAsync(appleOrder, "paid", "review");
        var asked = (_google.Count("voided"), _apple.Count("history"));
        await PassUntilAsync(() => Task.FromResult(_google.Count("voided") > asked.Item1 && _apple.Count("history") > asked.Item2));
        Assert.Equal(("refunded", "paid"), (await PayStateAsync(googleOrder), await PayStateAsync(appleOrder)));
    }

    public static TheoryData<PushForgery> Pushes() => [.. Enum.GetValues<PushForgery>().Where(forgery => forgery != PushForgery.None)];

    [Theory]
    [MemberData(nameof(Pushes))]
    public async Task Forged_push_of_Google_is_refused_and_not_kept_and_the_genuine_one_is_taken(PushForgery forgery)
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game, "google");
        var purchase = _google.Sell(new GooglePurchase { PackageName = OrderCenter.Tests.Support.Service.GooglePackage, ProductId = Product, ObfuscatedProfileId = id });
        var push = _google.PurchaseNotice(purchase);
        Assert.Equal(403, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), push, forgery: forgery));
        Assert.Empty(await service.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", await PayStateAsync(id));
        for (var times = 1; times <= 3; times++)
        {
            Assert.Equal(200, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), push));
        }
        await service.UntilAsync(id, "paid");
        var notice = await service.NoticeAsync(game.GameId, "applied");
        Assert.Equal(3, notice.GetProperty("seen").GetInt32());
        Assert.Single((await service.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
    }

    public static TheoryData<AppleNoticeForgery> Notices() => [.. Enum.GetValues<AppleNoticeForgery>().Where(forgery => forgery != AppleNoticeForgery.None)];

    [Theory]
    [MemberData(nameof(Notices))]
    public async Task Forged_notification_of_Apple_is_refused_and_not_kept(AppleNoticeForgery forgery)
    {
        var game = await NewGameAsync();
        var (id, transaction) = await PayAtAppleAsync(game);
        var body = _apple.Notice("REFUND", _apple.Refund(transaction), forgery);
        Assert.Equal(403, await AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), body));
        Assert.Empty(await service.NoticesAsync(game.GameId));
        Assert.Equal("paid", await PayStateAsync(id));
    }

    [Theory]
    [InlineData("google")]
    [InlineData("apple")]
    public async Task Refund_that_is_pushed_refunds_once_however_often_it_comes_and_an_old_receipt_does_not_clear_it(string channel)
    {
        var game = await NewGameAsync();
        string id, receipt, body;
        if (channel == "google")
        {
            (id, var purchase) = await PayAtGoogleAsync(game);
            _google.Void(purchase.PurchaseToken);
            (receipt, body) = (service.Google.Purchase(purchase), _google.VoidedNotice(purchase));
        }
        else
        {
            (id, var transaction) = await PayAtAppleAsync(game);
            (receipt, body) = (service.Apple.Purchase(transaction), _apple.Notice("REFUND", _apple.Refund(transaction)));
        }
        var door = service.NotifyAt(channel, game.GameId);
        for (var times = 0; times < 3; times++)
        {
            Assert.Equal(200, channel == "google" ? await _google.PushAsync(service.Http, door, body) : await AppStoreServer.PostAsync(service.Http, door, body));
        }
        var order = await service.UntilAsync(id, "refunded", "closed");
        Assert.Equal("store:" + channel, Assert.Single(order.GetProperty("acts").EnumerateArray()).GetProperty("actor").GetString());
        Assert.IsType<PaymentOutcome.Refused>(await SettleAsync(game, id, receipt));
        Assert.Equal("refunded", await PayStateAsync(id));
        var notice = await service.NoticeAsync(game.GameId, "applied");
        Assert.Equal(3, notice.GetProperty("seen").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Test_purchase_that_is_pushed_pays_only_a_testers_order(bool isTester)
    {
        var game = await NewGameAsync(isTester ? ["player-7"] : []);
        var id = await NewOrderAsync(game, "google");
        var purchase = _google.Sell(new GooglePurchase { PackageName = OrderCenter.Tests.Support.Service.GooglePackage, ProductId = Product, ObfuscatedProfileId = id }, purchaseType: 0);
        Assert.Equal(200, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), _google.PurchaseNotice(purchase)));
        await service.NoticeAsync(game.GameId, isTester ? "applied" : "ignored");
        Assert.Equal(isTester ? "paid" : "unpaid", await PayStateAsync(id));
    }

    [Fact]
    public async Task Sandbox_word_of_Apple_moves_no_order_that_was_paid_with_money()
    {
        var game = await NewGameAsync();
        var (id, transaction) = await PayAtAppleAsync(game);
        foreach (var type in new[] { "REFUND", "ONE_TIME_CHARGE" })
        {
            var body = _apple.Notice(type, transaction with { Environment = "Sandbox" });
            Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), body));
            await service.NoticeAsync(game.GameId, "unclaimed");
            Assert.Equal("paid", await PayStateAsync(id));
            service.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Theory]
    [InlineData("google", false)]
    [InlineData("google", true)]
    [InlineData("apple", false)]
    [InlineData("apple", true)]
    public async Task Orders_guard_themselves_against_payments_of_a_sandbox(string channel, bool isTester)
    {
        var game = await NewGameAsync(isTester ? ["player-7"] : []);
        var id = await NewOrderAsync(game, channel);
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        var payment = new Payment { Channel = channel, Environment = Payment.Sandbox, TransactionId = "s" + id };
        var outcome = await service.Services.GetRequiredService<ProviderEventHandler>().ApplyAsync(app, channel, new ProviderEvent.Paid(OrderId.FromStore(id), payment), Now);
        Assert.Equal(isTester ? NotificationState.Applied : NotificationState.Unclaimed, outcome.State);
        Assert.Equal(isTester ? "paid" : "unpaid", await PayStateAsync(id));
    }

    [Fact]
    public async Task Part_of_the_money_back_at_a_store_is_shown_with_its_order()
    {
        var game = await NewGameAsync();
        var (id, purchase) = await PayAtGoogleAsync(game);
        Assert.Equal(200, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), _google.VoidedNotice(purchase, refundType: 2)));
        var notice = await service.NoticeAsync(game.GameId, "unapplied");
        Assert.Equal((id, "Google gave a part of the quantity back (refundType 2); the order stays as it is"), (notice.GetProperty("orderId").GetString(), notice.GetProperty("outcome").GetString()));
        Assert.Equal("paid", await PayStateAsync(id));
    }

    [Fact]
    public async Task Share_of_a_purchase_that_Apple_gave_back_leaves_the_order_paid_and_all_of_it_refunds_it()
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game, "apple");
        var transaction = _apple.Sell(new AppleTransaction { BundleId = OrderCenter.Tests.Support.Service.AppleBundle, ProductId = Product, PriceMilli = 6000, Currency = "CNY" });
        Assert.IsType<PaymentOutcome.Paid>(await SettleAsync(game, id, service.Apple.Purchase(transaction)));
        var door = service.NotifyAt("apple", game.GameId);
        var part = _apple.Notice("REFUND", _apple.RefundPart(transaction, 33333));
        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, door, part));
        }
        var notice = await service.NoticeAsync(game.GameId, "unapplied");
        Assert.Equal(
            (id, "Apple refunded a part of the purchase (33.333 %); so far 1.9999 went back; the order stays as it is"),
            (notice.GetProperty("orderId").GetString(), notice.GetProperty("outcome").GetString()));
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "1.9999"), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));

        // All of it, its reversal, and the old word of the part once more in the end.
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, door, _apple.Notice("REFUND", _apple.RefundPart(transaction, 100_000))));
        await service.UntilAsync(id, "refunded", "closed");
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, door, _apple.Notice("REFUND_REVERSED", transaction)));
        await service.UntilAsync(id, "paid", "review");
        Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, door, part));
        Assert.Equal("paid", await PayStateAsync(id));
    }

    [Theory]
    [InlineData("REFUND", "failed")]
    [InlineData("SOMETHING_NEW", "ignored")]
    public async Task Authentic_notification_of_Apple_that_cannot_be_understood_is_acknowledged_and_kept_with_its_verdict(string type, string state)
    {
        var game = await NewGameAsync();
        var body = _apple.NoticeOf(
            $$"""{"notificationType":"{{type}}","notificationUUID":"odd","signedDate":{{service.Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"data":{"bundleId":"{{OrderCenter.Tests.Support.Service.AppleBundle}}","environment":"Production","signedTransactionInfo":null} }""");
        Assert.Equal(200, await AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), body));
        var notice = await service.NoticeAsync(game.GameId, state);
        Assert.Equal("odd", notice.GetProperty("noticeId").GetString());
    }

    [Fact]
    public async Task Delivery_by_a_callbacks_acknowledgement_is_told_to_Google_soon()
    {
        var game = await NewGameAsync(protocol: "OrderCheck");
        var (id, purchase) = await PayAtGoogleAsync(game);
        Assert.False(_google.Sale(purchase.PurchaseToken).IsConsumed);

        // The game's server is called 30 s after the payment; Google hears of it with the next look.
        var paidAt = service.Clock.GetUtcNow();
        await PassUntilAsync(() => Task.FromResult(_google.Sale(purchase.PurchaseToken).IsConsumed));
        Assert.Equal("delivered", (await service.OrderAsync(id)).GetProperty("state").GetString());
        Assert.InRange(service.Clock.GetUtcNow() - paidAt, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
        Assert.Equal(1, _google.Count("consume"));
    }

    [Fact]
    public async Task Google_is_asked_by_a_purchase_or_not_at_all()
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game, "google");
        var (_, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal(("cannotAsk", "nobody can be asked: google knows no order of ours, and nobody has named a purchase"), (json.GetProperty("outcome").GetString(), json.GetProperty("reason").GetString()));
        Assert.Equal(0, _google.Count("get"));
        Assert.Equal(0, await OrderCenter.Tests.H5Sdk.Given.NumberAsync(service, "SELECT count(*) FROM payment_lookups WHERE order_id = $1", id));

        // A purchase that was consumed holds the order; once the setting allows it, the recheck asks by that purchase.
        var purchase = _google.Sell(new GooglePurchase { PackageName = OrderCenter.Tests.Support.Service.GooglePackage, ProductId = Product });
        _google.Change(purchase.PurchaseToken, sale => sale with { IsConsumed = true });
        Assert.IsType<PaymentOutcome.Held>(await SettleAsync(game, id, service.Google.Purchase(purchase, GoogleShape.Token)));
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { google = new { acceptConsumed = true } } });
        (_, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    private async Task<OrderApiGame> NewGameAsync(string[]? testers = null, string protocol = "OrderApi") => await service.NewAppAsync(
        new
        {
            testers = testers ?? [],
            channels = new { google = JsonNode.Parse(_google.Settings(service.Google.PublicKey)), apple = JsonNode.Parse(_apple.Settings()) },
        },
        protocol: protocol);

    private async Task<string> NewOrderAsync(OrderApiGame game, string channel)
    {
        var body = new { gameId = long.Parse(game.GameId), productId = Product, productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel };
        var (status, created) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        return created.GetProperty("orderId").GetString()!;
    }

    private async Task<(string OrderId, GooglePurchase Purchase)> PayAtGoogleAsync(OrderApiGame game)
    {
        var id = await NewOrderAsync(game, "google");
        var purchase = _google.Sell(new GooglePurchase { PackageName = OrderCenter.Tests.Support.Service.GooglePackage, ProductId = Product, PurchaseTimeMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds() });
        Assert.IsType<PaymentOutcome.Paid>(await SettleAsync(game, id, service.Google.Purchase(purchase, GoogleShape.Token)));
        return (id, purchase);
    }

    private async Task<(string OrderId, AppleTransaction Transaction)> PayAtAppleAsync(OrderApiGame game)
    {
        var id = await NewOrderAsync(game, "apple");
        var transaction = _apple.Sell(new AppleTransaction { BundleId = OrderCenter.Tests.Support.Service.AppleBundle, ProductId = Product });
        Assert.IsType<PaymentOutcome.Paid>(await SettleAsync(game, id, service.Apple.Purchase(transaction)));
        return (id, transaction);
    }

    private async Task<PaymentOutcome> SettleAsync(OrderApiGame game, string id, string receipt)
    {
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        return await service.Services.GetRequiredService<ReceiptApplication>().ApplyAsync(app, OrderId.FromStore(id), OrderCenter.Tests.Channels.Given.Receipt(receipt), null, Now);
    }

    private async Task<string> PayStateAsync(string id) => (await service.OrderAsync(id)).GetProperty("payState").GetString()!;

    /// <summary>Lets time pass until it is so; the rounds run by themselves.</summary>
    private async Task PassUntilAsync(Func<Task<bool>> isSo)
    {
        for (var i = 0; !await isSo(); i++)
        {
            Assert.True(i < 2000, "it never became so");
            service.Clock.Advance(TimeSpan.FromSeconds(i < 300 ? 1 : 10));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
    }
}
