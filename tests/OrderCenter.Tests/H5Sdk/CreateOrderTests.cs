using System.Globalization;
using System.Text;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.ChangeFeed;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §2, "Create order": points, codes, idempotency, races.</summary>
public sealed class CreateOrderTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Points_are_debited_the_order_is_paid_and_its_callback_queued()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "100");
        var asked = game.NewOrder("c-1", player.OpenId, "12.50", 3, Given.NotifyUrl);
        asked["ext"] = "透传 😀&=+%\n\"";
        var reply = await game.CreateOrderAsync(asked, Now);

        Assert.Equal((200, "000", "success"), (reply.HttpStatus, reply.Code, reply.Message));
        Assert.Equal($$$"""{"tradeNo":"{{{reply.TradeNo}}}","pay":{"state":"paid"}}""", Given.Json(reply.Data));
        Assert.Equal("87.5", await service.BalanceAsync(player.Uid));

        var order = await service.OrderAsync(reply.TradeNo);
        string? Text(string name) => order.GetProperty(name).GetString();
        Assert.Equal(("paid", "delivering", "12.5", "CNY", "points"), (Text("payState"), Text("state"), Text("money"), Text("currency"), Text("channel")));
        Assert.Equal((player.Uid, "c-1", "gems.60", "60 元宝", Given.NotifyUrl.AbsoluteUri), (Text("userId"), Text("merchantOrderId"), Text("productId"), Text("productName"), Text("notifyUrl")));
        var payment = order.GetProperty("payment");
        Assert.Equal(("points", reply.TradeNo, "12.5", "CNY"), (payment.GetProperty("channel").GetString(), payment.GetProperty("transactionId").GetString(), payment.GetProperty("money").GetString(), payment.GetProperty("currency").GetString()));
        var attributes = order.GetProperty("attributes");
        Assert.Equal((player.OpenId, asked["ext"], "3"), (attributes.GetProperty("openId").GetString(), attributes.GetProperty("ext").GetString(), attributes.GetProperty("payWay").GetString()));

        var callback = Assert.Single(await service.CallbacksAsync(reply.TradeNo));
        Assert.Equal((CallbackEvents.Paid, Given.NotifyUrl.AbsoluteUri, 82), (callback.Event, callback.Url, callback.WaitsMs.Count));
        Assert.Equal(0, await service.NumberAsync("SELECT sum(amount_e4) FROM points_lines WHERE uid = $1 AND posting_key = $2", player.Uid, "order:" + reply.TradeNo));
        Assert.Equal(125_000, await service.NumberAsync("SELECT amount_e4 FROM points_lines WHERE uid = $1 AND account = $2", player.Uid, "spent:" + game.GameId));
    }

    [Fact]
    public async Task Form_json_and_multipart_number_and_alias_are_one_order()
    {
        var alias = "h5_" + Service.NewGameId();
        var game = await service.NewH5GameAsync(new { alias });
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("c 1+&=%元", player.OpenId, "1", 3, Given.NotifyUrl);
        var tradeNo = (await game.CreateOrderAsync(asked, Now)).TradeNo;

        asked["gameId"] = alias;
        asked["sign"] = GameSigning.H5Sdk(asked, Given.Secret);
        Assert.Equal(tradeNo, (await game.PostJsonAsync("createOrder", asked, Now)).TradeNo);

        // Numbers in JSON are signed by their text as sent; data takes no part.
        asked["gameId"] = game.GameId;
        asked["amount"] = "1.00";
        var sign = GameSigning.H5Sdk(asked, Given.Secret);
        var json = $$"""
            {"gameId":{{game.GameId}},"amount":1.00,"payWay":3,"codeNo":"c 1+&=%元","openId":"{{player.OpenId}}","productId":"gems.60","productName":"60 元宝","ext":null,
             "notifyUrl":"{{asked["notifyUrl"]}}","data":"no part","sign":"{{sign.ToUpperInvariant()}}"}
            """;
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(new Uri("/cp/createOrder", UriKind.Relative), body, Now);
        Assert.Contains(tradeNo, await response.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
        Assert.Equal("9", await service.BalanceAsync(player.Uid));
    }

    [Theory]
    [InlineData("codeNo", null, "codeNo is missing")]
    [InlineData("codeNo", "257", "codeNo must be at most 256 characters")]
    [InlineData("openId", "", "openId is missing")]
    [InlineData("openId", "x", "openId must be 32 lower-case hex digits")]
    [InlineData("amount", "", "amount is missing")]
    [InlineData("amount", "0", "amount must be greater than 0")]
    [InlineData("amount", "0.0000", "amount must be greater than 0")]
    [InlineData("amount", "-1", "amount must be greater than 0")]
    [InlineData("amount", "1e3", "amount must be greater than 0")]
    [InlineData("amount", "1.00001", "amount must be greater than 0")]
    [InlineData("amount", "100000000000000", "amount must be greater than 0")]
    [InlineData("productId", null, "productId is missing")]
    [InlineData("productId", "129", "productId must be at most 128 characters")]
    [InlineData("productName", "257", "productName must be at most 256 characters")]
    [InlineData("ext", "1025", "ext must be at most 1024 characters")]
    [InlineData("notifyUrl", null, "notifyUrl is missing")]
    [InlineData("notifyUrl", "ftp://x.example.com", "notifyUrl must be an absolute http or https URL")]
    [InlineData("notifyUrl", "/notify", "notifyUrl must be an absolute http or https URL")]
    [InlineData("notifyUrl", "http://user:pass@x.example.com/", "notifyUrl must be an absolute http or https URL")]
    [InlineData("payWay", null, "payWay is missing")]
    [InlineData("payWay", "0", "payWay must be 1 (Alipay), 2 (WeChat Pay) or 3 (points)")]
    [InlineData("payWay", "4", "payWay must be")]
    [InlineData("payWay", "points", "payWay must be")]
    [InlineData("payWay", "03", "payWay must be")]
    public async Task A_field_that_is_missing_or_malformed_is_named(string field, string? value, string message)
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl);
        if (value is null)
        {
            asked.Remove(field);
        }
        else
        {
            asked[field] = field is not "amount" && int.TryParse(value, CultureInfo.InvariantCulture, out var characters) && characters > 100 ? string.Concat(Enumerable.Repeat("😀", characters)) : value;
        }
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal((200, "100", "\"\""), (reply.HttpStatus, reply.Code, Given.Json(reply.Data)));
        Assert.StartsWith(message, reply.Message, StringComparison.Ordinal);
        Assert.Equal((0, "10"), (await service.OrdersAsync(game.GameId), await service.BalanceAsync(player.Uid)));
    }

    [Fact]
    public async Task Ext_may_be_1024_characters_or_missing_and_productName_may_be_missing()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("long", player.OpenId, "1", 3, Given.NotifyUrl);
        asked["ext"] = string.Concat(Enumerable.Repeat("😀", 1024));
        Assert.Equal("000", (await game.CreateOrderAsync(asked, Now)).Code);
        asked = game.NewOrder("short", player.OpenId, "1", 3, Given.NotifyUrl);
        asked.Remove("ext");
        asked.Remove("productName");
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal("000", reply.Code);
        Assert.False((await service.OrderAsync(reply.TradeNo)).GetProperty("attributes").TryGetProperty("ext", out _));
    }

    [Fact]
    public async Task An_app_that_is_unknown_or_not_H5Sdk_and_a_wrong_sign_are_one_refusal()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var other = new H5SdkGame(service.Http, (await service.NewGameAsync()).GameId, Given.Secret);
        var replies = new List<H5SdkGame.Reply>
        {
            await new H5SdkGame(service.Http, game.GameId, "wrong").CreateOrderAsync(game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now),
            await new H5SdkGame(service.Http, "9999999999", Given.Secret).CreateOrderAsync(new H5SdkGame(service.Http, "9999999999", Given.Secret).NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now),
            await other.CreateOrderAsync(other.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now),
            await game.PostAsync("createOrder", game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now),
            await game.PostAsync("createOrder", new(StringComparer.Ordinal), Now),
        };
        Assert.All(replies, reply => Assert.Equal((200, "102", "the signature, the app or the caller's address is not accepted", "\"\""), (reply.HttpStatus, reply.Code, reply.Message, Given.Json(reply.Data))));
    }

    [Fact]
    public async Task An_openId_that_is_unknown_or_another_games_is_101()
    {
        var (game, other) = (await service.NewH5GameAsync(), await service.NewH5GameAsync());
        var player = await service.NewPlayerAsync(other.GameId, "10");
        Assert.Equal("101", (await game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now)).Code);
        Assert.Equal("101", (await game.CreateOrderAsync(game.NewOrder("c", new string('0', 32), "1", 3, Given.NotifyUrl), Now)).Code);
        Assert.Equal("10", await service.BalanceAsync(player.Uid));
    }

    [Fact]
    public async Task The_order_of_judgement_is_sign_fields_openId_codeNo_way_points()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "1");
        Task<H5SdkGame.Reply> AskAsync(string codeNo, string openId, string amount, int payWay) => game.CreateOrderAsync(game.NewOrder(codeNo, openId, amount, payWay, Given.NotifyUrl), Now);
        var nobody = new string('0', 32);
        var unsigned = game.NewOrder("c", nobody, "x", 1, Given.NotifyUrl);
        Assert.Equal("102", (await game.PostAsync("createOrder", unsigned, Now)).Code);
        Assert.Equal("100", (await AskAsync("c", nobody, "x", 1)).Code);
        Assert.Equal("101", (await AskAsync("c", nobody, "5", 1)).Code);
        Assert.Equal("202", (await AskAsync("c", player.OpenId, "5", 1)).Code);
        Assert.Equal("203", (await AskAsync("c", player.OpenId, "5", 3)).Code);
        Assert.Equal("000", (await AskAsync("c", player.OpenId, "1", 3)).Code);
        Assert.Equal("201", (await AskAsync("c", player.OpenId, "1", 1)).Code);
        Assert.Equal("201", (await AskAsync("c", player.OpenId, "5", 3)).Code);
    }

    [Theory]
    [InlineData(1, "alipay")]
    [InlineData(2, "wechat")]
    public async Task A_way_that_is_not_configured_is_202_and_records_nothing(int payWay, string channel)
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var reply = await game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "1", payWay, Given.NotifyUrl), Now);
        Assert.Equal((200, "202", $"the app has no channel {channel} to pay by", "\"\""), (reply.HttpStatus, reply.Code, reply.Message, Given.Json(reply.Data)));
        Assert.Equal((0, "10"), (await service.OrdersAsync(game.GameId), await service.BalanceAsync(player.Uid)));
    }

    [Fact]
    public async Task Points_that_do_not_suffice_record_nothing_and_the_same_codeNo_pays_later()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "0.9999");
        var asked = game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl);
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal((200, "203", "the points do not suffice", "\"\""), (reply.HttpStatus, reply.Code, reply.Message, Given.Json(reply.Data)));
        Assert.Equal((0, "0.9999"), (await service.OrdersAsync(game.GameId), await service.BalanceAsync(player.Uid)));
        Assert.Equal(0, await service.NumberAsync("SELECT count(*) FROM order_keys WHERE game_id = $1", long.Parse(game.GameId)));
        Assert.Equal(0, await service.NumberAsync("SELECT count(*) FROM points_postings WHERE uid = $1 AND posting_key LIKE 'order:%'", player.Uid));

        await service.NumberAsync();
        Assert.Equal(0, await service.NumberAsync("SELECT count(*) FROM change_heads WHERE game_id = $1", long.Parse(game.GameId)));

        // The feed begins with this one: created, paid.
        await service.PostPointsAsync(player.Uid, "0.0001");
        Assert.Equal(("000", "0"), ((await game.CreateOrderAsync(asked, Now)).Code, await service.BalanceAsync(player.Uid)));
        await service.NumberAsync();
        Assert.Equal(2, await service.NumberAsync("SELECT last_number FROM change_heads WHERE game_id = $1", long.Parse(game.GameId)));
    }

    [Fact]
    public async Task The_same_codeNo_is_one_order_by_openId_amount_product_and_way()
    {
        var game = await service.NewH5GameAsync();
        var (player, friend) = (await service.NewPlayerAsync(game.GameId, "10"), await service.NewPlayerAsync(game.GameId, "10"));
        SortedDictionary<string, string> Ask(string name, string value)
        {
            var asked = game.NewOrder("c", player.OpenId, "2.5", 3, Given.NotifyUrl);
            asked[name] = value;
            return asked;
        }
        var first = await game.CreateOrderAsync(Ask("amount", "2.5"), Now);
        foreach (var (name, value) in new[] { ("amount", "2.50"), ("ext", "other"), ("productName", "other"), ("notifyUrl", "http://127.0.0.1:9/other") })
        {
            var again = await game.CreateOrderAsync(Ask(name, value), Now);
            Assert.Equal((name, "000", Given.Json(first.Data)), (name, again.Code, Given.Json(again.Data)));
        }
        foreach (var (name, value) in new[] { ("amount", "2.51"), ("productId", "other"), ("openId", friend.OpenId), ("payWay", "2") })
        {
            var other = await game.CreateOrderAsync(Ask(name, value), Now);
            Assert.Equal((name, "201", "codeNo was used before with other content"), (name, other.Code, other.Message));
        }
        Assert.Equal(("7.5", "10", 1), (await service.BalanceAsync(player.Uid), await service.BalanceAsync(friend.Uid), await service.OrdersAsync(game.GameId)));

        // Another game's codeNo is another order.
        var elsewhere = await service.NewH5GameAsync();
        var openId = await service.OpenIdAsync(player.Uid, elsewhere.GameId);
        Assert.NotEqual(first.TradeNo, (await elsewhere.CreateOrderAsync(elsewhere.NewOrder("c", openId, "2.5", 3, Given.NotifyUrl), Now)).TradeNo);
    }

    [Fact]
    public async Task A_repeat_after_a_refund_says_so()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl);
        var first = await game.CreateOrderAsync(asked, Now);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{first.TradeNo}/refund", new { reason = "by mistake" });
        var again = await game.CreateOrderAsync(asked, Now);
        Assert.Equal(("000", first.TradeNo, """{"state":"refunded"}"""), (again.Code, again.TradeNo, Given.Json(again.Pay)));
    }

    [Fact]
    public async Task Fifty_of_the_same_at_once_are_one_order_and_one_debit()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "3", 3, Given.NotifyUrl), Now)));
        Assert.All(replies, reply => Assert.Equal("000", reply.Code));
        var tradeNo = Assert.Single(replies.Select(reply => reply.TradeNo).Distinct());
        Assert.Equal(("7", 1), (await service.BalanceAsync(player.Uid), await service.OrdersAsync(game.GameId)));
        Assert.Single(await service.CallbacksAsync(tradeNo));
    }

    [Fact]
    public async Task A_hundred_spends_at_once_never_go_below_zero()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "111.5");
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => game.CreateOrderAsync(game.NewOrder("c" + i, player.OpenId, "3", 3, Given.NotifyUrl), Now)));
        Assert.Equal((37, 63), (replies.Count(reply => reply.Code == "000"), replies.Count(reply => reply.Code == "203")));
        Assert.Equal(("0.5", 37), (await service.BalanceAsync(player.Uid), await service.OrdersAsync(game.GameId)));
        Assert.Equal(37, await service.NumberAsync("SELECT count(*) FROM callbacks WHERE game_id = $1", long.Parse(game.GameId)));
        Assert.Equal(5000, await service.NumberAsync("SELECT sum(amount_e4) FROM points_lines WHERE uid = $1 AND account = 'user'", player.Uid));
        Assert.Equal(0, await service.NumberAsync("SELECT sum(amount_e4) FROM points_lines WHERE uid = $1", player.Uid));
    }

    [Fact]
    public async Task The_secret_before_a_rotation_goes_on_signing_for_its_time()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/secrets", new { secret = "a newer secret..", previousValidSeconds = 60 });
        Assert.Equal("000", (await game.CreateOrderAsync(game.NewOrder("old", player.OpenId, "1", 3, Given.NotifyUrl), Now)).Code);
        Assert.Equal("000", (await new H5SdkGame(service.Http, game.GameId, "a newer secret..").CreateOrderAsync(game.NewOrder("new", player.OpenId, "1", 3, Given.NotifyUrl), Now)).Code);
    }

    [Fact]
    public async Task A_native_order_of_the_same_number_is_other_content()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        await service.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId = "gems.60", money = "1", currency = "CNY", userId = player.Uid, merchantOrderId = "c", channel = "points" });
        Assert.Equal("201", (await game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now)).Code);
    }
}
