using System.Net;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.H5Sdk;

namespace OrderCenter.Tests.ProviderSync;

/// <summary>Payments that nobody told us of are found by asking, on a schedule that outlives the process; and by hand.</summary>
public sealed class PaymentRecoveryTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    // The tests make the rounds themselves, so that no call is under way while they move the clock.
    public async ValueTask InitializeAsync() => await platforms.StopRoundsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_payment_whose_notification_never_came_is_found_by_the_services_own_rounds()
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(alipay: alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        alipay.Pay(pay.GetProperty("orderString").GetString()!);
        await platforms.Rounds.StartAsync(Now);
        for (var i = 0; i < 3000 && (await platforms.OrderAsync(id)).GetProperty("payState").GetString() != "paid"; i++)
        {
            platforms.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
        await platforms.StopRoundsAsync();
        Assert.Equal("paid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Theory]
    [InlineData(31)]
    [InlineData(125)]
    [InlineData(24 * 3600)]
    public async Task A_payment_whose_notification_never_came_is_found(int paidBeforeSeconds)
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(alipay: alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var (passed, asked) = (0, 0);
        foreach (var at in new[] { 31, 121, 601, 3601, 21_601 }.TakeWhile(at => at < paidBeforeSeconds))
        {
            await PassAsync(at - passed);
            passed = at;
            Assert.Equal((++asked, asked), (await AnswersAsync(id), alipay.Calls.Count));
        }
        alipay.Pay(pay.GetProperty("orderString").GetString()!);
        await PassAsync(24 * 3600);
        await platforms.UntilAsync(id, "paid");
        Assert.Equal((0, asked + 1), (await AsksAsync(id), alipay.Calls.Count));
    }

    [Fact]
    public async Task An_order_that_expires_unpaid_is_asked_about_once_more_and_closed_there_too()
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(new { unpaidExpiresMinutes = 5 }, wechat: wechat.Settings());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        await PassAsync(300);
        Assert.Equal(0, await AsksAsync(id));
        Assert.Equal("CLOSED", wechat.Find(id)!.State);
        Assert.Equal("closed", (await platforms.OrderAsync(id)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("deliver", 301, "paid", "delivering")]
    [InlineData("hold", 3601, "paid", "review")]
    [InlineData("deliver", 86_399, "paid", "delivering")]
    [InlineData("hold", int.MaxValue, "unpaid", "closed")]
    public async Task A_payment_that_its_store_cannot_end_is_asked_about_for_a_day_after_the_order_expired(
        string latePayment, int paidAfterSeconds, string payState, string state)
    {
        // The message of the payment never comes, and WeChat has no statement of it: nobody else would ever know.
        await using var wechat = await WeChatVirtual.StartAsync(platforms.Clock, Now);
        var channels = new Dictionary<string, object> { ["wechat-virtual"] = wechat.Settings() };
        var game = await platforms.NewAppAsync(new { unpaidExpiresMinutes = 5, latePayment, channels });
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "wechat-virtual", extra: new { wechatOpenId = wechat.OpenId });
        wechat.Open(pay);
        var (passed, asked) = (0, 0);
        foreach (var at in new[] { 300, 900, 3900, 21_900 }.TakeWhile(at => at < paidAfterSeconds))
        {
            await PassAsync(at - passed);
            passed = at;
            Assert.Equal((++asked, asked), (await AnswersAsync(id), wechat.Calls.Count(path => path == "/xpay/query_order")));
            Assert.Equal("closed", (await platforms.OrderAsync(id)).GetProperty("state").GetString());
        }
        if (payState == "paid")
        {
            await PassAsync(paidAfterSeconds - passed);
            passed = paidAfterSeconds;
            wechat.Pay(pay);
        }
        await PassAsync(300 + (24 * 3600) - passed);
        await platforms.UntilAsync(id, payState, state);
        Assert.Equal((0, asked + 1), (await AsksAsync(id), wechat.Calls.Count(path => path == "/xpay/query_order")));
        await PassAsync(48 * 3600);
        Assert.Equal(asked + 1, wechat.Calls.Count(path => path == "/xpay/query_order"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_did_not_end_the_payment_when_the_order_expired_is_asked_until_it_has(bool isPaid)
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(new { unpaidExpiresMinutes = 5 }, wechat: wechat.Settings());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        wechat.EndsNothing = true;
        await PassAsync(300);
        Assert.Equal(("NOTPAY", 1L), (wechat.Find(id)!.State, await AsksAsync(id)));

        // A player who was just paying when the order expired; or nobody.
        wechat.EndsNothing = false;
        if (isPaid)
        {
            wechat.Pay(id);
        }
        await PassAsync(600);
        await platforms.UntilAsync(id, isPaid ? "paid" : "unpaid", isPaid ? "delivering" : "closed");
        Assert.Equal((isPaid ? "SUCCESS" : "CLOSED", 0L), (wechat.Find(id)!.State, await AsksAsync(id)));
    }

    [Fact]
    public async Task A_receipt_that_could_not_be_judged_is_kept_and_judged_again_with_its_order_number()
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(alipay: alipay.Settings());
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        var trade = alipay.Pay(id, 6.5m);
        alipay.Fault = PlatformFault.Down;
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(3, (await game.ValidateAsync(id, $$"""{"trade_no":"{{trade.TradeNo}}"}""", Now, orderId: "late-" + id)).ResultCode);
        }
        Assert.Equal(1, await AsksAsync(id));
        for (var i = 0; i < 20; i++)
        {
            await game.ValidateAsync(id, $$"""{"trade_no":"{{i}}"}""", Now);
        }
        Assert.Equal(9, await AsksAsync(id));
        alipay.Fault = PlatformFault.None;
        await PassAsync(31);
        var order = await platforms.UntilAsync(id, "paid");
        Assert.Equal("late-" + id, order.GetProperty("merchantOrderId").GetString());
        await PassAsync(130);
        Assert.Equal(0, await AsksAsync(id));
    }

    [Fact]
    public async Task A_recheck_by_hand_asks_now()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        Assert.Equal(("notPaid", "not paid: the transaction is in the state NOTPAY"), await RecheckAsync(id));
        platforms.WeChat.Pay(id);
        Assert.Equal(("paid", "paid"), await RecheckAsync(id));
        Assert.Equal(("alreadyPaid", "paid before"), await RecheckAsync(id));
        var plain = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(("cannotAsk", "nobody can be asked: the order names no channel"), await RecheckAsync(plain));
        Assert.Equal(HttpStatusCode.NotFound, (await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders/1/recheck")).Status);
    }

    [Fact]
    public async Task A_check_asks_the_platform_when_the_payment_is_not_known()
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(alipay: alipay.Settings(), protocol: "OrderCheck");
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        var client = new OrderCheckClient(platforms.Http);
        var check = new OrderCheckClient.Check
        {
            SdkId = "u", OrderId = id, GameId = game.GameId, ProductId = "p", Amount = "6.5", Currency = "CNY", PlatformId = "alipay", PlatformOrderId = "2026112122001400000000000001",
        };
        Assert.Equal((1, "not paid"), Shown(await client.CheckAsync(check, Now)));
        alipay.Pay(id, 6.5m);
        platforms.Clock.Advance(TimeSpan.FromSeconds(6));
        var calls = alipay.Calls.Count;
        var codes = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.CheckAsync(check, Now)))).Select(reply => reply.Code).ToList();
        Assert.Equal((1, 19), (codes.Count(code => code == 0), codes.Count(code => code == 2)));
        Assert.Equal(1, alipay.Calls.Count - calls);
        Assert.Equal("delivered", (await platforms.OrderAsync(id)).GetProperty("state").GetString());

        static (int Code, string Data) Shown(OrderCheckClient.Reply reply) => (reply.Code, reply.Data);
    }

    [Fact]
    public async Task A_refund_of_points_gives_them_back_once_and_only_those_that_were_taken()
    {
        var game = new H5SdkGame(platforms.Http, (await platforms.NewAppAsync(protocol: "H5Sdk")).GameId, Platforms.Secret);
        var player = await OrderCenter.Tests.H5Sdk.Given.NewPlayerAsync(platforms, game.GameId, "10");
        var id = (await game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "4", 3, new Uri("http://127.0.0.1:9/")), Now)).TradeNo;
        Assert.Equal("6", await OrderCenter.Tests.H5Sdk.Given.BalanceAsync(platforms, player.Uid));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "a bug" })).Status);
            Assert.Equal("10", await OrderCenter.Tests.H5Sdk.Given.BalanceAsync(platforms, player.Uid));
        }
        Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());

        // Said to be paid by points, which took none: nothing is given back.
        var (_, other) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId = "p", money = "1", currency = "CNY", userId = player.Uid });
        var said = other.GetProperty("orderId").GetString()!;
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{said}/paid", new { channel = "points", transactionId = "x" + said });
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{said}/refund", new { reason = "a bug" });
        Assert.Equal(("refunded", "10"), ((await platforms.OrderAsync(said)).GetProperty("payState").GetString(), await OrderCenter.Tests.H5Sdk.Given.BalanceAsync(platforms, player.Uid)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task H5Sdk_gets_what_its_client_needs_and_the_callback_follows_the_payment(int payWay)
    {
        var game = new H5SdkGame(platforms.Http, (await platforms.NewAppAsync(protocol: "H5Sdk")).GameId, Platforms.Secret);
        var player = await OrderCenter.Tests.H5Sdk.Given.NewPlayerAsync(platforms, game.GameId);
        Task<H5SdkGame.Reply> AskAsync(string codeNo, string amount) => game.CreateOrderAsync(game.NewOrder(codeNo, player.OpenId, amount, payWay, platforms.Games.H5Sdk), Now);
        var (reply, again) = (await AskAsync("c", "6.5"), await AskAsync("c", "6.5"));
        Assert.Equal(("000", reply.TradeNo, reply.Pay.GetRawText()), (reply.Code, again.TradeNo, again.Pay.GetRawText()));
        Assert.Equal("100", (await AskAsync("fraction", "6.505")).Code);
        if (payWay == 1)
        {
            Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(reply.Pay.GetProperty("orderString").GetString()!), cancellationToken: Now));
        }
        else
        {
            Assert.StartsWith("weixin://", reply.Pay.GetProperty("code_url").GetString(), StringComparison.Ordinal);
            Assert.Equal(204, await platforms.WeChat.NotifyAsync(platforms.WeChat.Pay(reply.TradeNo), cancellationToken: Now));
        }
        await platforms.UntilAsync(reply.TradeNo, "paid", "delivered");
    }

    [Fact]
    public async Task OrderApi_gets_what_its_client_needs_where_the_payment_begins_with_us()
    {
        var game = await platforms.NewAppAsync();
        var order = game.NewOrder("p", "6.5", "u", "o-1");
        order["pay_channel"] = "3";
        var reply = await game.CreateAsync(order, Now);
        Assert.Equal(reply.PlatOrderId, platforms.Alipay.Pay(reply.Data.GetProperty("pay").GetProperty("orderString").GetString()!).OutTradeNo);
        platforms.WeChat.Fault = PlatformFault.Down;
        order = game.NewOrder("p", "6.5", "u", "o-2");
        order["pay_channel"] = "wechat";
        var down = await game.CreateAsync(order, Now);
        platforms.WeChat.Fault = PlatformFault.None;
        Assert.Equal((0, false), (down.ResultCode, down.Data.TryGetProperty("pay", out _)));
        reply = await game.CreateAsync(order, Now);
        Assert.Equal((down.PlatOrderId, true), (reply.PlatOrderId, reply.Data.TryGetProperty("pay", out _)));
    }

    private async Task<(string, string)> RecheckAsync(string id)
    {
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal(HttpStatusCode.OK, status);
        return (json.GetProperty("outcome").GetString()!, json.GetProperty("reason").GetString()!);
    }

    private Task<long> AsksAsync(string id) => OrderCenter.Tests.H5Sdk.Given.NumberAsync(platforms, "SELECT count(*) FROM payment_lookups WHERE order_id = $1", id);

    private Task<long> AnswersAsync(string id) => OrderCenter.Tests.H5Sdk.Given.NumberAsync(platforms, "SELECT attempts FROM payment_lookups WHERE order_id = $1", id);

    /// <summary>Lets time pass at once, and all that is due then be done.</summary>
    private Task PassAsync(int seconds) => platforms.PassAsync(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds));
}
