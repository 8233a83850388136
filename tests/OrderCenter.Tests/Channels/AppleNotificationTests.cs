using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>App Store Server Notifications V2, pushed and fetched from the history (anchors/payments.md, "Server Notifications V2").</summary>
public sealed class AppleNotificationTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("apple", _stores.Apple.Settings()));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<AuthenticationResult> JudgeAsync(string body, App? app = null) =>
        await _stores.AppleNotices.AuthenticateAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private async Task<ProviderEvent> ReadAsync(string body, App? app = null) =>
        await _stores.AppleNotices.ReadAsync(app ?? _app, _stores.Notice(body), CancellationToken.None);

    private App Consenting => Given.App(("apple", _stores.Apple.Settings(more: json =>
    {
        json.WriteStartObject("consumption");
        json.WriteBoolean("customerConsented", value: true);
        json.WriteString("refundPreference", "DECLINE");
        json.WriteEndObject();
    })));

    [Theory]
    [InlineData("ONE_TIME_CHARGE", typeof(ProviderEvent.Paid))]
    [InlineData("REFUND", typeof(ProviderEvent.Refunded))]
    [InlineData("REVOKE", typeof(ProviderEvent.Refunded))]
    [InlineData("REFUND_REVERSED", typeof(ProviderEvent.RefundReversed))]
    [InlineData("REFUND_DECLINED", typeof(ProviderEvent.Ignored))]
    [InlineData("CONSUMPTION_REQUEST", typeof(ProviderEvent.Ignored))]
    [InlineData("TEST", typeof(ProviderEvent.Ignored))]
    [InlineData("SOMETHING_NEW", typeof(ProviderEvent.Ignored))]
    public async Task Each_type_tells_what_it_means(string type, Type told)
    {
        var transaction = Given.AppleTransaction();
        var body = _stores.Apple.Notice(type, type == "TEST" ? null : transaction, uuid: "uuid-1");
        Assert.Equal("uuid-1", Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        var tidings = await ReadAsync(body);
        Assert.IsType(told, tidings);
        Assert.Equal(_stores.NowMs, tidings.ReportedMs);
        var payment = tidings switch { ProviderEvent.Paid paid => paid.Payment, ProviderEvent.Refunded refunded => refunded.Payment, ProviderEvent.RefundReversed reversed => reversed.Payment, _ => null };
        Assert.True(payment is null || (payment.TransactionId, payment.Environment) == (transaction.TransactionId, Payment.Production));
    }

    [Fact]
    public async Task Charge_of_what_was_refunded_since_is_a_refund() =>
        Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(_stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction() with { RevocationDateMs = 1 })));

    [Fact]
    public async Task Old_notification_still_says_when_it_was_said()
    {
        var old = _stores.NowMs - 86_400_000;
        var body = _stores.Apple.Notice("REFUND_REVERSED", Given.AppleTransaction(), signedMs: old);
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
        Assert.Equal(old, (await ReadAsync(body)).ReportedMs);
    }

    [Fact]
    public async Task Every_forgery_is_refused()
    {
        foreach (var forgery in Enum.GetValues<AppleNoticeForgery>().Where(forgery => forgery != AppleNoticeForgery.None))
        {
            var body = _stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction(), forgery);
            Assert.True(await JudgeAsync(body) is AuthenticationResult.Refused, forgery.ToString());
            Assert.True(await ReadAsync(body) is ProviderEvent.Ignored, forgery.ToString());
        }
        foreach (var forgery in new[] { AppleForgery.AlgNone, AppleForgery.AlgHs256, AppleForgery.FlippedPayloadByte, AppleForgery.OtherKey })
        {
            var payload = $$"""{"notificationType":"TEST","notificationUUID":"1","signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production"} }""";
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync($$"""{"signedPayload":"{{_stores.AppStore.SignPayload(payload, forgery)}}"}"""));
            Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync($$"""{"signedPayload":"{{_stores.AppStore.SignPayload(payload)}}"}"""));
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
    public async Task What_is_no_notification_is_refused(string body) => Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(body));

    [Fact]
    public async Task Signed_payload_with_odd_fields_is_refused_or_says_nothing()
    {
        var good = $$"""{"notificationType":"REFUND","notificationUUID":"1","signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production"} }""";
        foreach (var field in new[] { "notificationType", "notificationUUID", "signedDate", "data" })
        {
            foreach (var value in Given.Values)
            {
                var body = $$"""{"signedPayload":"{{_stores.AppStore.SignPayload(Given.With(good, field, value))}}"}""";
                Assert.True(await JudgeAsync(body) is AuthenticationResult.Refused || await ReadAsync(body) is ProviderEvent.Ignored, field + value);
            }
        }
    }

    [Fact]
    public async Task Environments_are_taken_as_receipts_are()
    {
        var sandbox = _stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction() with { Environment = "Sandbox" });
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(sandbox));
        Assert.Equal(Payment.Sandbox, Assert.IsType<ProviderEvent.Paid>(await ReadAsync(sandbox)).Payment.Environment);
        var installed = Given.App(("apple", _stores.Apple.Settings("Sandbox")));
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(sandbox, installed));
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(_stores.Apple.Notice("ONE_TIME_CHARGE", Given.AppleTransaction()), installed));
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(_stores.Apple.Notice("TEST", null), Given.App()));
    }

    [Fact]
    public void Answers_make_Apple_repeat_what_was_not_taken()
    {
        Assert.Equal(200, _stores.AppleNotices.Respond(NotificationReception.Stored).HttpStatus);
        Assert.InRange(_stores.AppleNotices.Respond(NotificationReception.TryLater).HttpStatus, 500, 599);
        Assert.InRange(_stores.AppleNotices.Respond(NotificationReception.Refused).HttpStatus, 400, 499);
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
        Assert.IsType<ProviderEvent.TryLater>(await ReadAsync(body, Consenting));
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body, Consenting));
        Assert.Equal(
            """{"customerConsented":true,"deliveryStatus":"DELIVERED","sampleContentProvided":false,"refundPreference":"DECLINE"}""",
            _stores.Apple.Consumptions[transaction.TransactionId]);

        _stores.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Contains("too late", Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body, Consenting)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRANT_PRORATED", 45200, true, """ "consumptionPercentage":45200,"deliveryStatus":"DELIVERED","sampleContentProvided":false,"refundPreference":"GRANT_PRORATED" """)]
    [InlineData("GRANT_PRORATED", 45200, false, """ "deliveryStatus":"UNDELIVERED_OTHER","sampleContentProvided":false """)]
    [InlineData("GRANT_PRORATED", 0, true, """ "consumptionPercentage":0,"deliveryStatus":"DELIVERED","sampleContentProvided":false """)]
    [InlineData("GRANT_PRORATED", null, true, """ "deliveryStatus":"DELIVERED","sampleContentProvided":false """)]
    [InlineData("GRANT_FULL", 100000, false, """ "deliveryStatus":"UNDELIVERED_OTHER","sampleContentProvided":false,"refundPreference":"GRANT_FULL" """)]
    public async Task Refund_in_part_is_preferred_only_with_a_share_that_was_used(string preference, int? share, bool isDelivered, string told)
    {
        var app = Given.App(("apple", _stores.Apple.Settings(more: json =>
        {
            json.WriteStartObject("consumption");
            json.WriteBoolean("customerConsented", value: true);
            json.WriteString("refundPreference", preference);
            if (share is { } consumed)
            {
                json.WriteNumber("consumptionPercentage", consumed);
            }
            json.WriteEndObject();
        })));
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        var order = Given.Order() with { State = new OrderState(PayState.Paid, isDelivered ? Progress.Delivered : Progress.Created) };
        _stores.Orders[order.Id] = order;
        _stores.Holders[transaction.TransactionId] = order.Id;
        Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(_stores.Apple.Notice("CONSUMPTION_REQUEST", transaction), app));
        Assert.Equal($$"""{"customerConsented":true,{{told.Trim()}}}""", _stores.Apple.Consumptions[transaction.TransactionId]);

        // What the game told of this order counts before the setting.
        _stores.Consumed[order.Id] = 5;
        await ReadAsync(_stores.Apple.Notice("CONSUMPTION_REQUEST", transaction), app);
        Assert.Equal(isDelivered, _stores.Apple.Consumptions[transaction.TransactionId].Contains("\"consumptionPercentage\":5,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_without_consent_is_a_question_for_a_person_where_the_app_wants_it()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        var body = _stores.Apple.Notice("CONSUMPTION_REQUEST", transaction);
        var app = Given.App(("apple", _stores.Apple.Settings(more: json => json.WriteString("refundReview", "ask"))));
        var question = Assert.IsType<ProviderEvent.RefundAsked>(await ReadAsync(body, app)).Question;
        Assert.Equal((transaction.TransactionId, _stores.NowMs + (12 * 3_600_000L), null), (question.Payment.TransactionId, question.DeadlineMs, question.Policy));
        var reviewer = _stores.AppleChannel.RefundReviewer;
        Assert.True(reviewer.NeedsConsent);
        _stores.Apple.Fail("consumption", StoreFault.TooManyRequests);
        var answer = new RefundAnswer(RefundPreference.Decline, IsConsented: true) { ConsumedShare = 33_333 };
        Assert.IsType<RefundResult.TryLater>(await reviewer.AnswerAsync(app, question with { IsDelivered = true }, answer, CancellationToken.None));
        Assert.IsType<RefundResult.Done>(await reviewer.AnswerAsync(app, question with { IsDelivered = true }, answer, CancellationToken.None));
        Assert.Equal(
            """{"customerConsented":true,"consumptionPercentage":33333,"deliveryStatus":"DELIVERED","sampleContentProvided":false,"refundPreference":"DECLINE"}""",
            _stores.Apple.Consumptions[transaction.TransactionId]);
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
            Assert.Equal(notice.NotificationId, Assert.IsType<AuthenticationResult.Genuine>(judged).NotificationId);
        }
        Assert.IsType<ProviderEvent.Paid>(await _stores.AppleNotices.ReadAsync(_app, news[0].Raw, CancellationToken.None));

        // From where it was, with an hour of overlap: what is told twice has the same id.
        var known = news.Select(notice => notice.NotificationId).ToHashSet(StringComparer.Ordinal);
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        _stores.Apple.FailToNotify("REFUND", Given.AppleTransaction());
        (news, cursor) = await PollAllAsync(cursor);
        var added = Assert.Single(news, notice => !known.Contains(notice.NotificationId));
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        (news, cursor) = await PollAllAsync(cursor);
        Assert.Equal([added.NotificationId], news.Select(notice => notice.NotificationId));
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
        Assert.IsType<PollResult.TryLater>(await _stores.AppleNotices.PollAsync(_app, null, CancellationToken.None));
        Assert.IsType<PollResult.Page>(await _stores.AppleNotices.PollAsync(_app, "nonsense that no page gave", CancellationToken.None));
        Assert.IsType<PollResult.NotConfigured>(await _stores.AppleNotices.PollAsync(Given.AppleApp, null, CancellationToken.None));
    }

    private async Task<(List<PolledEvent.Notification> News, string Cursor)> PollAllAsync(string? cursor)
    {
        var all = new List<PolledEvent.Notification>();
        while (true)
        {
            var page = Assert.IsType<PollResult.Page>(await _stores.AppleNotices.PollAsync(_app, cursor, CancellationToken.None));
            all.AddRange(page.Events.Cast<PolledEvent.Notification>());
            cursor = page.Cursor;
            if (!page.HasMore)
            {
                return (all, cursor);
            }
        }
    }
}
