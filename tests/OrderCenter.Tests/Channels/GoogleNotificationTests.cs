using System.Buffers.Text;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Real-time developer notifications and the list of voided purchases (anchors/payments.md, "RTDN").</summary>
public sealed class GoogleNotificationTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("google", _stores.Google.Settings()));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<AuthenticationResult> JudgeAsync(string body, PushForgery forgery = PushForgery.None, App? app = null) =>
        await JudgeTokenAsync(body, _stores.Google.PushToken(forgery) is { } token ? "Bearer " + token : null, app);

    private async Task<AuthenticationResult> JudgeTokenAsync(string body, string? authorization, App? app = null) =>
        await _stores.GoogleNotices.AuthenticateAsync(app ?? _app, _stores.Notice(body, authorization), CancellationToken.None);

    private async Task<ProviderEvent> ReadAsync(string body, App? app = null) =>
        await _stores.GoogleNotices.ReadAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private GooglePurchase Sell(string? profileId = null, int? purchaseType = null, int state = 0) =>
        _stores.Google.Sell(Given.GooglePurchase() with { ObfuscatedProfileId = profileId }, purchaseType, state);

    [Fact]
    public async Task Push_is_genuine_under_its_message_id_however_often_it_comes()
    {
        var body = _stores.Google.Push("{}", "4711");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("4711", Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        }
        Assert.Equal(1, _stores.Google.Count("certs"));
    }

    [Fact]
    public async Task Every_forged_token_is_refused()
    {
        var body = _stores.Google.TestNotice();
        foreach (var forgery in Enum.GetValues<PushForgery>().Where(forgery => forgery != PushForgery.None))
        {
            Assert.True(await JudgeAsync(body, forgery) is AuthenticationResult.Refused, forgery.ToString());
        }
        foreach (var authorization in new[] { "", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer e30.e30.e30", "Basic x", "Bearer " + new string('A', 10_000), "Bearer " + _stores.Google.PushToken() + "=" })
        {
            Assert.True(await JudgeTokenAsync(body, authorization) is AuthenticationResult.Refused, authorization);
        }
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
    }

    [Fact]
    public async Task Channel_without_audience_or_account_takes_no_push()
    {
        foreach (var field in new[] { "pushAudience", "pushEmail" })
        {
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(_stores.Google.TestNotice(), app: Given.App(("google", Given.Without(_stores.Google.Settings(), field)))));
        }
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(_stores.Google.TestNotice(), app: Given.App()));
    }

    /// <summary>The header and the claims are read before the signature is checked: anybody may have written them.</summary>
    [Fact]
    public async Task Header_and_claims_of_any_type_are_refused_and_never_fail()
    {
        string[] values = ["null", "0", "-1", "1e400", "99999999999999999999", "1.5", "true", "\"\"", "\"x\"", "[]", "[1]", "[[\"x\"]]", "{}", "{\"a\":{}}", "[\"x\",2]"];
        string[] claims = ["iss", "aud", "email", "email_verified", "exp", "iat", "nbf", "sub", "typ"];
        string[] headers = ["alg", "kid", "typ", "crit", "cty", "x5t", "enc"];
        foreach (var value in values)
        {
            foreach (var name in claims)
            {
                var fields = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["iss"] = "\"https://accounts.google.com\"", ["aud"] = $"\"{GooglePlayServer.PushAudience}\"", ["email"] = $"\"{GooglePlayServer.PushEmail}\"",
                    ["email_verified"] = "true", ["exp"] = "9999999999", ["iat"] = "1", [name] = value,
                };
                await RefusedAsync("""{"alg":"RS256","kid":"push-1","typ":"JWT"}""", Object(fields));
            }
            foreach (var name in headers)
            {
                await RefusedAsync(Object(new(StringComparer.Ordinal) { ["alg"] = "\"RS256\"", ["kid"] = "\"push-1\"", [name] = value }), "{}");
            }
            await RefusedAsync(value, value);
        }
        await RefusedAsync("""{"alg":"RS256","alg":"none","kid":"push-1"}""", """{"aud":"a","aud":"b"}""");
        await RefusedAsync(new string('[', 500), new string('[', 500));

        string Object(Dictionary<string, string> fields) => "{" + string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}")) + "}";

        async Task RefusedAsync(string header, string payload)
        {
            var token = $"Bearer {Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.AAAA";
            Assert.True(await JudgeTokenAsync(_stores.Google.TestNotice(), token) is AuthenticationResult.Refused, $"{header} {payload}");
        }
    }

    [Fact]
    public async Task Token_is_judged_at_the_time_it_came()
    {
        var token = "Bearer " + _stores.Google.PushToken();
        var notice = _stores.Notice(_stores.Google.TestNotice(), token);
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        Assert.IsType<AuthenticationResult.Refused>(await JudgeTokenAsync(_stores.Google.TestNotice(), token));
        Assert.IsType<AuthenticationResult.Genuine>(await _stores.GoogleNotices.AuthenticateAsync(_app, notice, CancellationToken.None));
    }

    [Fact]
    public async Task Keys_that_changed_are_fetched_anew_at_a_bounded_rate()
    {
        var body = _stores.Google.TestNotice();
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
        for (var i = 0; i < 50; i++)
        {
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(body, PushForgery.UnknownKey));
        }
        Assert.Equal(1, _stores.Google.Count("certs"));

        _stores.Google.RotateKeys();
        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
        Assert.Equal(2, _stores.Google.Count("certs"));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => JudgeAsync(body)));
        Assert.Equal(2, _stores.Google.Count("certs"));
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.Garbage)]
    [InlineData(StoreFault.EmptyObject)]
    public async Task Keys_that_cannot_be_had_make_Google_push_again(StoreFault fault)
    {
        _stores.Google.Fail("certs", fault);
        var body = _stores.Google.TestNotice();
        Assert.IsType<AuthenticationResult.TryLater>(await JudgeAsync(body));
        Assert.IsType<AuthenticationResult.TryLater>(await JudgeAsync(body));
        Assert.Equal(1, _stores.Google.Count("certs"));
        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"message":1}""")]
    [InlineData("""{"message":{"messageId":1,"data":"e30="}}""")]
    public async Task What_is_no_push_is_refused(string body)
    {
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(body));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body));
    }

    [Theory]
    [InlineData("""{"message":{"messageId":"1"}}""", false)]
    [InlineData("""{"message":{"messageId":"1","attributes":{"a":"b"},"data":""}}""", false)]
    [InlineData("""{"message":{"messageId":"1","data":"not base64"}}""", false)]
    [InlineData("""{"message":{"messageId":"1","data":"e30="}}""", false)]
    [InlineData("""{"message":{"messageId":"1","data":"W10="}}""", false)]
    [InlineData("""{"version":"1.0","packageName":"com.example.game","eventTimeMillis":null,"shapeOfTomorrow":{"a":1}}""", false)]
    [InlineData("""{"packageName":"com.example.game","voidedPurchaseNotification":{"purchaseToken":17}}""", true)]
    [InlineData("""{"packageName":"com.example.game","oneTimeProductNotification":{"purchaseToken":null,"sku":[]}}""", true)]
    public async Task Push_that_cannot_be_understood_is_acknowledged_and_said_so(string content, bool isUnread)
    {
        var body = content.Contains("message", StringComparison.Ordinal) ? content
            : $$"""{"message":{"messageId":"1","data":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(content))}}"} }""";
        Assert.Equal("1", Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        Assert.Equal(isUnread, Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body)).IsUnreadable);
    }

    [Fact]
    public async Task Question_about_a_refund_with_odd_fields_is_asked_or_for_a_person()
    {
        var good = """{"purchaseToken":"t-1","orderId":"GPA.1","pendingRefundToken":"r-1"}""";
        string Push(string review) => _stores.Google.Push($$"""{"packageName":"{{Given.Package}}","eventTimeMillis":"1773500966123","pendingRefundReviewNotification":{{review}} }""");
        var question = Assert.IsType<ProviderEvent.RefundAsked>(await ReadAsync(Push(good))).Question;
        Assert.Equal(("GPA.1", "t-1", "r-1", 1773500966123L + 86_400_000), (question.Payment.StoreOrderId, question.Payment.TransactionId, question.Token, question.DeadlineMs));
        foreach (var field in new[] { "purchaseToken", "orderId", "pendingRefundToken" })
        {
            foreach (var value in Given.Values)
            {
                Assert.True(await ReadAsync(Push(Given.With(good, field, value))) is ProviderEvent.RefundAsked or ProviderEvent.Ignored, field + value);
            }
        }
        Assert.True(Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(Push("{}"))).IsUnreadable);
    }

    [Fact]
    public async Task Voided_purchase_of_unreadable_extent_is_for_a_person()
    {
        var data = """{"packageName":"com.example.game","eventTimeMillis":1773500966123,"voidedPurchaseNotification":{"purchaseToken":"t-1","orderId":5,"productType":"x","refundType":"half"}}""";
        var body = $$"""{"message":{"messageId":"1","data":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(data))}}"} }""";
        var part = Assert.IsType<ProviderEvent.PartlyRefunded>(await ReadAsync(body));
        Assert.Equal(("t-1", null, 1773500966123L), (part.Payment.TransactionId, part.Part, part.ReportedMs));
    }

    [Fact]
    public async Task Purchase_is_fetched_again_and_pays_nobody_without_a_name()
    {
        var purchase = Sell();
        var paid = Assert.IsType<ProviderEvent.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(purchase)));
        Assert.Null(paid.OrderId);
        Assert.Equal((purchase.PurchaseToken, purchase.OrderId, _stores.NowMs), (paid.Payment.TransactionId, paid.Payment.StoreOrderId, paid.ReportedMs));

        // A push that says "purchased" of what Google does not know, or knows otherwise.
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.PurchaseNotice(Given.GooglePurchase())));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(state: 2))));
        Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(state: 1))));
    }

    [Fact]
    public async Task Purchase_that_names_our_order_pays_it_only_if_it_is_for_it()
    {
        var order = Given.Order();
        _stores.Orders[order.Id] = order;
        Assert.Equal(order.Id, Assert.IsType<ProviderEvent.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value)))).OrderId);

        // The client chooses the name: a cheap product, another player's or another game's order pays nothing by it.
        var cheap = _stores.Google.Sell(Given.GooglePurchase() with { ProductId = "gold_1", ObfuscatedProfileId = order.Id.Value });
        Assert.IsType<ProviderEvent.Rejected>(await ReadAsync(_stores.Google.PurchaseNotice(cheap)));
        var other = _stores.Google.Sell(Given.GooglePurchase() with { ObfuscatedAccountId = "player-8", ObfuscatedProfileId = order.Id.Value });
        Assert.Equal(order.Id, Assert.IsType<ProviderEvent.Contradicts>(await ReadAsync(_stores.Google.PurchaseNotice(other))).OrderId);
        _stores.Orders[order.Id] = order with { GameId = 1002 };
        Assert.Null(Assert.IsType<ProviderEvent.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value)))).OrderId);

        _stores.Orders[order.Id] = order;
        Assert.IsType<ProviderEvent.Rejected>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value, purchaseType: 0))));
        Assert.Equal(Payment.Sandbox, Assert.IsType<ProviderEvent.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value, purchaseType: 0)), _app with { AllowSandbox = true })).Payment.Environment);
    }

    [Fact]
    public async Task Voided_and_cancelled_purchases_are_refunded()
    {
        var purchase = Sell();
        _stores.Google.Void(purchase.PurchaseToken);
        var refunded = Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(purchase)));
        Assert.Equal((purchase.PurchaseToken, purchase.OrderId, Payment.Production), (refunded.Payment.TransactionId, refunded.Payment.StoreOrderId, refunded.Payment.Environment));
        Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Google.PurchaseNotice(purchase, type: 2)));
        Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(Given.GooglePurchase())));
        Assert.Equal(Payment.Sandbox, Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(Sell(purchaseType: 0)))).Payment.Environment);
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.VoidedNotice(purchase, productType: 1)));
        Assert.IsType<ProviderEvent.PartlyRefunded>(await ReadAsync(_stores.Google.VoidedNotice(purchase, refundType: 2)));
    }

    [Fact]
    public async Task Store_that_cannot_be_asked_is_asked_again()
    {
        var purchase = Sell();
        foreach (var body in new[] { _stores.Google.PurchaseNotice(purchase), _stores.Google.VoidedNotice(purchase) })
        {
            _stores.Google.Fail("get", StoreFault.ServerError);
            Assert.IsType<ProviderEvent.TryLater>(await ReadAsync(body));
            Assert.IsNotType<ProviderEvent.TryLater>(await ReadAsync(body));
        }
    }

    [Fact]
    public async Task Test_and_other_packages_say_nothing()
    {
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.TestNotice()));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.PurchaseNotice(Sell() with { PackageName = "com.example.other" })));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.Push("not json")));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.Push("{}")));
        var hostile = Sell() with { PurchaseToken = ".." };
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.PurchaseNotice(hostile)));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Google.VoidedNotice(hostile)));
        Assert.Equal(0, _stores.Google.Count("get"));
    }

    [Fact]
    public async Task Voided_purchases_are_listed_page_by_page_and_from_where_it_was()
    {
        var voided = Enumerable.Range(0, 5).Select(_ => Sell()).ToList();
        voided.ForEach(purchase => _stores.Google.Void(purchase.PurchaseToken));
        _stores.Clock.Advance(TimeSpan.FromMinutes(10));
        var (tokens, cursor) = await PollAllAsync(null);
        Assert.Equal(voided.Select(purchase => purchase.PurchaseToken).Order(StringComparer.Ordinal), tokens.Order(StringComparer.Ordinal));
        Assert.Equal(3, _stores.Google.Count("voided"));

        // From where it was, with a day of overlap.
        _stores.Clock.Advance(TimeSpan.FromDays(3));
        (_, cursor) = await PollAllAsync(cursor);
        var late = Sell();
        _stores.Google.Void(late.PurchaseToken);
        _stores.Clock.Advance(TimeSpan.FromMinutes(10));
        (tokens, cursor) = await PollAllAsync(cursor);
        Assert.Equal([late.PurchaseToken], tokens);

        // After an outage longer than Google's list goes back.
        _stores.Clock.Advance(TimeSpan.FromDays(90));
        (tokens, _) = await PollAllAsync(cursor);
        Assert.Empty(tokens);
    }

    [Fact]
    public async Task List_of_an_app_with_testers_is_told_for_both_environments()
    {
        _stores.Google.Void(Sell().PurchaseToken);
        var page = Assert.IsType<PollResult.Page>(await _stores.GoogleNotices.Voided.PollAsync(_app with { Testers = ["x"] }, null, CancellationToken.None));
        Assert.Equal([Payment.Production, Payment.Sandbox], page.Events.Select(news => Refund(news).Environment));
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.Forbidden)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.Garbage)]
    public async Task List_that_fails_is_asked_again(StoreFault fault)
    {
        _stores.Google.Fail("voided", fault);
        Assert.IsType<PollResult.TryLater>(await _stores.GoogleNotices.Voided.PollAsync(_app, null, CancellationToken.None));
        Assert.IsType<PollResult.Page>(await _stores.GoogleNotices.Voided.PollAsync(_app, "x y z", CancellationToken.None));
        Assert.IsType<PollResult.NotConfigured>(await _stores.GoogleNotices.Voided.PollAsync(Given.GoogleApp, null, CancellationToken.None));
    }

    private static Payment Refund(PolledEvent news) => Assert.IsType<ProviderEvent.Refunded>(Assert.IsType<PolledEvent.Fact>(news).Event).Payment;

    private async Task<(List<string> Tokens, string Cursor)> PollAllAsync(string? cursor)
    {
        var all = new List<string>();
        while (true)
        {
            var page = Assert.IsType<PollResult.Page>(await _stores.GoogleNotices.Voided.PollAsync(_app, cursor, CancellationToken.None));
            all.AddRange(page.Events.Select(news => Refund(news).TransactionId));
            cursor = page.Cursor;
            if (!page.HasMore)
            {
                return (all, cursor);
            }
        }
    }
}
