using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>docs/channels/wechat-virtual.md: over real HTTP against a platform that verifies what we sign. What it pushes is believed only as far as its books bear it
/// out.</summary>
public sealed class WeChatVirtualTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Channel = "wechat-virtual";
    private WeChatVirtual _wechat = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _wechat = await WeChatVirtual.StartAsync(platforms.Clock, Now);

    public ValueTask DisposeAsync() => _wechat.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_delivery_message_in_every_form_pays_the_order_once(bool isXml, bool isEncrypted)
    {
        (_wechat.PushesXml, _wechat.Encrypts) = (isXml, isEncrypted);
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId, quantity: 2);
        Assert.Equal("short_series_goods", pay.GetProperty("mode").GetString());
        var order = _wechat.Pay(pay);
        Assert.Equal((id, 2, 650L, "gem-60"), (order.OutTradeNo, order.Quantity, order.TotalFen, order.ProductId));
        var success = isXml ? "<xml><ErrCode>0</ErrCode><ErrMsg><![CDATA[success]]></ErrMsg></xml>" : """{"ErrCode":0,"ErrMsg":"success"}""";
        Assert.Equal((200, success), await _wechat.DeliverAsync(order, At(game), cancellationToken: Now));
        var paid = await platforms.UntilAsync(id, "paid");
        var payment = paid.GetProperty("payment");
        Assert.Equal((Channel, order.WeChatId, "6.5"), (payment.GetProperty("channel").GetString(), payment.GetProperty("transactionId").GetString(), payment.GetProperty("money").GetString()));
        var repeats = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _wechat.DeliverAsync(order, At(game), cancellationToken: Now)));
        Assert.All(repeats, answer => Assert.Equal((200, success), answer));
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));
        Assert.Equal(1, _wechat.Calls.Count(path => path == "/cgi-bin/stable_token"));

        // Support finds the order by the number that the player sees.
        var (_, found) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/orders?transactionId={order.TransactionId}");
        Assert.Equal(id, Assert.Single(found.GetProperty("items").EnumerateArray()).GetProperty("orderId").GetString());
    }

    [Fact]
    public async Task The_players_session_key_signs_one_answer_and_is_stored_nowhere()
    {
        var game = await NewAppAsync();
        var body = NewOrder(game.GameId, merchantOrderId: "m-1");
        var (status, first) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(64, first.GetProperty("pay").GetProperty("signature").GetString()!.Length);
        body["session"] = "another session";
        var (_, second) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(Text(first, "signData"), Text(second, "signData"));
        Assert.NotEqual(Text(first, "signature"), Text(second, "signature"));
        body.Remove("session");
        var (_, third) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(Text(first, "paySig"), Text(third, "paySig"));
        Assert.False(third.GetProperty("pay").TryGetProperty("signature", out _));
        Assert.DoesNotContain(_wechat.SessionKey, (await platforms.OrderAsync(first.GetProperty("orderId").GetString()!)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await H5Sdk.Given.NumberAsync(platforms, "SELECT count(*) FROM orders WHERE attributes LIKE $1", $"%{_wechat.SessionKey[..10]}%"));

        static string Text(JsonElement json, string name) => json.GetProperty("pay").GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData(WeChatVirtualForgery.WrongToken, false)]
    [InlineData(WeChatVirtualForgery.ChangedSignature, false)]
    [InlineData(WeChatVirtualForgery.NoSign, false)]
    [InlineData(WeChatVirtualForgery.Old, false)]
    [InlineData(WeChatVirtualForgery.Milliseconds, false)]
    [InlineData(WeChatVirtualForgery.WrongToken, true)]
    [InlineData(WeChatVirtualForgery.ChangedSignature, true)]
    [InlineData(WeChatVirtualForgery.NoSign, true)]
    [InlineData(WeChatVirtualForgery.Old, true)]
    [InlineData(WeChatVirtualForgery.OtherKey, true)]
    [InlineData(WeChatVirtualForgery.OtherApp, true)]
    [InlineData(WeChatVirtualForgery.ChangedBody, true)]
    public async Task A_forgery_is_refused_and_not_kept(WeChatVirtualForgery forgery, bool isEncrypted)
    {
        _wechat.Encrypts = isEncrypted;
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Pay(pay);
        Assert.Equal((403, """{"ErrCode":1,"ErrMsg":"not accepted"}"""), await _wechat.DeliverAsync(order, At(game), forgery, cancellationToken: Now));
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        await platforms.UntilAsync(id, "paid");
    }

    [Fact]
    public async Task A_plain_message_is_not_taken_by_an_app_that_has_a_key_nor_an_encrypted_one_by_an_app_without()
    {
        _wechat.Encrypts = true;
        var closed = await NewAppAsync();
        _wechat.Encrypts = false;
        var open = await NewAppAsync();
        var (_, pay) = await NewOrderAsync(closed.GameId);
        var order = _wechat.Pay(pay);
        Assert.Equal(403, (await _wechat.DeliverAsync(order, At(closed), cancellationToken: Now)).Status);
        _wechat.Encrypts = true;
        Assert.Equal(403, (await _wechat.DeliverAsync(order, At(open), cancellationToken: Now)).Status);
        Assert.Empty(await platforms.NoticesAsync(closed.GameId));
    }

    [Fact]
    public async Task A_message_is_believed_only_as_far_as_WeChats_books_bear_it_out()
    {
        // In plain text anybody who has seen one signed address can send any body under it.
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Open(pay);
        Assert.Equal(200, (await _wechat.DeliverAsync(order with { TotalFen = 650, TransactionId = "9", PaidAt = platforms.Clock.GetUtcNow() }, At(game), cancellationToken: Now)).Status);
        await Platforms.Eventually(async () => (await platforms.NoticeAsync(game.GameId, "waiting")).TryGetProperty("outcome", out var outcome) && outcome.GetString()?.Contains("is not paid", StringComparison.Ordinal) == true);
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());

        // The same message counts once it is true.
        _wechat.Pay(order);
        await platforms.StopRoundsAsync();
        await platforms.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        await platforms.UntilAsync(id, "paid");
    }

    [Fact]
    public async Task Another_amount_truly_paid_holds_the_order_and_another_apps_order_is_not_touched()
    {
        var (game, other) = (await NewAppAsync(), await NewAppAsync());
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Pay(_wechat.Open(pay), fen: 1);
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(other), cancellationToken: Now)).Status);
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(other.GameId)).GetProperty("state").GetString());
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        var held = await platforms.UntilAsync(id, "unpaid", "review");
        Assert.Equal("0.01", Assert.Single(held.GetProperty("unappliedPayments").EnumerateArray()).GetProperty("payment").GetProperty("money").GetString());
    }

    [Fact]
    public async Task A_refund_begins_at_WeChat_and_its_message_ends_it()
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Pay(pay);
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        await platforms.UntilAsync(id, "paid");
        for (var i = 0; i < 2; i++)
        {
            var (status, shown) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "wish", atStore = true });
            Assert.Equal((HttpStatusCode.Accepted, "paid"), (status, shown.GetProperty("payState").GetString()));
        }
        var refund = Assert.Single(_wechat.RefundsOf(id));
        Assert.Equal(650, refund.Fen);
        Assert.Equal(200, (await _wechat.TellRefundAsync(order, 650, At(game), code: 1, cancellationToken: Now)).Status);
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=ignored")).Count() == 1);
        order = _wechat.FinishRefund(refund.Number);
        Assert.Equal(200, (await _wechat.TellRefundAsync(order, 650, At(game), cancellationToken: Now)).Status);
        await platforms.UntilAsync(id, "refunded");

        // What is told again, late and out of order, changes nothing.
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=applied")).Count() >= 2);
        Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Refunds_of_parts_are_shown_as_their_sum_and_are_a_refund_when_they_are_all()
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Pay(pay);
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        await platforms.UntilAsync(id, "paid");
        foreach (var (fen, sum) in new[] { (50L, "0.5"), (100L, "1.5") })
        {
            order = _wechat.Refund(order, fen);
            Assert.Equal(200, (await _wechat.TellRefundAsync(order, fen, At(game), cancellationToken: Now)).Status);
            await Platforms.Eventually(async () => (await platforms.OrderAsync(id)).TryGetProperty("refundedMoney", out var shown) && shown.GetString() == sum);
            Assert.Equal("paid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        }
        order = _wechat.Refund(order, 500);
        Assert.Equal(200, (await _wechat.TellRefundAsync(order, 500, At(game), cancellationToken: Now)).Status);
        await platforms.UntilAsync(id, "refunded");
    }

    [Fact]
    public async Task A_refund_that_overtakes_its_payment_leaves_nothing_to_deliver()
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Refund(_wechat.Pay(pay), 650);
        Assert.Equal(200, (await _wechat.TellRefundAsync(order, 650, At(game), cancellationToken: Now)).Status);
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unclaimed")).Count() == 2);
        var shown = await platforms.OrderAsync(id);
        Assert.Equal(("unpaid", 0), (shown.GetProperty("payState").GetString(), shown.GetProperty("callbacks").GetArrayLength()));
    }

    [Fact]
    public async Task A_payment_of_which_a_part_went_back_before_it_was_known_is_a_persons_to_decide()
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        var order = _wechat.Refund(_wechat.Pay(pay), 50);
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        var held = await platforms.UntilAsync(id, "unpaid", "review");
        var shown = Assert.Single(held.GetProperty("unappliedPayments").EnumerateArray());
        Assert.Equal((order.WeChatId, "6.5"), (shown.GetProperty("payment").GetProperty("transactionId").GetString(), shown.GetProperty("payment").GetProperty("money").GetString()));
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.Garbage)]
    [InlineData(PlatformFault.Huge)]
    public async Task An_answer_that_is_none_says_nothing(PlatformFault fault)
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        foreach (var (isPaid, outcome) in new[] { (false, "notPaid"), (true, "paid") })
        {
            if (isPaid)
            {
                _wechat.Pay(pay);
            }
            _wechat.Fault = fault;
            var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
            Assert.Equal(("tryLater", "unpaid"), (answer.GetProperty("outcome").GetString(), answer.GetProperty("order").GetProperty("payState").GetString()));
            _wechat.Fault = PlatformFault.None;
            (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
            Assert.Equal(outcome, answer.GetProperty("outcome").GetString());
        }
    }

    [Fact]
    public async Task An_access_token_that_ended_early_is_replaced_once()
    {
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        _wechat.Pay(pay);
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        var (next, _) = await NewOrderAsync(game.GameId);
        await platforms.StopRoundsAsync();
        _wechat.EndTokens();

        // A token that is fresh is not the cause; one that is a minute old is replaced, and the call is made again at once.
        var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{next}/recheck");
        Assert.Equal("tryLater", answer.GetProperty("outcome").GetString());
        platforms.Clock.Advance(TimeSpan.FromSeconds(61));
        (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{next}/recheck");
        Assert.Equal("notPaid", answer.GetProperty("outcome").GetString());
        Assert.Equal(2, _wechat.Calls.Count(path => path == "/cgi-bin/stable_token"));
        Assert.Equal(0, _wechat.WrongSignatures);
    }

    [Fact]
    public async Task A_payment_in_the_sandbox_pays_only_for_testers()
    {
        _wechat.IsSandbox = true;
        var game = await NewAppAsync(new { testers = new[] { "tester" } });
        var (id, pay) = await NewOrderAsync(game.GameId);
        Assert.Equal(200, (await _wechat.DeliverAsync(_wechat.Pay(pay), At(game), cancellationToken: Now)).Status);
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        var (tested, testPay) = await NewOrderAsync(game.GameId, userId: "tester");
        Assert.Equal(200, (await _wechat.DeliverAsync(_wechat.Pay(testPay), At(game), cancellationToken: Now)).Status);
        Assert.True((await platforms.UntilAsync(tested, "paid")).GetProperty("test").GetBoolean());
    }

    [Theory]
    [InlineData(WeChatVirtualForgery.None)]
    [InlineData(WeChatVirtualForgery.OtherAppKey)]
    [InlineData(WeChatVirtualForgery.ChangedPayload)]
    public async Task A_mini_games_message_bears_its_own_signature(WeChatVirtualForgery forgery)
    {
        _wechat.IsMiniGame = true;
        var game = await NewAppAsync();
        var (id, pay) = await NewOrderAsync(game.GameId);
        Assert.Contains("\"mode\":\"goods\"", pay.GetProperty("signData").GetString(), StringComparison.Ordinal);
        var order = _wechat.Pay(pay);
        if (forgery != WeChatVirtualForgery.None)
        {
            Assert.Equal(403, (await _wechat.DeliverAsync(order, At(game), forgery, cancellationToken: Now)).Status);
            Assert.Empty(await platforms.NoticesAsync(game.GameId));
        }
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), isMock: true, cancellationToken: Now)).Status);
        Assert.Equal("ignored", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Equal(200, (await _wechat.DeliverAsync(order, At(game), cancellationToken: Now)).Status);
        Assert.Equal("6.5", (await platforms.UntilAsync(id, "paid")).GetProperty("payment").GetProperty("money").GetString());
        Assert.Empty(_wechat.Calls);
    }

    [Fact]
    public async Task Whoever_has_the_token_learns_that_the_address_is_ours()
    {
        var game = await NewAppAsync();
        Assert.Equal((200, "4375120948345356249"), await _wechat.ConfirmAsync("4375120948345356249", At(game), cancellationToken: Now));
        Assert.Equal((404, ""), await _wechat.ConfirmAsync("1", At(game), WeChatVirtualForgery.WrongToken, Now));
        Assert.Equal((404, ""), await _wechat.ConfirmAsync("1", platforms.NotifyAt(Channel, "999999"), cancellationToken: Now));
        Assert.Equal((404, ""), await _wechat.ConfirmAsync(new string('1', 300), At(game), cancellationToken: Now));
        Assert.Equal((404, ""), await _wechat.ConfirmAsync("1", platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("null")]
    [InlineData("<")]
    [InlineData("<xml/>")]
    [InlineData("<xml><Event>xpay_goods_deliver_notify</Event></xml>")]
    [InlineData("<xml><a>1</a><a>2</a></xml>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaa\">]><xml><Event>&a;</Event></xml>")]
    [InlineData("<xml><Event>&#xD800;</Event></xml>")]
    [InlineData("<a><a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a></a>")]
    [InlineData("{\"Event\":\"xpay_goods_deliver_notify\",\"OutTradeNo\":5,\"OpenId\":\"o\"}")]
    [InlineData("{\"Event\":\"xpay_goods_deliver_notify\",\"OutTradeNo\":\"\\ud800\",\"OpenId\":\"o\"}")]
    [InlineData("{\"Event\":\"xpay_complaint_notify\",\"OutTradeNo\":\"1\"}")]
    [InlineData("{\"Event\":\"xpay_refund_notify\",\"RetCode\":1e400,\"OpenId\":\"o\"}")]
    [InlineData("{\"MiniGame\":{\"Payload\":\"{}\"}}")]
    public async Task A_hostile_message_under_a_true_signature_is_kept_with_its_verdict_and_pays_nothing(string message)
    {
        var game = await NewAppAsync();
        Assert.Equal(200, (await _wechat.PushAsync(message, At(game), cancellationToken: Now)).Status);
        var state = (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString();
        Assert.Contains(state, new[] { "ignored", "failed" });
        _wechat.Encrypts = true;
        var closed = await NewAppAsync();
        Assert.Equal(200, (await _wechat.PushAsync(message, At(closed), cancellationToken: Now)).Status);
        Assert.Equal(state, (await platforms.NoticeAsync(closed.GameId)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Every_byte_of_an_encrypted_message_that_is_flipped_makes_it_nobodys()
    {
        _wechat.Encrypts = true;
        var game = await NewAppAsync();
        foreach (var body in new[] { "{}", "{\"Encrypt\":\"\"}", "{\"Encrypt\":\"AAAA\"}", "{\"Encrypt\":\"" + Convert.ToBase64String(new byte[32]) + "\"}", "{\"Encrypt\":5}", "<xml><Encrypt>x</Encrypt></xml>", "\u0000" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await platforms.Http.PostAsync(new Uri($"/notify/{Channel}/{game.GameId}?signature=a&timestamp=99999999999999999999&nonce=b&msg_signature=c", UriKind.Relative), content, Now);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
    }

    [Theory]
    [InlineData("currency", "USD", "currency must be CNY")]
    [InlineData("money", "6.505", "amount must be whole fen")]
    [InlineData("productId", "gem 60", "productId must be an item's id at WeChat")]
    [InlineData("extra", null, "wechatOpenId is missing")]
    public async Task What_WeChat_would_refuse_is_said_at_once(string field, string? value, string fault)
    {
        var game = await NewAppAsync();
        var body = NewOrder(game.GameId);
        body[field] = value;
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.StartsWith(fault, json.GetProperty("payFault").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_test_of_a_channel_asks_WeChat_and_says_what_is_wrong()
    {
        var game = await NewAppAsync();
        async Task<(bool Works, string Text)> TestAsync(string gameId)
        {
            var (_, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/apps/{gameId}/channels/{Channel}/test");
            return (json.GetProperty("verdict").GetString() == "accepted", json.GetProperty("reason").GetString()!);
        }

        Assert.Equal((true, "WeChat accepts appId, appSecret and appKey"), await TestAsync(game.GameId));
        Assert.Contains("268490003", (await TestAsync((await NewAppAsync(settings: _wechat.Settings(("appKey", "other")))).GameId)).Text, StringComparison.Ordinal);
        var (works, text) = await TestAsync((await NewAppAsync(settings: _wechat.Settings(("appSecret", "other")))).GameId);
        Assert.False(works);
        Assert.Contains("40125", text, StringComparison.Ordinal);
        _wechat.Fault = PlatformFault.Down;
        Assert.False((await TestAsync((await NewAppAsync()).GameId)).Works);
    }

    [Theory]
    [InlineData("appId", "")]
    [InlineData("appKey", "")]
    [InlineData("pushToken", "")]
    [InlineData("pushToken", "a b c")]
    [InlineData("encodingAesKey", "short")]
    [InlineData("environment", "test")]
    [InlineData("kind", "7")]
    [InlineData("apiBase", "ftp://x")]
    [InlineData("surprise", "1")]
    public async Task Settings_with_a_fault_are_refused_by_name(string field, string value)
    {
        var game = await NewAppAsync();
        var channels = new Dictionary<string, object> { [Channel] = new Dictionary<string, string> { [field] = value } };
        var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, json.GetRawText(), StringComparison.Ordinal);
        var shown = (await platforms.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId)).Json.GetRawText();
        Assert.All(new[] { _wechat.AppSecret, _wechat.AppKey, _wechat.PushToken, _wechat.EncodingAesKey }, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
    }

    private Uri At(OrderApiGame game) => platforms.NotifyAt(Channel, game.GameId);

    private Task<OrderApiGame> NewAppAsync(object? more = null, Dictionary<string, object>? settings = null)
    {
        settings ??= _wechat.Encrypts ? _wechat.Settings(("encodingAesKey", _wechat.EncodingAesKey)) : _wechat.Settings();
        var all = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        all["channels"] = JsonSerializer.SerializeToNode(new Dictionary<string, object> { [Channel] = settings });
        return platforms.NewAppAsync(all);
    }

    private Dictionary<string, object?> NewOrder(string gameId, int quantity = 1, string userId = "u1", string? merchantOrderId = null) => new(StringComparer.Ordinal)
    {
        ["gameId"] = gameId, ["productId"] = "gem-60", ["productName"] = "六十/钻石", ["money"] = "6.5", ["currency"] = "CNY", ["userId"] = userId, ["channel"] = Channel,
        ["quantity"] = quantity, ["merchantOrderId"] = merchantOrderId, ["extra"] = new { wechatOpenId = _wechat.OpenId }, ["session"] = _wechat.SessionKey,
    };

    private async Task<(string Id, JsonElement Pay)> NewOrderAsync(string gameId, int quantity = 1, string userId = "u1")
    {
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", NewOrder(gameId, quantity, userId));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.True(json.TryGetProperty("pay", out var pay), json.GetRawText());
        return (json.GetProperty("orderId").GetString()!, pay);
    }
}
