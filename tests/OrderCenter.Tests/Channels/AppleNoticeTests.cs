using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>App Store Server Notifications V2, pushed and fetched from the history (anchors/payments.md, "Server Notifications V2").</summary>
public sealed class AppleNoticeTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("apple", _stores.Apple.Settings()));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<Authenticity> JudgeAsync(string body, App? app = null) =>
        await _stores.AppleNotices.AuthenticateAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private async Task<Tidings> ReadAsync(string body, App? app = null) =>
        await _stores.AppleNotices.ReadAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private App Consenting => Given.App(("apple", _stores.Apple.Settings(more: json =>
    {
        json.WriteStartObject("consumption");
        json.WriteBoolean("customerConsented", value: true);
        json.WriteString("refundPreference", "DECLINE");
        json.WriteEndObject();
    })));

    [Theory]
    [InlineData("ONE_TIME_CHARGE", typeof(Tidings.Paid))]
    [InlineData("REFUND", typeof(Tidings.Refunded))]
    [InlineData("REVOKE", typeof(Tidings.Refunded))]
    [InlineData("REFUND_REVERSED", typeof(Tidings.RefundReversed))]
    [InlineData("REFUND_DECLINED", typeof(Tidings.Nothing))]
    [InlineData("CONSUMPTION_REQUEST", typeof(Tidings.Nothing))]
    [InlineData("TEST", typeof(Tidings.Nothing))]
    [InlineData("SOMETHING_NEW", typeof(Tidings.Nothing))]
    public async Task Each_type_tells_what_it_means(string type, Type told)
    {
        var transaction = Given.AppleTransaction();
        var body = _stores.Apple.Notice(type, type == "TEST" ? null : transaction, uuid: "uuid-1");
        Assert.Equal("uuid-1", Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body)).NoticeId);
        var tidings = await ReadAsync(body);
        Assert.IsType(told, tidings);
        Assert.Equal(_stores.NowMs, tidings.SaidMs);
        var payment = tidings switch { Tidings.Paid paid => paid.Payment, Tidings.Refunded refunded => refunded.Payment, Tidings.RefundReversed reversed => reversed.Payment, _ => null };
        Assert.True(payment is null || (payment.TransactionId, payment.Environment) == (transaction.TransactionId, Payment.Production));
    }

    [Fact]
    public async Task Charge_of_what_was_refunded_since_is_a_refund() =>
        Assert.IsType<Tidings.Refunded>(await ReadAsync(_stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction() with { RevocationDateMs = 1 })));

    [Fact]
    public async Task Old_notification_still_says_when_it_was_said()
    {
        var old = _stores.NowMs - 86_400_000;
        var body = _stores.Apple.Notice("REFUND_REVERSED", Given.AppleTransaction(), signedMs: old);
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(body));
        Assert.Equal(old, (await ReadAsync(body)).SaidMs);
    }

    [Fact]
    public async Task Every_forgery_is_refused()
    {
        foreach (var forgery in Enum.GetValues<AppleNoticeForgery>().Where(forgery => forgery != AppleNoticeForgery.None))
        {
            var body = _stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction(), forgery);
            Assert.True(await JudgeAsync(body) is Authenticity.Refused, forgery.ToString());
            Assert.True(await ReadAsync(body) is Tidings.Nothing, forgery.ToString());
        }
        foreach (var forgery in new[] { AppleForgery.AlgNone, AppleForgery.AlgHs256, AppleForgery.FlippedPayloadByte, AppleForgery.OtherKey })
        {
            var payload = $$"""{"notificationType":"TEST","notificationUUID":"1","signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production"} }""";
            Assert.IsType<Authenticity.Refused>(await JudgeAsync($$"""{"signedPayload":"{{_stores.AppStore.SignPayload(payload, forgery)}}"}"""));
            Assert.IsType<Authenticity.Genuine>(await JudgeAsync($$"""{"signedPayload":"{{_stores.AppStore.SignPayload(payload)}}"}"""));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"signedPayload":1}""")]
    [InlineData("""{"signedPayload":"a.b.c"}""")]
    [InlineData("""{"signedPayload":"a","signedPayload":"b"}""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]")]
    public async Task What_is_no_notification_is_refused(string body) => Assert.IsType<Authenticity.Refused>(await JudgeAsync(body));

    [Fact]
    public async Task Signed_payload_with_odd_fields_is_refused_or_says_nothing()
    {
        var good = $$"""{"notificationType":"REFUND","notificationUUID":"1","signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production"} }""";
        foreach (var field in new[] { "notificationType", "notificationUUID", "signedDate", "data" })
        {
            foreach (var value in Given.Values)
            {
                var body = $$"""{"signedPayload":"{{_stores.AppStore.SignPayload(Given.With(good, field, value))}}"}""";
                Assert.True(await JudgeAsync(body) is Authenticity.Refused || await ReadAsync(body) is Tidings.Nothing, field + value);
            }
        }
    }

    [Fact]
    public async Task Environments_are_taken_as_receipts_are()
    {
        var sandbox = _stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction() with { Environment = "Sandbox" });
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(sandbox));
        Assert.Equal(Payment.Sandbox, Assert.IsType<Tidings.Paid>(await ReadAsync(sandbox)).Payment.Environment);
        var installed = Given.App(("apple", _stores.Apple.Settings("Sandbox")));
        Assert.IsType<Authenticity.Genuine>(await JudgeAsync(sandbox, installed));
        Assert.IsType<Authenticity.Refused>(await JudgeAsync(_stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction()), installed));
        Assert.IsType<Authenticity.Refused>(await JudgeAsync(_stores.Apple.Notice("TEST", null), Given.App()));
    }

    [Fact]
    public void Answers_make_Apple_repeat_what_was_not_taken()
    {
        Assert.Equal(200, _stores.AppleNotices.Answer(NoticeReception.Stored).HttpStatus);
        Assert.InRange(_stores.AppleNotices.Answer(NoticeReception.TryLater).HttpStatus, 500, 599);
        Assert.InRange(_stores.AppleNotices.Answer(NoticeReception.Refused).HttpStatus, 400, 499);
    }

    [Fact]
    public async Task Consumption_is_told_with_consent_and_truthfully()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        var body = _stores.Apple.Notice("CONSUMPTION_REQUEST", transaction);
        await ReadAsync(body);
        Assert.Empty(_stores.Apple.Consumptions);

        await ReadAsync(body, Consenting);
        Assert.Contains("UNDELIVERED_OTHER", _stores.Apple.Consumptions[transaction.TransactionId], StringComparison.Ordinal);

        var order = Given.Order() with { State = new OrderState(PayState.Paid, Progress.Delivered) };
        _stores.Orders[order.Id] = order;
        _stores.Holders[transaction.TransactionId] = order.Id;
        _stores.Apple.Fail("consumption", StoreFault.ServerError);
        Assert.IsType<Tidings.TryLater>(await ReadAsync(body, Consenting));
        Assert.IsType<Tidings.Nothing>(await ReadAsync(body, Consenting));
        Assert.Equal(
            """{"customerConsented":true,"deliveryStatus":"DELIVERED","sampleContentProvided":false,"refundPreference":"DECLINE"}""",
            _stores.Apple.Consumptions[transaction.TransactionId]);

        _stores.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Contains("too late", Assert.IsType<Tidings.Nothing>(await ReadAsync(body, Consenting)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_gives_every_notification_that_failed_as_it_would_have_been_pushed()
    {
        foreach (var type in new[] { "ONE_TIME_CHARGE", "REFUND", "REFUND_REVERSED", "REVOKE", "TEST" })
        {
            _stores.Apple.FailToNotify(type, type == "TEST" ? null : Given.AppleTransaction());
            _stores.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        var (news, cursor) = await PollAllAsync(null);
        Assert.Equal(5, news.Count);
        foreach (var notice in news)
        {
            var judged = await _stores.AppleNotices.AuthenticateAsync(_app, notice.Raw, CancellationToken.None);
            Assert.Equal(notice.NoticeId, Assert.IsType<Authenticity.Genuine>(judged).NoticeId);
        }
        Assert.IsType<Tidings.Paid>(await _stores.AppleNotices.ReadAsync(_app, news[0].Raw, CancellationToken.None));

        // From where it was, with an hour of overlap: what is told twice has the same id.
        var known = news.Select(notice => notice.NoticeId).ToHashSet(StringComparer.Ordinal);
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        _stores.Apple.FailToNotify("REFUND", Given.AppleTransaction());
        (news, cursor) = await PollAllAsync(cursor);
        var added = Assert.Single(news, notice => !known.Contains(notice.NoticeId));
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        (news, cursor) = await PollAllAsync(cursor);
        Assert.Equal([added.NoticeId], news.Select(notice => notice.NoticeId));
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty((await PollAllAsync(cursor)).News);
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.TooManyRequests)]
    [InlineData(StoreFault.Unauthorized)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.EmptyObject)]
    public async Task History_that_fails_is_asked_again(StoreFault fault)
    {
        _stores.Apple.Fail("history", fault);
        Assert.IsType<Poll.TryLater>(await _stores.AppleNotices.PollAsync(_app, null, CancellationToken.None));
        Assert.IsType<Poll.Page>(await _stores.AppleNotices.PollAsync(_app, "nonsense that no page gave", CancellationToken.None));
        Assert.IsType<Poll.NotConfigured>(await _stores.AppleNotices.PollAsync(Given.AppleApp, null, CancellationToken.None));
    }

    private async Task<(List<News.Notice> News, string Cursor)> PollAllAsync(string? cursor)
    {
        var all = new List<News.Notice>();
        while (true)
        {
            var page = Assert.IsType<Poll.Page>(await _stores.AppleNotices.PollAsync(_app, cursor, CancellationToken.None));
            all.AddRange(page.News.Cast<News.Notice>());
            cursor = page.Cursor;
            if (!page.HasMore)
            {
                return (all, cursor);
            }
        }
    }
}
