using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Real-time developer notifications and the list of voided purchases (anchors/payments.md, "RTDN").</summary>
public sealed class GoogleNoticeTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("google", _stores.Google.Settings()));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<Authenticity> JudgeAsync(string body, PushForgery forgery = PushForgery.None, App? app = null) =>
        await JudgeTokenAsync(body, _stores.Google.PushToken(forgery) is { } token ? "Bearer " + token : null, app);

    private async Task<Authenticity> JudgeTokenAsync(string body, string? authorization, App? app = null) =>
        await _stores.GoogleNotices.AuthenticateAsync(app ?? _app, _stores.Notice(body, authorization), CancellationToken.None);

    private async Task<Tidings> ReadAsync(string body, App? app = null) =>
        await _stores.GoogleNotices.ReadAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private GooglePurchase Sell(string? profileId = null, int? purchaseType = null, int state = 0) =>
        _stores.Google.Sell(Given.GooglePurchase() with { ObfuscatedProfileId = profileId }, purchaseType, state);

    [Fact]
    public async Task Push_is_genuine_under_its_message_id_however_often_it_comes()
    {
        var body = _stores.Google.Push("{}", "4711");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("4711", Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body)).NoticeId);
        }
        Assert.Equal(1, _stores.Google.Count("certs"));
    }

    [Fact]
    public async Task Every_forged_token_is_refused()
    {
        var body = _stores.Google.TestNotice();
        foreach (var forgery in Enum.GetValues<PushForgery>().Where(forgery => forgery != PushForgery.None))
        {
            Assert.True(await JudgeAsync(body, forgery) is Authenticity.Refused, forgery.ToString());
        }
        foreach (var authorization in new[] { "", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer e30.e30.e30", "Basic x", "Bearer " + new string('A', 10_000), "Bearer " + _stores.Google.PushToken() + "=" })
        {
            Assert.True(await JudgeTokenAsync(body, authorization) is Authenticity.Refused, authorization);
        }
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body));
    }

    [Fact]
    public async Task Channel_without_audience_or_account_takes_no_push()
    {
        foreach (var field in new[] { "pushAudience", "pushEmail" })
        {
            Assert.IsType<Authenticity.Refused>(await JudgeAsync(_stores.Google.TestNotice(), app: Given.App(("google", Given.Without(_stores.Google.Settings(), field)))));
        }
        Assert.IsType<Authenticity.Refused>(await JudgeAsync(_stores.Google.TestNotice(), app: Given.App()));
    }

    [Fact]
    public async Task Token_is_judged_at_the_time_it_came()
    {
        var token = "Bearer " + _stores.Google.PushToken();
        var notice = _stores.Notice(_stores.Google.TestNotice(), token);
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        Assert.IsType<Authenticity.Refused>(await JudgeTokenAsync(_stores.Google.TestNotice(), token));
        Assert.IsType<Authenticity.Genuine>(await _stores.GoogleNotices.AuthenticateAsync(_app, notice, CancellationToken.None));
    }

    [Fact]
    public async Task Keys_that_changed_are_fetched_anew_at_a_bounded_rate()
    {
        var body = _stores.Google.TestNotice();
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body));
        for (var i = 0; i < 50; i++)
        {
            Assert.IsType<Authenticity.Refused>(await JudgeAsync(body, PushForgery.UnknownKey));
        }
        Assert.Equal(1, _stores.Google.Count("certs"));

        _stores.Google.RotateKeys();
        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body));
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
        Assert.IsType<Authenticity.TryLater>(await JudgeAsync(body));
        Assert.IsType<Authenticity.TryLater>(await JudgeAsync(body));
        Assert.Equal(1, _stores.Google.Count("certs"));
        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"message":1}""")]
    [InlineData("""{"message":{"messageId":"1"}}""")]
    [InlineData("""{"message":{"messageId":"1","data":"not base64"}}""")]
    [InlineData("""{"message":{"messageId":1,"data":"e30="}}""")]
    public async Task What_is_no_push_is_refused(string body)
    {
        Assert.IsType<Authenticity.Refused>(await JudgeAsync(body));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(body));
    }

    [Fact]
    public async Task Purchase_is_fetched_again_and_pays_nobody_without_a_name()
    {
        var purchase = Sell();
        var paid = Assert.IsType<Tidings.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(purchase)));
        Assert.Null(paid.OrderId);
        Assert.Equal((purchase.PurchaseToken, purchase.OrderId, _stores.NowMs), (paid.Payment.TransactionId, paid.Payment.StoreOrderId, paid.SaidMs));

        // A push that says "purchased" of what Google does not know, or knows otherwise.
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(Given.GooglePurchase())));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(state: 2))));
        Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(state: 1))));
    }

    [Fact]
    public async Task Purchase_that_names_our_order_pays_it_only_if_it_is_for_it()
    {
        var order = Given.Order();
        _stores.Orders[order.Id] = order;
        Assert.Equal(order.Id, Assert.IsType<Tidings.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value)))).OrderId);

        // The client chooses the name: a cheap product, another player's or another game's order pays nothing by it.
        var cheap = _stores.Google.Sell(Given.GooglePurchase() with { ProductId = "gold_1", ObfuscatedProfileId = order.Id.Value });
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(cheap)));
        var other = _stores.Google.Sell(Given.GooglePurchase() with { ObfuscatedAccountId = "player-8", ObfuscatedProfileId = order.Id.Value });
        Assert.Equal(order.Id, Assert.IsType<Tidings.Contradicts>(await ReadAsync(_stores.Google.PurchaseNotice(other))).OrderId);
        _stores.Orders[order.Id] = order with { GameId = 1002 };
        Assert.Null(Assert.IsType<Tidings.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value)))).OrderId);

        _stores.Orders[order.Id] = order;
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value, purchaseType: 0))));
        Assert.Equal(Payment.Sandbox, Assert.IsType<Tidings.Paid>(await ReadAsync(_stores.Google.PurchaseNotice(Sell(order.Id.Value, purchaseType: 0)), _app with { AllowSandbox = true })).Payment.Environment);
    }

    [Fact]
    public async Task Voided_and_cancelled_purchases_are_refunded()
    {
        var purchase = Sell();
        _stores.Google.Void(purchase.PurchaseToken);
        var refunded = Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(purchase)));
        Assert.Equal((purchase.PurchaseToken, purchase.OrderId, Payment.Production), (refunded.Payment.TransactionId, refunded.Payment.StoreOrderId, refunded.Payment.Environment));
        Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Google.PurchaseNotice(purchase, type: 2)));
        Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(Given.GooglePurchase())));
        Assert.Equal(Payment.Sandbox, Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Google.VoidedNotice(Sell(purchaseType: 0)))).Payment.Environment);
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.VoidedNotice(purchase, productType: 1)));
        Assert.IsType<Tidings.PartlyRefunded>(await ReadAsync(_stores.Google.VoidedNotice(purchase, refundType: 2)));
    }

    [Fact]
    public async Task Store_that_cannot_be_asked_is_asked_again()
    {
        var purchase = Sell();
        foreach (var body in new[] { _stores.Google.PurchaseNotice(purchase), _stores.Google.VoidedNotice(purchase) })
        {
            _stores.Google.Fail("get", StoreFault.ServerError);
            Assert.IsType<Tidings.TryLater>(await ReadAsync(body));
            Assert.IsNotType<Tidings.TryLater>(await ReadAsync(body));
        }
    }

    [Fact]
    public async Task Test_and_other_packages_say_nothing()
    {
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.TestNotice()));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(Sell() with { PackageName = "com.example.other" })));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.Push("not json")));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.Push("{}")));
        var hostile = Sell() with { PurchaseToken = ".." };
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.PurchaseNotice(hostile)));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(_stores.Google.VoidedNotice(hostile)));
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
        var page = Assert.IsType<Poll.Page>(await _stores.GoogleNotices.PollAsync(_app with { Testers = ["x"] }, null, CancellationToken.None));
        Assert.Equal([Payment.Production, Payment.Sandbox], page.News.Select(news => Refund(news).Environment));
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.Forbidden)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.Garbage)]
    public async Task List_that_fails_is_asked_again(StoreFault fault)
    {
        _stores.Google.Fail("voided", fault);
        Assert.IsType<Poll.TryLater>(await _stores.GoogleNotices.PollAsync(_app, null, CancellationToken.None));
        Assert.IsType<Poll.Page>(await _stores.GoogleNotices.PollAsync(_app, "x y z", CancellationToken.None));
        Assert.IsType<Poll.NotConfigured>(await _stores.GoogleNotices.PollAsync(Given.GoogleApp, null, CancellationToken.None));
    }

    private static Payment Refund(News news) => Assert.IsType<Tidings.Refunded>(Assert.IsType<News.Fact>(news).Tidings).Payment;

    private async Task<(List<string> Tokens, string Cursor)> PollAllAsync(string? cursor)
    {
        var all = new List<string>();
        while (true)
        {
            var page = Assert.IsType<Poll.Page>(await _stores.GoogleNotices.PollAsync(_app, cursor, CancellationToken.None));
            all.AddRange(page.News.Select(news => Refund(news).TransactionId));
            cursor = page.Cursor;
            if (!page.HasMore)
            {
                return (all, cursor);
            }
        }
    }
}
