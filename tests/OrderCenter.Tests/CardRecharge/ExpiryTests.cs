using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>A recharge that was settled in advance waits for its result for as long as it takes; an order of cards that nobody pays does not.</summary>
public sealed class ExpiryTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recharge_takes_its_result_after_the_time_in_which_an_unpaid_order_expires()
    {
        var game = await service.NewGameAsync(new { unpaidExpiresMinutes = 1, channels = new { points = new { } } }, protocol: "CardRecharge");
        var merchant = new CardRechargeMerchant(service.Http, long.Parse(game.GameId), "B8899E2039DF87E2", service.Clock);
        var recharge = await merchant.OrderAsync(new CardRechargeMerchant.Order { CustomerOrderNo = "r", ProductId = "p", Money = "1", ChargeAccount = "13800000000" }, Now);
        var cards = await merchant.OrderAsync(new CardRechargeMerchant.Order { CustomerOrderNo = "c", ProductId = "p", Money = "1" }, Now);
        var sweeps = 0;
        while ((await service.OrderAsync(cards.OrderNo)).GetProperty("state").GetString() != "closed" && sweeps++ < 200)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
        Assert.Equal("created", (await service.OrderAsync(recharge.OrderNo)).GetProperty("state").GetString());
        var (status, order) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{recharge.OrderNo}/result", new { status = "success" });
        Assert.Equal((System.Net.HttpStatusCode.OK, "delivered"), (status, order.GetProperty("state").GetString()));
        Assert.Equal("closed", (await service.OrderAsync(cards.OrderNo)).GetProperty("state").GetString());
    }
}
