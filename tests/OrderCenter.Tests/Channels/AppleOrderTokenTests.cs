using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>The order's token, given to the client and brought back by Apple: a purchase finds its order though its client died, and is finished at Apple once its
/// goods are there.</summary>
public sealed class AppleOrderTokenTests(Platforms service) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Product = "gold_100";
    private AppStoreServer _apple = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _apple = await AppStoreServer.StartAsync(service.Apple, service.Clock, Service.AppleBundle);

    public ValueTask DisposeAsync() => _apple.DisposeAsync();

    [Fact]
    public async Task Purchase_whose_client_died_pays_its_order_by_the_notification_alone()
    {
        var game = await NewGameAsync();
        var (id, token) = await NewOrderAsync(game);
        var bought = Bought(token);
        var notice = _apple.Notice("ONE_TIME_CHARGE", bought);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, await PostAsync(game, notice));
        }
        var order = await service.UntilAsync(id, "paid");
        Assert.Equal(bought.TransactionId, order.GetProperty("payment").GetProperty("transactionId").GetString());

        // The client comes back after all, and so does the same purchase under another notification.
        Assert.Equal(0, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", bought)));
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=applied")).Count() == 2);
        var outcomes = (await service.NoticesAsync(game.GameId)).Select(notice => notice.GetProperty("outcome").GetString());
        Assert.Equal(["the order is paid", "this payment had paid the order before"], outcomes.Order(StringComparer.Ordinal));

        // The first purchase paid it. A second one of the same player is shown, and pays nothing.
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(token))));
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 1);
        Assert.Equal(bought.TransactionId, (await service.OrderAsync(id)).GetProperty("payment").GetProperty("transactionId").GetString());
    }

    [Fact]
    public async Task Token_pays_no_order_but_its_own_and_nothing_that_is_not_the_orders()
    {
        var game = await NewGameAsync();
        var (id, token) = await NewOrderAsync(game);
        var (other, _) = await NewOrderAsync(game);

        // Another product, a sandbox, another game of the same bundle, a token that somebody guessed.
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(token) with { ProductId = "gold_500" })));
        Assert.Contains("another product", (await service.NoticeAsync(game.GameId, "unapplied")).GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(token) with { Environment = "Sandbox" })));
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=ignored")).Count() == 1);
        var neighbour = await NewGameAsync();
        Assert.Equal(200, await PostAsync(neighbour, _apple.Notice("ONE_TIME_CHARGE", Bought(token))));
        await service.NoticeAsync(neighbour.GameId, "unclaimed");
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(Guid.NewGuid().ToString()))));
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=unclaimed")).Count() == 1);
        Assert.Equal("unpaid", (await service.OrderAsync(id)).GetProperty("payState").GetString());

        // Another quantity holds the order, as a receipt would; the purchase of one order does not pay another one.
        var answer = await game.ValidateAsync(other, service.Apple.Purchase(Bought(token)), Now);
        Assert.Equal((3, "held for review: the receipt names another order (appAccountToken)"), (answer.ResultCode, answer.Message));
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(token) with { Quantity = 2 })));
        await service.UntilAsync(id, "unpaid", "review");
    }

    [Fact]
    public async Task Forged_charge_with_a_good_token_is_refused()
    {
        var game = await NewGameAsync();
        var (id, token) = await NewOrderAsync(game);
        foreach (var forgery in Enum.GetValues<AppleNoticeForgery>().Where(forgery => forgery != AppleNoticeForgery.None))
        {
            Assert.Equal(403, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", Bought(token), forgery)));
        }
        Assert.Empty(await service.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Refund_that_comes_before_the_charge_leaves_the_order_unpaid()
    {
        var game = await NewGameAsync();
        var (id, token) = await NewOrderAsync(game);
        var bought = Bought(token);
        Assert.Equal(200, await PostAsync(game, _apple.Notice("REFUND", bought with { RevocationDateMs = 1, RevocationType = "REFUND_FULL" })));
        await service.NoticeAsync(game.GameId, "unclaimed");
        Assert.Equal(200, await PostAsync(game, _apple.Notice("ONE_TIME_CHARGE", bought)));
        await Platforms.Eventually(async () => (await service.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 1);
        Assert.Equal("unpaid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Createorder_gives_the_token_only_where_the_app_wants_it()
    {
        foreach (var (setting, inNative, inCreateOrder) in new[] { (null, true, false), ("pay", true, false), ("createorder", true, true), ("none", false, false) })
        {
            var game = await NewGameAsync(json =>
            {
                if (setting is not null)
                {
                    json.WriteString("orderToken", setting);
                }
            });
            var order = game.NewOrder(Product, "6", "player-7");
            order["pay_channel"] = "2";
            var created = await game.CreateAsync(order, Now);
            Assert.Equal(inCreateOrder, created.Data.TryGetProperty("pay", out var pay) && pay.TryGetProperty("appAccountToken", out _));
            var (status, native) = await CreateAsync(game);
            Assert.Equal(HttpStatusCode.Created, status);
            Assert.Equal(inNative, native.TryGetProperty("pay", out _));
        }
        var wrong = JsonNode.Parse(_apple.Settings(more: json => json.WriteString("orderToken", "always")));
        var app = new { name = "g", protocol = "OrderApi", secret = Platforms.Secret, channels = new { apple = wrong } };
        Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}", app)).Status);
    }

    [Fact]
    public async Task Delivered_purchase_gets_the_orders_token_and_is_finished_though_Apple_is_down_for_hours()
    {
        await service.StopRoundsAsync();
        var game = await NewGameAsync(json =>
        {
            json.WriteBoolean("setOrderToken", value: true);
            json.WriteBoolean("finish", value: true);
        });
        var (id, token) = await NewOrderAsync(game);
        var bought = _apple.Sell(Bought(token) with { AppAccountToken = null });
        Assert.Equal(0, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        await service.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        Assert.Equal(0, _apple.Count("transaction"));

        _apple.IsDown = true;
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
        await service.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(10));
        Assert.Empty(_apple.Finished);
        _apple.IsDown = false;
        _apple.Fail("appAccountToken", StoreFault.LostAnswer);
        _apple.Fail("finish", StoreFault.TooManyRequests);
        await service.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        Assert.Equal(token, _apple.Sold(bought.TransactionId).AppAccountToken);
        Assert.True(_apple.Finished.ContainsKey(bought.TransactionId));
        var calls = _apple.Count("finish");
        await service.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        Assert.Equal(calls, _apple.Count("finish"));

        // What the client chose is left as it is.
        (id, token) = await NewOrderAsync(game);
        var mine = Guid.NewGuid().ToString();
        bought = _apple.Sell(Bought(mine));
        Assert.Equal(0, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
        await service.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        Assert.Equal(mine, _apple.Sold(bought.TransactionId).AppAccountToken);
        Assert.True(_apple.Finished.ContainsKey(bought.TransactionId));
    }

    [Fact]
    public async Task Without_the_settings_Apple_is_told_nothing()
    {
        var game = await NewGameAsync();
        var (id, token) = await NewOrderAsync(game);
        var bought = _apple.Sell(Bought(token));
        Assert.Equal(0, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
        await service.DoRoundAsync();
        Assert.Equal((0, 0), (_apple.Count("finish"), _apple.Count("transaction")));

        // And the settings need the key with which Apple is called.
        var keyless = JsonNode.Parse(_apple.Settings(withApi: false, more: json => json.WriteBoolean("finish", value: true)));
        var app = new { name = "g", protocol = "OrderApi", secret = Platforms.Secret, channels = new { apple = keyless } };
        var (status, refused) = await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}", app);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("finish needs issuerId, keyId and privateKey", refused.GetRawText(), StringComparison.Ordinal);
    }

    private static AppleTransaction Bought(string token) =>
        new() { BundleId = Service.AppleBundle, ProductId = Product, AppAccountToken = token, PriceMilli = 6_000, Currency = "CNY" };

    private async Task<OrderApiGame> NewGameAsync(Action<Utf8JsonWriter>? more = null) => await service.NewGameAsync(
        new JsonObject { ["channels"] = new JsonObject { ["apple"] = JsonNode.Parse(_apple.Settings(more: more)) } }, Platforms.Secret, "OrderApi");

    private Task<(HttpStatusCode Status, JsonElement Json)> CreateAsync(OrderApiGame game) => service.CallAsync(
        HttpMethod.Post, "/api/v1/orders",
        new { gameId = long.Parse(game.GameId), productId = Product, money = "6", currency = "CNY", userId = "player-7", channel = "apple" });

    private async Task<(string Id, string Token)> NewOrderAsync(OrderApiGame game)
    {
        var (status, created) = await CreateAsync(game);
        Assert.Equal(HttpStatusCode.Created, status);
        return (created.GetProperty("orderId").GetString()!, created.GetProperty("pay").GetProperty("appAccountToken").GetString()!);
    }

    private Task<int> PostAsync(OrderApiGame game, string body) => AppStoreServer.PostAsync(service.Http, service.NotifyAt("apple", game.GameId), body);
}
