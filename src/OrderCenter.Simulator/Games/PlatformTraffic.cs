using System.Globalization;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Simulator.Games;

/// <summary>Players and merchants of the three protocols whose games are called: H5Sdk with points, Alipay and WeChat Pay, OrderCheck, CardRecharge. Some of them go wrong on purpose.</summary>
public sealed class PlatformTraffic(
    Platform platform, H5SdkGame h5, OrderApiGame checkedGame, OrderCheckClient checker, CardRechargeMerchant merchant, GameServer games, Alipay alipay, WeChatPay wechat,
    Random random)
{
    private const string Player = "demo-100001";
    private const string CardProduct = "card.100";
    private string _openId = "";
    private int _cards;

    /// <summary>Makes the account, its points and a stock of cards.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await platform.SendAsync(HttpMethod.Put, "/users/" + Player, new JsonObject { ["platAccount"] = "1800000", ["userName"] = "测试" }, cancellationToken);
        var game = new JsonObject { ["gameId"] = long.Parse(h5.GameId, CultureInfo.InvariantCulture) };
        _openId = (await platform.SendAsync(HttpMethod.Post, $"/users/{Player}/openids", game, cancellationToken)).GetProperty("openId").GetString()!;
        await RefillAsync(cancellationToken);
    }

    /// <summary>Plays one order of one of the protocols.</summary>
    public Task<OrderApiTraffic.Story> PlayAsync(CancellationToken cancellationToken) => random.Next(4) switch
    {
        0 => PlayH5Async(cancellationToken),
        3 => PlayPlatformAsync(cancellationToken),
        1 => PlayCheckAsync(cancellationToken),
        _ => PlayCardsAsync(cancellationToken),
    };

    private async Task<OrderApiTraffic.Story> PlayH5Async(CancellationToken cancellationToken)
    {
        var fate = random.Next(6);
        var amount = fate == 0 ? "99999999" : (1 + random.Next(50)).ToString(CultureInfo.InvariantCulture) + ".5";
        var order = h5.NewOrder($"demo-{Guid.NewGuid():N}", fate == 1 ? new string('0', 32) : _openId, amount, payWay: 3, games.H5Sdk);
        var reply = await h5.CreateOrderAsync(order, cancellationToken);
        return fate switch
        {
            0 => new OrderApiTraffic.Story("H5Sdk: spends more points than there are", "", $"{reply.Code} {reply.Message}", reply.Code == "203"),
            1 => new OrderApiTraffic.Story("H5Sdk: comes with a made-up openId", "", $"{reply.Code} {reply.Message}", reply.Code == "101"),
            _ => new OrderApiTraffic.Story("H5Sdk: pays with points", reply.Code == "000" ? reply.TradeNo : "", $"{reply.Code} {reply.Message}", reply.Code == "000"),
        };
    }

    /// <summary>A payment at Alipay or WeChat Pay: begun with us, paid there, told to us; or told by somebody else, or not told at all, which the service finds
    /// out by asking.</summary>
    private async Task<OrderApiTraffic.Story> PlayPlatformAsync(CancellationToken cancellationToken)
    {
        var payWay = 1 + random.Next(2);
        var name = payWay == 1 ? "Alipay" : "WeChat Pay";
        var amount = (1 + random.Next(50)).ToString(CultureInfo.InvariantCulture) + ".5";
        var reply = await h5.CreateOrderAsync(h5.NewOrder($"demo-{Guid.NewGuid():N}", _openId, amount, payWay, games.H5Sdk), cancellationToken);
        if (reply.Code != "000")
        {
            return new OrderApiTraffic.Story($"H5Sdk: begins to pay with {name}", "", $"{reply.Code} {reply.Message}", false);
        }
        switch (random.Next(6))
        {
            case 0:
                return new OrderApiTraffic.Story($"H5Sdk: begins to pay with {name} and goes away", reply.TradeNo, reply.Message, true);
            case 1:
                var isForgeryTaken = await PayAsync(reply, payWay, isForged: true, cancellationToken);
                return new OrderApiTraffic.Story($"H5Sdk: pays with {name}, and somebody forges the notification", reply.TradeNo, isForgeryTaken ? "taken" : "refused", !isForgeryTaken);
            case 2:
                _ = payWay == 1 ? (object)alipay.Pay(reply.Pay.GetProperty("orderString").GetString()!) : wechat.Pay(reply.TradeNo);
                return new OrderApiTraffic.Story($"H5Sdk: pays with {name}, and the notification is lost", reply.TradeNo, "found by asking, in half a minute", true);
            default:
                var isTaken = await PayAsync(reply, payWay, isForged: false, cancellationToken);
                return new OrderApiTraffic.Story($"H5Sdk: pays with {name}", reply.TradeNo, isTaken ? "the notification was taken" : "the notification was refused", isTaken);
        }
    }

    private async Task<bool> PayAsync(H5SdkGame.Reply reply, int payWay, bool isForged, CancellationToken cancellationToken) => payWay == 1
        ? await alipay.NotifyAsync(
            alipay.Pay(reply.Pay.GetProperty("orderString").GetString()!), forgery: isForged ? AlipayForgery.WrongKey : AlipayForgery.None, cancellationToken: cancellationToken)
        : await wechat.NotifyAsync(
            wechat.Pay(reply.TradeNo), forgery: isForged ? WeChatForgery.WrongKey : WeChatForgery.None, cancellationToken: cancellationToken) is 200 or 204;

    private async Task<OrderApiTraffic.Story> PlayCheckAsync(CancellationToken cancellationToken)
    {
        var created = await checkedGame.CreateAsync(checkedGame.NewOrder("gems.60", "6", "42"), cancellationToken);
        var id = created.PlatOrderId;
        var check = new OrderCheckClient.Check
        {
            SdkId = "42", OrderId = id, GameId = checkedGame.GameId, ProductId = "gems.60", Amount = 6L, Currency = "RMB", PlatformId = 1L, PlatformOrderId = "demo-" + id,
        };
        if (random.Next(4) == 0)
        {
            var early = await checker.CheckAsync(check, cancellationToken);
            return new OrderApiTraffic.Story("OrderCheck: asks before paying", id, $"{early.Code} {early.Data}", early.Code == OrderCheckClient.Failed);
        }
        await platform.PaidAsync(id, "google", cancellationToken);
        var reply = await checker.CheckAsync(check, cancellationToken);
        return new OrderApiTraffic.Story("OrderCheck: pays and asks", id, $"{reply.Code} {reply.Message} {reply.Data}", true);
    }

    private async Task<OrderApiTraffic.Story> PlayCardsAsync(CancellationToken cancellationToken)
    {
        var isRecharge = random.Next(3) == 0;
        var order = new CardRechargeMerchant.Order
        {
            CustomerOrderNo = $"demo-{Guid.NewGuid():N}", ProductId = CardProduct, Quantity = 1 + random.Next(3), ChargeAccount = isRecharge ? "13800000000" : "", Money = "100",
            CallbackUrl = games.CardRecharge,
        };
        var reply = await merchant.OrderAsync(order, cancellationToken);
        if (reply.Code != 0)
        {
            return new OrderApiTraffic.Story("CardRecharge: orders", "", $"{reply.Code} {reply.Message}", false);
        }
        if (isRecharge)
        {
            var status = random.Next(4) == 0 ? "failed" : "success";
            await platform.SendAsync(HttpMethod.Post, $"/orders/{reply.OrderNo}/result", new JsonObject { ["status"] = status }, cancellationToken);
            return new OrderApiTraffic.Story("CardRecharge: recharges an account", reply.OrderNo, status, true);
        }
        await platform.PaidAsync(reply.OrderNo, "settlement", cancellationToken);
        var after = await merchant.QueryAsync(order.CustomerOrderNo, cancellationToken);
        if (random.Next(10) == 0)
        {
            await RefillAsync(cancellationToken);
        }
        return new OrderApiTraffic.Story("CardRecharge: buys cards", reply.OrderNo, $"{after.Status}, {after.Cards.Count} cards", after.IsSigned);
    }

    private async Task RefillAsync(CancellationToken cancellationToken)
    {
        var cards = new JsonArray([.. Enumerable.Range(0, 20).Select(JsonNode (_) => new JsonObject
        {
            ["cardType"] = 1, ["cardNo"] = $"NO{++_cards:D6}{Guid.NewGuid():N}"[..24], ["cardPassword"] = Guid.NewGuid().ToString("N")[..12], ["cardRect"] = "",
        })]);
        await platform.SendAsync(HttpMethod.Post, $"/apps/{merchant.GameId}/cards", new JsonObject { ["productId"] = CardProduct, ["cards"] = cards }, cancellationToken);
        var points = new JsonObject { ["amount"] = "500", ["reason"] = "demo", ["idempotencyKey"] = Guid.NewGuid().ToString("N") };
        await platform.SendAsync(HttpMethod.Post, $"/users/{Player}/points", points, cancellationToken);
    }
}
