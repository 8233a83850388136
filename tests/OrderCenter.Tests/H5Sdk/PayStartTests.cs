using OrderCenter.Simulator.Games;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §2, "Create order": <c>pay</c> is what the client needs to pay by that way.</summary>
public sealed class PayStartTests(PlatformService service) : IClassFixture<PlatformService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_platforms_order_is_unpaid_and_its_pay_is_the_platforms()
    {
        var (game, openId) = await service.NewGameAsync();
        var reply = await AskAsync(game, openId, "c");
        Assert.Equal(("000", $$"""{"orderString":"{{reply.TradeNo}}&支付"}"""), (reply.Code, Given.Json(reply.Pay)));
        Assert.Equal(reply.TradeNo, (await AskAsync(game, openId, "c")).TradeNo);
        Assert.Equal("201", (await AskAsync(game, openId, "c", payWay: 3)).Code);
        Assert.Equal("202", (await AskAsync(game, openId, "other", payWay: 2)).Code);
        var order = await service.CallAsync(HttpMethod.Get, "/orders/" + reply.TradeNo);
        Assert.Equal(("unpaid", "alipay"), (order.GetProperty("payState").GetString(), order.GetProperty("channel").GetString()));
        Assert.Single((await service.CallAsync(HttpMethod.Get, "/orders?gameId=" + game.GameId)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_platform_that_does_not_answer_is_a_passing_fault_and_the_same_codeNo_goes_on()
    {
        var (game, openId) = await service.NewGameAsync();
        service.Platform.IsDown = true;
        var down = await AskAsync(game, openId, "c");
        service.Platform.IsDown = false;
        Assert.Equal((200, "300", "try again: the platform does not answer"), (down.HttpStatus, down.Code, down.Message));
        Assert.Equal("000", (await AskAsync(game, openId, "c")).Code);
        Assert.Single((await service.CallAsync(HttpMethod.Get, "/orders?gameId=" + game.GameId)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Of_an_order_that_is_paid_or_closed_nothing_is_left_to_pay_whether_the_app_still_has_the_channel_or_not()
    {
        var (game, openId) = await service.NewGameAsync();
        var (paid, closed) = (await AskAsync(game, openId, "paid"), await AskAsync(game, openId, "closed"));
        await AskAsync(game, openId, "open");
        await service.CallAsync(HttpMethod.Post, $"/orders/{paid.TradeNo}/paid", new { channel = "bank", transactionId = "t" + paid.TradeNo });
        await service.CallAsync(HttpMethod.Post, $"/orders/{closed.TradeNo}/close", new { reason = "no longer wanted" });
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("""{"state":"paid"}""", Given.Json((await AskAsync(game, openId, "paid")).Pay));
            Assert.Equal("""{"state":"closed"}""", Given.Json((await AskAsync(game, openId, "closed")).Pay));
            Assert.Equal(i == 0 ? "000" : "202", (await AskAsync(game, openId, "open")).Code);
            await service.CallAsync(HttpMethod.Put, "/apps/" + game.GameId, new { channels = (object?)null });
        }
    }

    private static Task<H5SdkGame.Reply> AskAsync(H5SdkGame game, string openId, string codeNo, int payWay = 1) =>
        game.CreateOrderAsync(game.NewOrder(codeNo, openId, "1", payWay, Given.NotifyUrl), Now);
}
