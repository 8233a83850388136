using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>anchors/payments.md, "Alipay": over real HTTP against a platform that verifies what we sign and signs what it says.</summary>
public sealed class AlipayTests(Platforms platforms) : IClassFixture<Platforms>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_client_gets_is_signed_and_what_Alipay_tells_pays_the_order_once()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.Equal((id, 6.5m, platforms.NotifyAt("alipay", game.GameId)), (trade.OutTradeNo, trade.Total, trade.NotifyUrl));

        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        var order = await platforms.UntilAsync(id, "paid");
        var payment = order.GetProperty("payment");
        Assert.Equal(("alipay", trade.TradeNo, "6.5", "CNY"), (payment.GetProperty("channel").GetString(), payment.GetProperty("transactionId").GetString(), payment.GetProperty("money").GetString(), payment.GetProperty("currency").GetString()));
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));

        Assert.True(await platforms.Alipay.NotifyAsync(trade with { Status = "TRADE_FINISHED" }, cancellationToken: Now));
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=applied")).Count() == 2);
        Assert.Equal(2, (await platforms.NoticesAsync(game.GameId)).Max(notice => notice.GetProperty("seen").GetInt32()));
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
    }

    public static TheoryData<AlipayForgery> Forgeries() => [.. Enum.GetValues<AlipayForgery>().Where(forgery => forgery != AlipayForgery.None)];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_refused_and_not_kept(AlipayForgery forgery)
    {
        var game = await platforms.NewAppAsync(alipay: platforms.Alipay.Settings(("sellerId", platforms.Alipay.SellerId)));
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.False(await platforms.Alipay.NotifyAsync(trade, forgery: forgery, cancellationToken: Now));
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Fact]
    public async Task Every_flipped_byte_of_a_notification_is_refused()
    {
        var game = await platforms.NewAppAsync();
        var trade = platforms.Alipay.Pay("1" + game.GameId, 1);
        using var form = new FormUrlEncodedContent(platforms.Alipay.Notification(trade));
        var body = await form.ReadAsByteArrayAsync(Now);
        for (var at = 0; at < body.Length; at += 7)
        {
            var changed = body.ToArray();
            changed[at] ^= 1;
            // The parameters are what is signed: what decodes to the same text is the same notification.
            if (WebUtility.UrlDecode(Encoding.UTF8.GetString(changed)) == WebUtility.UrlDecode(Encoding.UTF8.GetString(body)))
            {
                continue;
            }
            var (status, _) = await PostAsync(game.GameId, changed);
            Assert.True(status == HttpStatusCode.BadRequest, $"byte {at}: {(int)status}");
        }
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
    }

    [Fact]
    public async Task Hostile_bodies_are_refused_in_words_that_Alipay_knows()
    {
        var game = await platforms.NewAppAsync();
        foreach (var body in new[] { "", "&&&", "sign=", "sign=%", "a=1&a=2", string.Concat(Enumerable.Repeat("a=1&", 40_000)), new string('x', 200_000), "\0\u0001", "sign_type=RSA2&sign=AAAA" })
        {
            Assert.Equal((HttpStatusCode.BadRequest, "fail"), await PostAsync(game.GameId, Encoding.UTF8.GetBytes(body)));
        }
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "fail"), await PostAsync(game.GameId, new byte[(256 * 1024) + 1]));
        Assert.Equal((HttpStatusCode.BadRequest, "fail"), await PostAsync("4", "a=1"u8.ToArray()));
        using var unknown = await platforms.Http.PostAsync(new Uri($"/notify/nobody/{game.GameId}", UriKind.Relative), null, Now);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Two_hundred_at_once_are_one_transition_and_one_delivery()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        var taken = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => platforms.Alipay.NotifyAsync(i % 2 == 0 ? trade : trade with { NotifyId = "n" + i }, cancellationToken: Now)));
        Assert.All(taken, Assert.True);
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=applied&limit=200")).Count() == 101);
        var order = await platforms.UntilAsync(id, "paid");
        Assert.Single(order.GetProperty("callbacks").EnumerateArray());
        Assert.Equal(100, (await platforms.NoticesAsync(game.GameId, "&limit=200")).Max(notice => notice.GetProperty("seen").GetInt32()));
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));
    }

    [Fact]
    public async Task Another_amount_truly_paid_holds_the_order()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(id, 0.01m, platforms.NotifyAt("alipay", game.GameId));
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        var order = await platforms.UntilAsync(id, "unpaid", "review");
        Assert.Equal(trade.TradeNo, Assert.Single(order.GetProperty("unappliedPayments").EnumerateArray()).GetProperty("payment").GetProperty("transactionId").GetString());
        Assert.Empty(order.GetProperty("callbacks").EnumerateArray());
        Assert.Equal("held", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_order_of_another_app_or_another_channel_is_not_touched()
    {
        var (game, other) = (await platforms.NewAppAsync(), await platforms.NewAppAsync());
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var (wechat, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(id, 6.5m), platforms.NotifyAt("alipay", other.GameId), cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(other.GameId)).GetProperty("state").GetString());
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(wechat, 6.5m), platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        foreach (var untouched in new[] { await platforms.OrderAsync(id), await platforms.OrderAsync(wechat) })
        {
            Assert.Equal(("unpaid", "created", 0), (untouched.GetProperty("payState").GetString(), untouched.GetProperty("state").GetString(), untouched.GetProperty("unappliedPayments").GetArrayLength()));
        }
    }

    [Fact]
    public async Task An_order_without_a_channel_takes_any_that_its_app_has()
    {
        var game = await platforms.NewAppAsync();
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(id, 6.5m), platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
        Assert.Equal("alipay", (await platforms.UntilAsync(id, "paid")).GetProperty("channel").GetString());
    }

    [Fact]
    public async Task A_receipt_only_makes_us_ask()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var unpaid = await game.ValidateAsync(id, """{"trade_no":"2026"}""", Now);
        Assert.Equal((3, "not paid: Alipay knows no trade of this order yet"), (unpaid.ResultCode, unpaid.Message));
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.Equal("the receipt's trade_no is not this order's", (await game.ValidateAsync(id, """{"trade_no":"2026"}""", Now)).Message);
        Assert.Equal("the receipt is for another order", (await game.ValidateAsync(id, """{"out_trade_no":"2026"}""", Now)).Message);
        var paid = await game.ValidateAsync(id, $$"""{"trade_no":"{{trade.TradeNo}}"}""", Now);
        Assert.Equal((0, "paid"), (paid.ResultCode, (await platforms.OrderAsync(id)).GetProperty("payState").GetString()));
        Assert.Equal(0, platforms.Alipay.WrongSignatures);
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.WrongSign)]
    [InlineData(PlatformFault.NoSign)]
    [InlineData(PlatformFault.ChangedAnswer)]
    [InlineData(PlatformFault.Garbage)]
    [InlineData(PlatformFault.Huge)]
    public async Task An_answer_that_is_not_Alipays_word_says_nothing(PlatformFault fault)
    {
        var game = await platforms.NewAppAsync();
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var other = await platforms.NewAppAsync(alipay: alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(other.GameId, "alipay");
        var trade = alipay.Pay(pay.GetProperty("orderString").GetString()!);
        alipay.Fault = fault;
        var reply = await other.ValidateAsync(id, $$"""{"trade_no":"{{trade.TradeNo}}"}""", Now);
        Assert.Equal(3, reply.ResultCode);
        Assert.StartsWith("not known yet, try again", reply.Message, StringComparison.Ordinal);
        var (status, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal((HttpStatusCode.OK, "tryLater"), (status, answer.GetProperty("outcome").GetString()));
        alipay.Fault = PlatformFault.None;
        (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck");
        Assert.Equal(("paid", "paid"), (answer.GetProperty("outcome").GetString(), answer.GetProperty("order").GetProperty("payState").GetString()));
        Assert.NotEqual(game.GameId, other.GameId);
    }

    [Theory]
    [InlineData("6.505", null, "amount must be whole fen: at least 0.01 and at most two decimals")]
    [InlineData("6.5", "USD", "currency must be CNY for Alipay")]
    public async Task What_cannot_be_paid_that_way_is_said_so(string money, string? currency, string fault)
    {
        var game = await platforms.NewAppAsync();
        var (status, json) = await platforms.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId = "p", money, currency = currency ?? "CNY", userId = "u", channel = "alipay" });
        Assert.Equal((HttpStatusCode.Created, fault), (status, json.GetProperty("payFault").GetString()));
    }

    [Fact]
    public async Task A_mobile_page_gets_an_address()
    {
        var game = await platforms.NewAppAsync(alipay: platforms.Alipay.Settings(("way", "wap"), ("notifyUrl", "https://pay.example.com/n"), ("returnUrl", "https://example.com/back")));
        var (_, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        Assert.StartsWith(platforms.Alipay.Gateway.AbsoluteUri + "?", pay.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal("https://pay.example.com/n", platforms.Alipay.Pay(new Uri(pay.GetProperty("url").GetString()!).Query.TrimStart('?')).NotifyUrl!.AbsoluteUri);
    }

    [Fact]
    public async Task A_refund_at_the_store_gives_the_money_back_once_and_is_on_record()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.Equal(HttpStatusCode.Conflict, (await RefundAsync(id)).Status);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        platforms.Alipay.Fault = PlatformFault.Down;
        var down = await RefundAsync(id);
        platforms.Alipay.Fault = PlatformFault.None;
        Assert.Equal(HttpStatusCode.BadGateway, down.Status);
        for (var i = 0; i < 2; i++)
        {
            var (status, order) = await RefundAsync(id);
            Assert.Equal((HttpStatusCode.OK, "refunded"), (status, order.GetProperty("payState").GetString()));
        }
        Assert.Equal((6.5m, "TRADE_CLOSED"), (platforms.Alipay.Find(id)!.Refunded, platforms.Alipay.Find(id)!.Status));
        var acts = (await platforms.OrderAsync(id)).GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("action").GetString());
        Assert.Equal(["refund asked at the store", "refund asked at the store", "refund"], acts);

        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Find(id)!, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId)).Any(notice => notice.GetProperty("outcome").GetString() == "the order was refunded before"));
    }

    [Fact]
    public async Task A_refund_made_at_Alipay_refunds_the_order_and_a_part_of_it_does_not()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        var order = await platforms.UntilAsync(id, "paid");
        trade = platforms.Alipay.Refund(trade, 1);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 1);
        order = await platforms.OrderAsync(id);
        Assert.Equal(("paid", "1"), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));

        // Alipay tells the sum of all refunds: an older one that comes late takes nothing from it.
        var first = trade;
        trade = platforms.Alipay.Refund(trade, 2.25m);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        Assert.True(await platforms.Alipay.NotifyAsync(first with { NotifyId = "late" + id }, cancellationToken: Now));
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unapplied")).Count() == 3);
        Assert.Equal("3.25", (await platforms.OrderAsync(id)).GetProperty("refundedMoney").GetString());
        trade = platforms.Alipay.Refund(trade, 3.25m);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        order = await platforms.UntilAsync(id, "refunded");
        var act = Assert.Single(order.GetProperty("acts").EnumerateArray());
        Assert.Equal(("store:alipay", "refund", "Alipay gave 6.5 back"), (act.GetProperty("actor").GetString(), act.GetProperty("action").GetString(), act.GetProperty("reason").GetString()));
        Assert.Contains(order.GetProperty("callbacks").EnumerateArray(), callback => callback.GetProperty("event").GetString() == "order.refunded");
    }

    [Theory]
    [InlineData("appId", "")]
    [InlineData("privateKey", "AAAA")]
    [InlineData("alipayPublicKey", "")]
    [InlineData("alipayPublicKey", "AAAA")]
    [InlineData("gateway", "/relative")]
    [InlineData("way", "native")]
    [InlineData("surprise", "1")]
    public async Task Settings_with_a_fault_are_refused_by_name(string field, string value)
    {
        var game = await platforms.NewAppAsync();
        var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = new Dictionary<string, string> { [field] = value } } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, json.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", (await platforms.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId)).Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Php_verifies_what_we_sign()
    {
        var game = await platforms.NewAppAsync();
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var settings = platforms.Alipay.Settings(("privateKey", key.ExportPkcs8PrivateKeyPem()));
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = settings } });
        var (_, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        const string Script = """
            [$orderString, $key] = json_decode(stream_get_contents(STDIN), true);
            parse_str($orderString, $fields);
            $sign = base64_decode($fields['sign']);
            unset($fields['sign']);
            ksort($fields);
            $pairs = [];
            foreach ($fields as $name => $value) { if ($value !== '') { $pairs[] = "$name=$value"; } }
            echo openssl_verify(implode('&', $pairs), $sign, $key, OPENSSL_ALGO_SHA256);
            """;
        var input = JsonSerializer.Serialize(new[] { pay.GetProperty("orderString").GetString(), key.ExportSubjectPublicKeyInfoPem() });
        Assert.Equal("1", await OtherImplementation.PhpAsync(Script, input));
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> RefundAsync(string id) =>
        platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback", atStore = true });

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string gameId, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        using var response = await platforms.Http.PostAsync(new Uri($"/notify/alipay/{gameId}", UriKind.Relative), content, Now);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Now));
    }
}
