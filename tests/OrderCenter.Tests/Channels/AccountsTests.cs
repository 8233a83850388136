using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Payments;
using OrderCenter.Payments.Accounts;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Settings;
using OrderCenter.Payments.Statements;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>docs/writing-a-channel.md, "Several accounts": packages, merchants and ways of one channel in one app. What an account verifies is its own, and the settings of
/// one account stay what they were.</summary>
public sealed class AccountsTests(Platforms platforms) : IClassFixture<Platforms>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receipt_pays_by_the_package_that_it_names_and_by_no_other()
    {
        var (one, two, stranger) = (platforms.Google, new GooglePlay(platforms.Clock), new GooglePlay(platforms.Clock));
        var game = await NewAppAsync(("google", Several(("cn", Play(one, "com.example.cn")), ("global", Play(two, "com.example.global")))));
        foreach (var (store, package) in new[] { (one, "com.example.cn"), (two, "com.example.global") })
        {
            var order = await game.CreateAsync(game.NewOrder("gold_100", "6", "u1"), Now);
            foreach (var wrong in new[] { stranger.Purchase(new GooglePurchase { PackageName = package, ProductId = "gold_100" }), store.Purchase(new GooglePurchase { PackageName = "com.example.third", ProductId = "gold_100" }) })
            {
                Assert.Equal(3, (await game.ValidateAsync(order.PlatOrderId, wrong, Now)).ResultCode);
            }
            var other = await game.ValidateAsync(order.PlatOrderId, store.Purchase(new GooglePurchase { PackageName = package, ProductId = "other" }), Now);
            Assert.Equal((3, "the receipt is for another product"), (other.ResultCode, other.Message));
            var paid = await game.ValidateAsync(order.PlatOrderId, store.Purchase(new GooglePurchase { PackageName = package, ProductId = "gold_100" }), Now);
            Assert.Equal((0, "success"), (paid.ResultCode, paid.Message));
        }

        // The key of one package proves nothing of the other.
        var crossed = await game.CreateAsync(game.NewOrder("gold_100", "6", "u1"), Now);
        Assert.Equal(3, (await game.ValidateAsync(crossed.PlatOrderId, two.Purchase(new GooglePurchase { PackageName = "com.example.cn", ProductId = "gold_100" }), Now)).ResultCode);
    }

    [Fact]
    public async Task A_push_of_Google_is_the_packages_that_it_names_though_one_token_signs_for_all()
    {
        await using var one = await GooglePlayServer.StartAsync(platforms.Clock, "com.example.cn");
        await using var two = await GooglePlayServer.StartAsync(platforms.Clock, "com.example.global");
        var (first, second) = (JsonNode.Parse(one.Settings())!, JsonNode.Parse(two.Settings())!);
        second["oidcCerts"] = first["oidcCerts"]!.GetValue<string>();
        var game = await NewAppAsync(("google", Several(("cn", first), ("global", second))));
        foreach (var (server, package) in new[] { (one, "com.example.cn"), (two, "com.example.global") })
        {
            var order = await game.CreateAsync(game.NewOrder("gold_100", "6", "u1"), Now);
            var purchase = server.Sell(new GooglePurchase { PackageName = package, ProductId = "gold_100", ObfuscatedProfileId = order.PlatOrderId });
            Assert.Equal(200, await one.PushAsync(platforms.Http, platforms.NotifyAt("google", game.GameId), server.PurchaseNotice(purchase)));
            await platforms.UntilAsync(order.PlatOrderId, "paid");
        }
        var foreign = new GooglePurchase { PackageName = "com.example.third", ProductId = "gold_100" };
        Assert.Equal(200, await one.PushAsync(platforms.Http, platforms.NotifyAt("google", game.GameId), one.PurchaseNotice(foreign)));
        await Platforms.Eventually(async () =>
            (await platforms.NoticesAsync(game.GameId, "&state=ignored")).Select(notice => notice.GetProperty("outcome").GetString()).SequenceEqual(["it is for another package"]));
    }

    [Fact]
    public async Task A_report_and_a_refund_go_to_the_package_that_has_the_purchase_though_another_does_not_know_it()
    {
        await using var one = await GooglePlayServer.StartAsync(platforms.Clock, "com.example.cn");
        await using var two = await GooglePlayServer.StartAsync(platforms.Clock, "com.example.global");
        var game = await NewAppAsync(("google", Several(("cn", JsonNode.Parse(one.Settings())!), ("global", JsonNode.Parse(two.Settings())!))));
        var order = await game.CreateAsync(game.NewOrder("gold_100", "6", "u1"), Now);
        var purchase = two.Sell(new GooglePurchase { PackageName = "com.example.global", ProductId = "gold_100" });
        Assert.Equal(0, (await game.ValidateAsync(order.PlatOrderId, platforms.Google.Purchase(purchase, GoogleShape.Token), Now)).ResultCode);

        // The delivery is reported there, too: Google would give back by itself what nobody reports.
        Assert.Equal(0, (await game.SendProductAsync(order.PlatOrderId, Now)).ResultCode);
        await Platforms.Eventually(async () =>
        {
            platforms.Clock.Advance(TimeSpan.FromSeconds(6));
            return await Task.FromResult(two.Sale(purchase.PurchaseToken).IsConsumed);
        });
        two.Fail("refund", StoreFault.ServerError);
        async Task<HttpStatusCode> RefundAsync() =>
            (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{order.PlatOrderId}/refund", new { reason = "wish", atStore = true })).Status;
        Assert.Equal(HttpStatusCode.BadGateway, await RefundAsync());
        Assert.Equal(HttpStatusCode.OK, await RefundAsync());
        Assert.NotNull(two.Sale(purchase.PurchaseToken).VoidedMs);
        Assert.Equal("refunded", (await platforms.OrderAsync(order.PlatOrderId)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task A_message_of_WeChats_sandbox_is_the_sandboxs_though_one_token_signs_for_both()
    {
        await using var wechat = await WeChatVirtual.StartAsync(platforms.Clock, Now);
        wechat.IsSandbox = true;
        var game = await NewAppAsync(
            ("wechat-virtual", Several(("real", wechat.Settings(("environment", "Production"))), ("test", wechat.Settings(("environment", "Sandbox"))))));
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { allowSandbox = true });
        var (id, pay) = await NewOrderAsync(game, "wechat-virtual", new { account = "test", session = wechat.SessionKey, extra = new { wechatOpenId = wechat.OpenId } });
        Assert.Equal(200, (await wechat.DeliverAsync(wechat.Pay(pay), platforms.NotifyAt("wechat-virtual", game.GameId), cancellationToken: Now)).Status);
        Assert.Equal("Sandbox", (await platforms.UntilAsync(id, "paid")).GetProperty("payment").GetProperty("environment").GetString());
    }

    [Fact]
    public async Task Two_merchants_of_WeChat_Pay_each_begin_verify_and_refund_their_own()
    {
        await using var one = await WeChatPay.StartAsync(platforms.Clock, Now);
        await using var two = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await NewAppAsync(("wechat", Several(("one", one.Settings()), ("two", two.Settings(("way", "h5"))))));
        foreach (var (name, own, other) in new[] { ("one", one, two), ("two", two, one) })
        {
            var (id, pay) = await NewOrderAsync(game, "wechat", new { account = name });
            Assert.True(pay.TryGetProperty(name == "one" ? "code_url" : "h5_url", out _));
            Assert.Null(other.Find(id));
            var transaction = own.Pay(id);
            Assert.Equal(401, await own.NotifyAsync(transaction, forgery: WeChatForgery.WrongKey, cancellationToken: Now));
            Assert.Equal(204, await own.NotifyAsync(transaction, cancellationToken: Now));
            await platforms.UntilAsync(id, "paid");
            var (status, order) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "wish", atStore = true });
            Assert.Equal((HttpStatusCode.OK, "refunded"), (status, order.GetProperty("payState").GetString()));
            Assert.Equal(650, own.Find(id)!.RefundedFen);

            // A lookup asks the merchant that the order was begun with first.
            var (next, _) = await NewOrderAsync(game, "wechat", new { account = name });
            own.Pay(next);
            var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{next}/recheck");
            Assert.Equal("paid", answer.GetProperty("outcome").GetString());
        }
        Assert.Equal((0, 0), (one.WrongSignatures, two.WrongSignatures));
    }

    [Fact]
    public async Task Where_one_account_is_down_the_others_go_on()
    {
        await using var one = await WeChatPay.StartAsync(platforms.Clock, Now);
        await using var two = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await NewAppAsync(("wechat", Several(("one", one.Settings()), ("two", two.Settings()))));
        var (id, _) = await NewOrderAsync(game, "wechat", new { account = "two" });
        one.Fault = PlatformFault.Down;
        two.Pay(id);
        var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal("paid", answer.GetProperty("outcome").GetString());
        two.Fault = PlatformFault.Down;
        one.Fault = PlatformFault.None;
        var (next, _) = await NewOrderAsync(game, "wechat", new { account = "one" });
        (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{next}/recheck");
        Assert.Equal("notPaid", answer.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_way_chooses_the_account_or_changes_the_way_of_the_one_that_is_meant()
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await NewAppAsync(("wechat", Several(("code", wechat.Settings()), ("page", wechat.Settings(("way", "h5"))))), ("alipay", Node(platforms.Alipay.Settings())));
        Assert.True((await NewOrderAsync(game, "wechat", new { way = "native" })).Pay.TryGetProperty("code_url", out _));
        Assert.True((await NewOrderAsync(game, "wechat", new { way = "h5" })).Pay.TryGetProperty("h5_url", out _));
        Assert.True((await NewOrderAsync(game, "wechat", new { account = "code", way = "h5" })).Pay.TryGetProperty("h5_url", out _));
        Assert.Equal("account must be one of code, page", await FaultAsync(game, "wechat", new { }));
        Assert.Equal("account must be one of code, page", await FaultAsync(game, "wechat", new { account = "none" }));
        Assert.Equal("account must be one of code, page", await FaultAsync(game, "wechat", new { way = "app" }));
        Assert.Equal("way must be native, h5, app or jsapi", await FaultAsync(game, "wechat", new { account = "code", way = "fax" }));

        // The settings of one account pay in the way that the order names, too.
        Assert.True((await NewOrderAsync(game, "alipay", new { way = "page" })).Pay.TryGetProperty("url", out _));
        Assert.False((await NewOrderAsync(game, "alipay", new { })).Pay.TryGetProperty("url", out _));
        Assert.Equal("way must be app, wap, page or qr", await FaultAsync(game, "alipay", new { way = "fax" }));
        Assert.Equal("account must be left out: the app has one account of channel alipay", await FaultAsync(game, "alipay", new { account = "a" }));

        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new { @default = "page" } } });
        Assert.True((await NewOrderAsync(game, "wechat", new { })).Pay.TryGetProperty("h5_url", out _));
        Assert.True((await NewOrderAsync(game, "wechat", new { way = "native" })).Pay.TryGetProperty("code_url", out _));
    }

    [Fact]
    public async Task An_order_that_is_repeated_for_another_account_is_another_content()
    {
        var game = await NewAppAsync(("alipay", Several(("a", platforms.Alipay.Settings()), ("b", platforms.Alipay.Settings(("way", "page"))))));
        var body = NewOrder(game, "alipay", new { account = "a", merchantOrderId = "m" });
        var (status, first) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        (status, var again) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal((HttpStatusCode.OK, first.GetRawText()), (status, again.GetRawText()));
        body["account"] = "b";
        (status, _) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    [Fact]
    public async Task A_payment_of_one_app_touches_nothing_of_another_though_both_have_the_merchant()
    {
        await using var shared = await WeChatPay.StartAsync(platforms.Clock, Now);
        await using var own = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await NewAppAsync(("wechat", Several(("shared", shared.Settings()), ("own", own.Settings()))));
        var other = await NewAppAsync(("wechat", Node(shared.Settings())));
        var (id, _) = await NewOrderAsync(game, "wechat", new { account = "shared" });
        var transaction = shared.Pay(id);
        Assert.Equal(204, await shared.NotifyAsync(transaction, platforms.NotifyAt("wechat", other.GameId), cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(other.GameId)).GetProperty("state").GetString());
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        await using var strangers = await WeChatPay.StartAsync(platforms.Clock, Now);
        Assert.Equal(401, await strangers.NotifyAsync(transaction, platforms.NotifyAt("wechat", game.GameId), cancellationToken: Now));
        Assert.Equal(204, await shared.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Fact]
    public async Task The_account_of_a_kept_notification_is_ours_to_say()
    {
        await using var one = await WeChatVirtual.StartAsync(platforms.Clock, Now);
        await using var two = await WeChatVirtual.StartAsync(platforms.Clock, Now);
        var game = await NewAppAsync(("wechat-virtual", Several(("one", one.Settings()), ("two", two.Settings()))));
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", NewOrder(game, "wechat-virtual", new { account = "two", session = two.SessionKey, extra = new { wechatOpenId = two.OpenId } }));
        Assert.Equal(HttpStatusCode.Created, status);
        var order = two.Pay(json.GetProperty("pay"));
        using var lying = new HttpClient();
        Assert.Equal(200, (await two.DeliverAsync(order, platforms.NotifyAt("wechat-virtual", game.GameId), cancellationToken: Now)).Status);
        await platforms.UntilAsync(order.OutTradeNo, "paid");
        var notice = (await platforms.NoticeAsync(game.GameId)).GetProperty("id").GetString();
        var (_, detail) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/notifications/{notice}");
        Assert.Equal("two", detail.GetProperty("headers").GetProperty("ordercenter-account").GetString());
        Assert.Empty(one.Calls);

        // Whoever sends such a header changes nothing.
        var single = await NewAppAsync(("wechat", Node(platforms.WeChat.Settings())));
        var (id, _) = await NewOrderAsync(single, "wechat", new { });
        var message = platforms.WeChat.Message(platforms.WeChat.Pay(id));
        using var request = new HttpRequestMessage(HttpMethod.Post, platforms.NotifyAt("wechat", single.GameId)) { Content = new StringContent(message.Body) };
        foreach (var (name, value) in message.Headers.Append(("ordercenter-account", "two")))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await lying.SendAsync(request, Now);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await platforms.UntilAsync(id, "paid");
        notice = (await platforms.NoticeAsync(single.GameId)).GetProperty("id").GetString();
        (_, detail) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/notifications/{notice}");
        Assert.False(detail.GetProperty("headers").TryGetProperty("ordercenter-account", out _));
    }

    [Fact]
    public async Task Secrets_of_accounts_are_shown_nowhere_and_their_changes_are_masked()
    {
        var game = await NewAppAsync(("wechat", Several(("one", platforms.WeChat.Settings()))));
        foreach (var path in new[] { "/api/v1/apps/" + game.GameId, "/api/v1/apps", $"/api/v1/audit?gameId={game.GameId}" })
        {
            var shown = (await platforms.CallAsync(HttpMethod.Get, path)).Json.GetRawText();
            Assert.DoesNotContain(platforms.WeChat.ApiV3Key, shown, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        }
        Assert.Contains(platforms.WeChat.MchId, (await platforms.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId)).Json.GetRawText(), StringComparison.Ordinal);

        // An account is changed and taken away by its name; the others stay.
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new { accounts = new { two = platforms.WeChat.Settings(("way", "h5")) } } } });
        var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new { accounts = new { one = (object?)null } } } });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["two"], json.GetProperty("channels").GetProperty("wechat").GetProperty("accounts").EnumerateObject().Select(account => account.Name));
    }

    [Fact]
    public async Task Settings_of_accounts_are_judged_one_by_one_and_together()
    {
        var good = Node(platforms.Alipay.Settings());
        async Task RefusedAsync(JsonNode settings, string fault)
        {
            var game = await NewAppAsync();
            var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = settings } });
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(fault, json.GetProperty("title").GetString(), StringComparison.Ordinal);
        }

        JsonObject Accounts(params (string, JsonNode?)[] accounts) => new() { ["accounts"] = new JsonObject(accounts.Select(account => KeyValuePair.Create(account.Item1, account.Item2?.DeepClone()))) };
        await RefusedAsync(Accounts(("a", good), ("b", good)), "accounts.b is of the same as accounts.a");
        await RefusedAsync(Accounts(("a", good), ("b", new JsonObject { ["appId"] = "1" })), "accounts.b: privateKey is missing");
        await RefusedAsync(Accounts(), "accounts must be 1 to 16 accounts");
        await RefusedAsync(Accounts([.. Enumerable.Range(0, 17).Select(i => ($"a{i}", (JsonNode?)good))]), "accounts must be 1 to 16 accounts");
        await RefusedAsync(Accounts(("a b", good)), "accounts must be 1 to 16 accounts");
        await RefusedAsync(Accounts(("a", JsonValue.Create(1))), "accounts must be 1 to 16 accounts");
        await RefusedAsync(new JsonObject { ["accounts"] = new JsonArray() }, "accounts must be 1 to 16 accounts");
        var mixed = Accounts(("a", good));
        mixed["appId"] = "1";
        await RefusedAsync(mixed, "appId is not a field of this channel; allowed: accounts, default");
        var noDefault = Accounts(("a", good));
        noDefault["default"] = "b";
        await RefusedAsync(noDefault, "default must be one of a");
    }

    [Theory]
    [InlineData(typeof(IChannel))]
    [InlineData(typeof(IPaymentInitiator))]
    [InlineData(typeof(IPaymentQuery))]
    [InlineData(typeof(IFulfilmentReporter))]
    [InlineData(typeof(IRefunder))]
    [InlineData(typeof(IEventSource))]
    [InlineData(typeof(INotificationHandler))]
    [InlineData(typeof(ISettingsTest))]
    [InlineData(typeof(IRefundReviewer))]
    [InlineData(typeof(IStatementSource))]
    [InlineData(typeof(INotificationTrial))]
    public void The_choice_of_an_account_stands_before_everything_that_a_channel_can_do(Type capability)
    {
        // What is new in an interface would otherwise end here, at its default.
        var map = typeof(AccountsChannel).GetInterfaceMap(capability);
        Assert.All(map.TargetMethods, method => Assert.Equal(typeof(AccountsChannel), method.DeclaringType));
    }

    [Fact]
    public void No_member_answers_for_two_capabilities_of_a_channel()
    {
        // A member of the same name and parameters in another interface would be taken for both, and ask for what the channel may not have.
        var members = typeof(AccountsChannel).GetInterfaces().SelectMany(capability => typeof(AccountsChannel).GetInterfaceMap(capability).TargetMethods);
        Assert.Empty(members.GroupBy(member => member).Where(same => same.Count() > 1).Select(same => same.Key.Name));
    }

    private static JsonNode Node(object settings) => JsonSerializer.SerializeToNode(settings)!;

    private static JsonNode Play(GooglePlay store, string package) => JsonNode.Parse(store.Settings(package))!;

    private static JsonNode Several(params (string Name, object Settings)[] accounts) =>
        new JsonObject { ["accounts"] = new JsonObject(accounts.Select(account => KeyValuePair.Create(account.Name, (JsonNode?)(account.Settings as JsonNode ?? Node(account.Settings))))) };

    private Task<OrderApiGame> NewAppAsync(params (string Name, JsonNode Settings)[] channels) => platforms.NewGameAsync(
        new { callbackUrl = platforms.Games.OrderApi, channels = new JsonObject(channels.Select(channel => KeyValuePair.Create(channel.Name, (JsonNode?)channel.Settings))) }, Platforms.Secret);

    private static JsonObject NewOrder(OrderApiGame game, string channel, object more)
    {
        var body = new JsonObject
        {
            ["gameId"] = game.GameId, ["productId"] = "gem-60", ["money"] = "6.5", ["currency"] = "CNY", ["userId"] = "u1", ["channel"] = channel,
        };
        foreach (var (name, value) in Node(more).AsObject())
        {
            body[name] = value?.DeepClone();
        }
        return body;
    }

    private async Task<(string Id, JsonElement Pay)> NewOrderAsync(OrderApiGame game, string channel, object more)
    {
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", NewOrder(game, channel, more));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.True(json.TryGetProperty("pay", out var pay), json.GetRawText());
        return (json.GetProperty("orderId").GetString()!, pay);
    }

    private async Task<string?> FaultAsync(OrderApiGame game, string channel, object more) =>
        (await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", NewOrder(game, channel, more))).Json.GetProperty("payFault").GetString();
}
