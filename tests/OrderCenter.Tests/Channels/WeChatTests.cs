using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>anchors/payments.md, "WeChat Pay APIv3": over real HTTP against a platform that verifies what we sign and signs what it says.</summary>
public sealed class WeChatTests(Platforms platforms) : IClassFixture<Platforms>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Native_gives_a_code_and_what_WeChat_tells_pays_the_order_once()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "wechat");
        Assert.StartsWith("weixin://wxpay/", pay.GetProperty("code_url").GetString(), StringComparison.Ordinal);
        var transaction = platforms.WeChat.Pay(id);
        Assert.Equal((650, platforms.NotifyAt("wechat", game.GameId)), (transaction.TotalFen, transaction.NotifyUrl));
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        var order = await platforms.UntilAsync(id, "paid");
        Assert.Equal(("wechat", transaction.TransactionId, "6.5"), (order.GetProperty("payment").GetProperty("channel").GetString(), order.GetProperty("payment").GetProperty("transactionId").GetString(), order.GetProperty("payment").GetProperty("money").GetString()));
        var repeats = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => platforms.WeChat.NotifyAsync(transaction, id: i % 2 == 0 ? null : "EV-" + i, cancellationToken: Now)));
        Assert.All(repeats, status => Assert.Equal(204, status));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=applied&limit=200")).Count() == 51);
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));
    }

    [Fact]
    public async Task App_and_jsapi_get_parameters_that_WeChats_SDK_accepts()
    {
        var wrong = platforms.WeChat.WrongSignatures;
        var app = await platforms.NewAppAsync(wechat: platforms.WeChat.Settings(("way", "app")));
        var (_, pay) = await platforms.NewOrderAsync(app.GameId, "wechat");
        string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
        Assert.Equal((platforms.WeChat.AppId, platforms.WeChat.MchId, "Sign=WXPay"), (Text(pay, "appid"), Text(pay, "partnerid"), Text(pay, "package")));
        Assert.True(platforms.WeChat.IsClientSigned($"{Text(pay, "appid")}\n{Text(pay, "timestamp")}\n{Text(pay, "noncestr")}\n{Text(pay, "prepayid")}\n", Text(pay, "sign")));

        var jsapi = await platforms.NewAppAsync(wechat: platforms.WeChat.Settings(("way", "jsapi")));
        (_, pay) = await platforms.NewOrderAsync(jsapi.GameId, "wechat", extra: new { wechatOpenId = "o-1" });
        Assert.True(platforms.WeChat.IsClientSigned($"{Text(pay, "appId")}\n{Text(pay, "timeStamp")}\n{Text(pay, "nonceStr")}\n{Text(pay, "package")}\n", Text(pay, "paySign")));
        var (_, nobody) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = jsapi.GameId, productId = "p", money = "1", currency = "CNY", userId = "u", channel = "wechat" });
        Assert.Equal("wechatOpenId is missing: jsapi needs the payer's openid at WeChat", nobody.GetProperty("payFault").GetString());

        var h5 = await platforms.NewAppAsync(wechat: platforms.WeChat.Settings(("way", "h5")));
        (_, pay) = await platforms.NewOrderAsync(h5.GameId, "wechat");
        Assert.StartsWith("https://wx.tenpay.com/", Text(pay, "h5_url"), StringComparison.Ordinal);
        Assert.Equal(wrong, platforms.WeChat.WrongSignatures);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_platform_certificate_is_believed_where_the_app_knows_it(bool asKey, bool beside)
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var settings = wechat.Settings();
        if (asKey)
        {
            settings["platformPublicKey"] = wechat.Certificate;
            settings.Remove("publicKeyId");
        }
        if (beside)
        {
            using var stranger = System.Security.Cryptography.RSA.Create(2048);
            settings["platformPublicKey"] = stranger.ExportSubjectPublicKeyInfoPem();
            settings["platformCertificates"] = new[] { wechat.Certificate };
        }
        wechat.NamesCertificate = true;
        var game = await platforms.NewAppAsync(wechat: settings);
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = wechat.Pay(id);
        wechat.NamesCertificate = false;
        Assert.Equal(401, await wechat.NotifyAsync(transaction, cancellationToken: Now));
        wechat.NamesCertificate = true;
        Assert.Equal(204, await wechat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_notification_without_associated_data_pays(string? associated)
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(wechat: wechat.Settings());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = wechat.Pay(id);
        wechat.AssociatedData = associated;
        Assert.Equal(401, await wechat.NotifyAsync(transaction, forgery: WeChatForgery.OtherApiV3Key, cancellationToken: Now));
        Assert.Equal(204, await wechat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Theory]
    [InlineData("""{"mchid":"MCH","complaint_id":"1","action_type":"CREATE_COMPLAINT"}""", "ignored")]
    [InlineData("""{"complaint_id":"1"}""", "ignored")]
    [InlineData("[1,2]", "ignored")]
    [InlineData("""{"mchid":"MCH","appid":"APP","trade_state":"SUCCESS","out_trade_no":"1","transaction_id":"9","amount":{"total":"much"}}""", "failed")]
    [InlineData("""{"mchid":"MCH","refund_status":"SUCCESS","transaction_id":"9","amount":{"total":10}}""", "failed")]
    public async Task A_notification_that_cannot_be_understood_is_acknowledged_and_kept_with_its_verdict(string resource, string state)
    {
        var game = await platforms.NewAppAsync();
        var text = resource.Replace("MCH", platforms.WeChat.MchId, StringComparison.Ordinal).Replace("APP", platforms.WeChat.AppId, StringComparison.Ordinal);
        Assert.Equal(204, await platforms.WeChat.NotifyResourceAsync(text, new Uri(platforms.Http.BaseAddress!, $"/notify/wechat/{game.GameId}"), Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=" + state)).Count() == 1);
    }

    [Fact]
    public async Task A_payment_with_odd_members_that_are_not_needed_pays()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id);
        var text = $$"""{"mchid":"{{platforms.WeChat.MchId}}","appid":"{{platforms.WeChat.AppId}}","trade_state":"SUCCESS","out_trade_no":"{{id}}","transaction_id":"{{transaction.TransactionId}}","success_time":5,"amount":{"total":{{transaction.TotalFen}}.0,"currency":null,"payer_total":"x"} }""";
        Assert.Equal(204, await platforms.WeChat.NotifyResourceAsync(text, transaction.NotifyUrl!, Now));
        await platforms.UntilAsync(id, "paid");
    }

    public static TheoryData<WeChatForgery> Forgeries() => [.. Enum.GetValues<WeChatForgery>().Where(forgery => forgery != WeChatForgery.None)];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_refused_and_not_kept(WeChatForgery forgery)
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id);
        Assert.Equal(401, await platforms.WeChat.NotifyAsync(transaction, forgery: forgery, cancellationToken: Now));
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Fact]
    public async Task Hostile_bodies_are_refused_in_WeChats_shape()
    {
        var game = await platforms.NewAppAsync();
        foreach (var body in new[] { "", "{}", "[", new string('[', 10_000), """{"id":"a","id":"b"}""", "null", "\"\\ud800\"" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            content.Headers.TryAddWithoutValidation("Wechatpay-Timestamp", "99999999999999999999");
            using var response = await platforms.Http.PostAsync(new Uri($"/notify/wechat/{game.GameId}", UriKind.Relative), content, Now);
            Assert.Equal((HttpStatusCode.Unauthorized, """{"code":"FAIL","message":"not accepted"}"""), (response.StatusCode, await response.Content.ReadAsStringAsync(Now)));
        }
    }

    [Fact]
    public async Task Another_amount_truly_paid_holds_the_order_and_another_apps_order_is_not_touched()
    {
        var (game, other) = (await platforms.NewAppAsync(), await platforms.NewAppAsync());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id, fen: 1);
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, platforms.NotifyAt("wechat", other.GameId), cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(other.GameId)).GetProperty("state").GetString());
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        var order = await platforms.UntilAsync(id, "unpaid", "review");
        Assert.Equal("0.01", Assert.Single(order.GetProperty("unappliedPayments").EnumerateArray()).GetProperty("payment").GetProperty("money").GetString());
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.WrongSign)]
    [InlineData(PlatformFault.NoSign)]
    [InlineData(PlatformFault.ChangedAnswer)]
    [InlineData(PlatformFault.Garbage)]
    [InlineData(PlatformFault.Huge)]
    public async Task An_answer_that_is_not_WeChats_word_says_nothing(PlatformFault fault)
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(wechat: wechat.Settings());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        foreach (var (isPaid, outcome) in new[] { (false, "notPaid"), (true, "paid") })
        {
            if (isPaid)
            {
                wechat.Pay(id);
            }
            wechat.Fault = fault;
            var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
            Assert.Equal(("tryLater", "unpaid"), (answer.GetProperty("outcome").GetString(), answer.GetProperty("order").GetProperty("payState").GetString()));
            wechat.Fault = PlatformFault.None;
            (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
            Assert.Equal(outcome, answer.GetProperty("outcome").GetString());
        }
    }

    [Fact]
    public async Task A_silent_platform_is_given_up_in_time_and_the_same_order_goes_on()
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(wechat: wechat.Settings());
        wechat.Fault = PlatformFault.Silent;
        var body = new { gameId = game.GameId, merchantOrderId = "m", productId = "p", money = "1", currency = "CNY", userId = "u", channel = "wechat" };
        var asked = platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        while (!asked.IsCompleted)
        {
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now));
            platforms.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        var (status, json) = await asked;
        Assert.Equal((HttpStatusCode.Created, "try again: WeChat Pay: it did not answer within 5 s"), (status, json.GetProperty("payFault").GetString()));
        wechat.Fault = PlatformFault.None;
        (status, var again) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal((HttpStatusCode.OK, json.GetProperty("orderId").GetString()), (status, again.GetProperty("orderId").GetString()));
        Assert.True(again.TryGetProperty("pay", out _));
    }

    [Fact]
    public async Task A_refund_that_takes_its_time_is_accepted_and_its_notification_ends_it()
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        var game = await platforms.NewAppAsync(wechat: wechat.Settings());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = wechat.Pay(id);
        Assert.Equal(204, await wechat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        wechat.IsRefundSlow = true;
        var (status, order) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback", atStore = true });
        Assert.Equal((HttpStatusCode.Accepted, "paid"), (status, order.GetProperty("payState").GetString()));
        Assert.Equal(650, wechat.Find(id)!.RefundedFen);
        Assert.Equal(204, await wechat.NotifyRefundAsync(transaction, 100, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 1);
        Assert.Equal(204, await wechat.NotifyRefundAsync(transaction, 650, cancellationToken: Now));
        order = await platforms.UntilAsync(id, "refunded");
        Assert.Equal("store:wechat", order.GetProperty("acts").EnumerateArray().Last().GetProperty("actor").GetString());
        Assert.Contains(order.GetProperty("callbacks").EnumerateArray(), callback => callback.GetProperty("event").GetString() == "order.refunded");

        // What WeChat tells again, late and out of order, changes nothing.
        Assert.Equal(204, await wechat.NotifyAsync(transaction, id: "EV-late", cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 2);
        Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Refunds_of_parts_are_summed_each_once_and_are_a_refund_when_they_are_all()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat", "0.3");
        var transaction = platforms.WeChat.Pay(id);
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        Assert.False((await platforms.OrderAsync(id)).TryGetProperty("refundedMoney", out _));

        // The same refund under another notification is the same refund; one tenth three times is three tenths.
        foreach (var (refund, notice, sum) in new[] { ("a", "1", "0.1"), ("a", "2", "0.1"), ("b", "3", "0.2"), ("a", "4", "0.2") })
        {
            Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(transaction, 10, refundId: refund, id: $"EV-{id}-{notice}", cancellationToken: Now));
            await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == int.Parse(notice));
            var order = await platforms.OrderAsync(id);
            Assert.Equal(("paid", sum), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));
        }
        Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(transaction, 10, refundId: "c", cancellationToken: Now));
        var refunded = await platforms.UntilAsync(id, "refunded");
        var act = Assert.Single(refunded.GetProperty("acts").EnumerateArray());
        Assert.Equal(("store:wechat", "WeChat Pay gave 0.1 of 0.3 back; so far 0.3 went back, which is all"), (act.GetProperty("actor").GetString(), act.GetProperty("reason").GetString()));
        await Platforms.Eventually(async () => (await platforms.OrderAsync(id)).GetProperty("notifications").GetArrayLength() == 6);
        var told = (await platforms.OrderAsync(id)).GetProperty("notifications").EnumerateArray().Select(notice => notice.GetProperty("state").GetString());
        Assert.Equal(["applied", "applied", "unapplied", "unapplied", "unapplied", "unapplied"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refund_that_overtakes_its_payment_leaves_nothing_to_deliver()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id);
        Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(transaction, 650, cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 1);
        var order = await platforms.OrderAsync(id);
        Assert.Equal(("unpaid", 0), (order.GetProperty("payState").GetString(), order.GetProperty("callbacks").GetArrayLength()));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(650)]
    public async Task A_payment_of_which_money_went_back_before_anybody_told_of_it_waits_for_a_person(long fen)
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id);
        platforms.WeChat.Refund(transaction.TransactionId, fen, "M-" + id);
        async Task<string?> RecheckAsync() => (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck")).Json.GetProperty("outcome").GetString();

        // Paid for certain; whether all of it went back is not known, so nothing is delivered. Asked again, it is the same.
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal("held", await RecheckAsync());
            var held = await platforms.OrderAsync(id);
            Assert.Equal(("unpaid", "review", 0), (held.GetProperty("payState").GetString(), held.GetProperty("state").GetString(), held.GetProperty("callbacks").GetArrayLength()));
            Assert.Contains("REFUND", held.GetProperty("stateReason").GetString(), StringComparison.Ordinal);
            Assert.Equal(transaction.TransactionId, Assert.Single(held.GetProperty("unappliedPayments").EnumerateArray()).GetProperty("payment").GetProperty("transactionId").GetString());
        }

        // A person looks it up: paid, and so much of it went back.
        async Task ActAsync(string act, object body) => Assert.Equal(HttpStatusCode.OK, (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/{act}", body)).Status);
        await ActAsync("paid", new { reason = "merchant platform", channel = "wechat", transactionId = transaction.TransactionId, money = "6.5", currency = "CNY" });
        Assert.Equal("held", await RecheckAsync());
        await ActAsync("refund", new { reason = "merchant platform", money = $"{fen / 100m}" });
        if (fen == 650)
        {
            Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
            Assert.Equal("notPaid", await RecheckAsync());
            return;
        }
        await ActAsync("release", new { reason = "4.50 are left" });
        await platforms.UntilAsync(id, "paid", "delivering");
        Assert.Equal("alreadyPaid", await RecheckAsync());
    }

    [Fact]
    public async Task A_repeated_start_answers_with_the_same_transaction_and_bad_settings_are_said_so()
    {
        var game = await platforms.NewAppAsync();
        var body = new { gameId = game.GameId, merchantOrderId = "m", productId = "p", money = "1", currency = "CNY", userId = "u", channel = "wechat" };
        var (_, first) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        platforms.Clock.Advance(TimeSpan.FromSeconds(3));
        var (_, second) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(first.GetRawText(), second.GetRawText());

        using var stranger = System.Security.Cryptography.RSA.Create(2048);
        var wrong = await platforms.NewAppAsync(wechat: platforms.WeChat.Settings(("privateKey", stranger.ExportPkcs8PrivateKeyPem())));
        var (_, refused) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = wrong.GameId, productId = "p", money = "1", currency = "CNY", userId = "u", channel = "wechat" });
        Assert.Contains("SIGN_ERROR", refused.GetProperty("payFault").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_cannot_verify_says_so_when_it_is_set_and_when_it_is_tested()
    {
        await using var wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        async Task<(bool Works, string Text, int Warnings)> TestAsync(Dictionary<string, object> settings)
        {
            var game = await platforms.NewAppAsync(wechat: settings);
            var (_, put) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { name = "again" });
            var (_, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/channels/wechat/test");
            var warnings = json.GetProperty("warnings").EnumerateArray().Select(warning => "channels.wechat: " + warning.GetString()).ToList();
            // A write also says what is missing of the installation, which is none of the channel's settings.
            var shown = put.TryGetProperty("warnings", out var all) ? all.EnumerateArray().Select(warning => warning.GetString()!) : [];
            Assert.Equal(warnings, shown.Where(warning => !warning.Contains("the setting PublicUrl", StringComparison.Ordinal)));
            return (json.GetProperty("verdict").GetString() == "accepted", json.GetProperty("reason").GetString()!, warnings.Count);
        }

        Assert.Equal((true, "WeChat Pay accepts the merchant's signature, and its own is verified", 0), await TestAsync(wechat.Settings()));
        var keyless = wechat.Settings();
        keyless.Remove("platformPublicKey");
        keyless.Remove("publicKeyId");
        var (works, text, told) = await TestAsync(keyless);
        Assert.False(works);
        Assert.Contains("set platformPublicKey and publicKeyId (PUB_KEY_ID_…)", text, StringComparison.Ordinal);
        Assert.Equal(1, told);

        // A merchant of the older kind, whose certificates can be fetched, works all the same.
        wechat.NamesCertificate = true;
        Assert.Equal((true, 1), (await TestAsync(keyless)) is var (isOld, _, count) ? (isOld, count) : default);
        Assert.Contains("SIGN_ERROR", (await TestAsync(wechat.Settings(("serialNo", "other")))).Text, StringComparison.Ordinal);
        wechat.Fault = PlatformFault.Down;
        Assert.False((await TestAsync(wechat.Settings())).Works);

        var (status, refused) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + (await platforms.NewAppAsync(wechat: wechat.Settings())).GameId, new { channels = new { wechat = new { platformPublicKey = (string?)null } } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("platformPublicKey is missing", refused.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mchId", "")]
    [InlineData("privateKey", "AAAA")]
    [InlineData("apiV3Key", "too short")]
    [InlineData("platformPublicKey", "AAAA")]
    [InlineData("platformCertificates", "x")]
    [InlineData("apiBase", "ftp://x")]
    [InlineData("way", "7")]
    [InlineData("surprise", "1")]
    public async Task Settings_with_a_fault_are_refused_by_name(string field, string value)
    {
        var game = await platforms.NewAppAsync();
        var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new Dictionary<string, string> { [field] = value } } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, json.GetRawText(), StringComparison.Ordinal);
        var shown = (await platforms.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId)).Json.GetRawText();
        Assert.DoesNotContain(platforms.WeChat.ApiV3Key, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
    }
}
