using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>A store that is down for hours: whoever paid meanwhile gets the goods, and nobody has to do anything for it.</summary>
public sealed class StoreOutageTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Product = "gold_100";
    private const int Orders = 5;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);
    private GooglePlayServer _google = null!;
    private AppStoreServer _apple = null!;
    private Alipay _alipay = null!;
    private WeChatPay _wechat = null!;
    private WeChatVirtual _virtual = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await platforms.StopRoundsAsync();
        _google = await GooglePlayServer.StartAsync(platforms.Clock, Service.GooglePackage);
        _apple = await AppStoreServer.StartAsync(platforms.Apple, platforms.Clock, Service.AppleBundle);
        _alipay = await Alipay.StartAsync(platforms.Clock, Now);
        _wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        _virtual = await WeChatVirtual.StartAsync(platforms.Clock, Now);
    }

    public async ValueTask DisposeAsync()
    {
        await _google.DisposeAsync();
        await _apple.DisposeAsync();
        await _alipay.DisposeAsync();
        await _wechat.DisposeAsync();
        await _virtual.DisposeAsync();
    }

    [Theory]
    [InlineData("google")]
    [InlineData("google by push")]
    [InlineData("apple")]
    [InlineData("alipay")]
    [InlineData("wechat")]
    [InlineData("wechat-virtual")]
    public async Task Orders_that_were_paid_while_the_store_was_down_end_paid_and_delivered_without_a_person(string way)
    {
        var channel = way.Split(' ')[0];
        var channels = JsonSerializer.SerializeToNode(new { google = JsonNode.Parse(_google.Settings()), apple = JsonNode.Parse(_apple.Settings()), alipay = _alipay.Settings(), wechat = _wechat.Settings() })!.AsObject();
        channels["wechat-virtual"] = JsonSerializer.SerializeToNode(_virtual.Settings());
        var game = await platforms.NewAppAsync(new { channels });
        var orders = new List<(string Id, string OrderString)>();
        for (var i = 0; i < Orders; i++)
        {
            orders.Add(await NewOrderAsync(game, channel));
        }

        // 1. Down for five hours, in which one player after the other pays. The store's own words do not reach us either.
        SetDown(true);
        var pushes = new List<string>();
        var told = new List<Func<Task>>();
        foreach (var (id, orderString) in orders)
        {
            told.Add(await PayAsync(game, way, id, orderString, pushes));
            await PassAsync(game, TimeSpan.FromHours(1), pushes, told);
        }
        foreach (var (id, _) in orders)
        {
            Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        }

        // 2. It is up again, and time goes by. What a store repeats by itself is repeated.
        SetDown(false);
        for (var hours = 0; hours < 30 && !await AreDeliveredAsync(orders); hours++)
        {
            await PassAsync(game, TimeSpan.FromHours(1), pushes, told);
        }
        foreach (var (id, _) in orders)
        {
            var order = await platforms.OrderAsync(id);
            Assert.Equal(("paid", "delivered"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
            Assert.Equal(1, platforms.Games.Ledger.HandledOf(id, "order.paid"));
            Assert.Empty(order.GetProperty("acts").EnumerateArray());
        }
        Assert.Equal(0, await OrderCenter.Tests.H5Sdk.Given.NumberAsync(platforms, "SELECT count(*) FROM payment_lookups WHERE game_id = $1 AND due_ms IS NOT NULL", long.Parse(game.GameId)));
    }

    private void SetDown(bool isDown)
    {
        (_google.IsDown, _apple.IsDown) = (isDown, isDown);
        _alipay.Fault = _wechat.Fault = _virtual.Fault = isDown ? PlatformFault.Down : PlatformFault.None;
    }

    private async Task<(string Id, string OrderString)> NewOrderAsync(OrderApiGame game, string channel)
    {
        if (channel is "alipay" or "wechat" or "wechat-virtual")
        {
            var (id, pay) = await platforms.NewOrderAsync(game.GameId, channel, extra: new { wechatOpenId = _virtual.OpenId });
            return (id, channel == "alipay" ? pay.GetProperty("orderString").GetString()! : pay.GetRawText());
        }
        return ((await game.CreateAsync(game.NewOrder(Product, "6", "player-7"), Now)).PlatOrderId, "");
    }

    /// <summary>The player pays. What the client of a store hands to the game is presented, as a client does, and finds the store down.</summary>
    /// <returns>What the client does again and again where nothing was kept of it.</returns>
    private async Task<Func<Task>> PayAsync(OrderApiGame game, string way, string id, string orderString, List<string> pushes)
    {
        switch (way)
        {
            case "alipay":
                _alipay.Pay(orderString);
                break;
            case "wechat":
                _wechat.Pay(id);
                break;
            case "wechat-virtual":
                using (var pay = JsonDocument.Parse(orderString))
                {
                    _virtual.Pay(pay.RootElement);
                }
                break;
            case "google by push":
                pushes.Add(_google.PurchaseNotice(_google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product, ObfuscatedProfileId = id })));
                break;
            case "google":
                var purchase = _google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product });
                Assert.Equal(3, (await game.ValidateAsync(id, platforms.Google.Purchase(purchase, GoogleShape.Token), Now)).ResultCode);
                break;
            default:
                var transaction = _apple.Sell(new AppleTransaction { BundleId = Service.AppleBundle, ProductId = Product });
                Assert.Equal(3, (await game.ValidateAsync(id, $$"""{"transactionId":"{{transaction.TransactionId}}"}""", Now)).ResultCode);
                break;
        }

        // The game hands over when it is told, and says so.
        return async () =>
        {
            if (platforms.Games.Ledger.HandledOf(id, "order.paid") > 0 && (await platforms.OrderAsync(id)).GetProperty("state").GetString() != "delivered")
            {
                Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
            }
        };
    }

    private async Task PassAsync(OrderApiGame game, TimeSpan time, List<string> pushes, List<Func<Task>> games)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            await platforms.PassAsync(Step, Step);

            // Pub/Sub pushes until it is taken.
            for (var i = pushes.Count - 1; i >= 0; i--)
            {
                if (await _google.PushAsync(platforms.Http, platforms.NotifyAt("google", game.GameId), pushes[i]) == 200)
                {
                    pushes.RemoveAt(i);
                }
            }
            await platforms.DoRoundAsync();
            foreach (var act in games)
            {
                await act();
            }
        }
    }

    private async Task<bool> AreDeliveredAsync(List<(string Id, string OrderString)> orders)
    {
        foreach (var (id, _) in orders)
        {
            if ((await platforms.OrderAsync(id)).GetProperty("state").GetString() != "delivered")
            {
                return false;
            }
        }
        return true;
    }
}
