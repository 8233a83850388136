using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>What Apple signed and holds something unexpected: authentic, so it is taken as far as it can be understood, and never called forged.</summary>
public sealed class AppleOddTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("apple", _stores.Apple.Settings()));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    public static TheoryData<string, string> Unneeded() => new()
    {
        { "appAccountToken", "\"\"" }, { "appAccountToken", "null" }, { "appAccountToken", "1" }, { "appAccountToken", "\"player-7\"" },
        { "price", "null" }, { "price", "990.0" }, { "price", "\"\"" }, { "price", "{}" }, { "price", "-1" },
        { "currency", "\"\"" }, { "currency", "null" }, { "currency", "7" },
        { "quantity", "null" }, { "quantity", "\"\"" }, { "quantity", "1.0" }, { "quantity", "0" },
        { "purchaseDate", "1773500966123.7297" }, { "purchaseDate", "null" }, { "purchaseDate", "\"yesterday\"" },
        { "type", "null" }, { "type", "[]" }, { "inAppOwnershipType", "\"\"" }, { "inAppOwnershipType", "5" },
        { "originalTransactionId", "\"\"" }, { "originalTransactionId", "17" }, { "productId", "null" }, { "somethingNew", "{\"a\":[1,2]}" },
    };

    [Theory]
    [MemberData(nameof(Unneeded))]
    public async Task Refund_is_a_refund_whatever_its_transaction_holds_that_a_refund_does_not_need(string field, string value)
    {
        var transaction = Given.AppleTransaction();
        var body = Notice("REFUND", Given.With(_stores.AppStore.Payload(transaction), field, value));
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
        var refunded = Assert.IsType<ProviderEvent.Refunded>(await ReadAsync(body));
        Assert.Equal((transaction.TransactionId, Payment.Production), (refunded.Payment.TransactionId, refunded.Payment.Environment));
    }

    [Theory]
    [InlineData("bundleId", "null")]
    [InlineData("transactionId", "\"\"")]
    [InlineData("transactionId", "17")]
    [InlineData("environment", "[]")]
    public async Task Refund_that_does_not_say_of_what_is_acknowledged_and_waits_for_a_person(string field, string value)
    {
        var body = Notice("REFUND", Given.With(_stores.AppStore.Payload(Given.AppleTransaction()), field, value));
        Assert.Equal("uuid-9", Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        var nothing = Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body));
        Assert.True(nothing.IsUnreadable);
        Assert.Contains("REFUND: authentic, and cannot be understood: " + field, nothing.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantity", "\"three\"")]
    [InlineData("originalTransactionId", "17")]
    public async Task Charge_that_cannot_be_understood_waits_for_a_person_and_is_refused_as_a_receipt_with_the_reason(string field, string value)
    {
        var payload = Given.With(_stores.AppStore.Payload(Given.AppleTransaction()), field, value);
        var body = Notice("ONE_TIME_CHARGE", payload);
        Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body));
        Assert.True(Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body)).IsUnreadable);

        var verdict = await OnlineStores.JudgeAsync(_stores.AppleChannel, _app, Given.Order(), AppStore.Receipt(_stores.AppStore.SignPayload(payload)));
        Assert.Contains("authentic and cannot be understood: " + field, Given.Rejected(verdict), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"notificationType":"EXTERNAL_PURCHASE_TOKEN","subtype":"UNREPORTED","externalPurchaseToken":{"externalPurchaseId":"SANDBOX_1","tokenCreationDate":1,"appAppleId":1,"bundleId":"com.example.game"}""")]
    [InlineData("""{"notificationType":"RESCIND_CONSENT","appData":{"appAppleId":1,"bundleId":"com.example.game","environment":"Production","signedAppTransactionInfo":"a.b.c"}""")]
    [InlineData("""{"notificationType":"SOMETHING_NEW","shapeOfTomorrow":{"bundleId":"com.example.game"}""")]
    [InlineData("""{"notificationType":"SOMETHING_NEW" """)]
    [InlineData("""{"notificationType":"SOMETHING_NEW","data":[1,2]""")]
    [InlineData("""{"notificationType":"RENEWAL_EXTENSION","summary":{"environment":"Production","bundleId":"com.example.game","requestIdentifier":null}""")]
    [InlineData("""{"notificationType":17,"data":null""")]
    public async Task Shapes_without_a_transaction_are_taken_and_say_nothing(string begin)
    {
        var body = _stores.Apple.NoticeOf(begin + $$""","notificationUUID":"uuid-3","version":"2.0","signedDate":{{_stores.NowMs}}}""");
        Assert.Equal("uuid-3", Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        var nothing = Assert.IsType<ProviderEvent.Ignored>(await ReadAsync(body));
        Assert.Equal((false, _stores.NowMs), (nothing.IsUnreadable, nothing.ReportedMs));
    }

    [Fact]
    public async Task Receipt_that_Apple_signed_is_no_notification()
    {
        var body = _stores.Apple.NoticeOf(_stores.AppStore.Payload(Given.AppleTransaction()));
        Assert.Contains("no notification", Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(body)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("summary")]
    [InlineData("externalPurchaseToken")]
    [InlineData("appData")]
    public async Task Every_shape_that_names_another_bundle_is_refused(string content)
    {
        var body = _stores.Apple.NoticeOf($$"""{"notificationType":"X","notificationUUID":"u","signedDate":{{_stores.NowMs}},"{{content}}":{"bundleId":"com.example.other"} }""");
        Assert.Contains("another bundle", Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(body)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("12")]
    public async Task Notification_without_a_usable_uuid_is_known_by_its_content(string uuid)
    {
        var payload = $$"""{"notificationType":"TEST","notificationUUID":{{uuid}},"signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production"} }""";
        var body = _stores.Apple.NoticeOf(payload);
        var id = Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId;
        Assert.StartsWith("sha256:", id, StringComparison.Ordinal);
        Assert.Equal(id, Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(body)).NotificationId);
        Assert.NotEqual(id, Assert.IsType<AuthenticationResult.Genuine>(await JudgeAsync(_stores.Apple.NoticeOf(payload + " "))).NotificationId);
    }

    [Theory]
    [InlineData("33333", "0.3299", false)]
    [InlineData("1", null, false)]
    [InlineData("99999", "0.98", false)]
    [InlineData("100000", null, true)]
    [InlineData("null", null, true)]
    [InlineData("0", null, false)]
    [InlineData("100001", null, false)]
    [InlineData("33333.5", null, false)]
    [InlineData("\"a third\"", null, false)]
    public async Task Refund_is_whole_only_at_all_of_it_or_where_no_share_is_told(string share, string? moneyStart, bool isWhole)
    {
        var transaction = Given.AppleTransaction() with { Quantity = 3, PriceMilli = 990, Currency = "USD", RevocationDateMs = _stores.NowMs, RevocationType = share == "null" ? null : "REFUND_PRORATED" };
        foreach (var type in new[] { "REFUND", "REVOKE", "ONE_TIME_CHARGE" })
        {
            var tidings = await ReadAsync(Notice(type, Given.With(_stores.AppStore.Payload(transaction), "revocationPercentage", share)));
            Assert.Equal(isWhole, tidings is ProviderEvent.Refunded);
            Assert.Equal(!isWhole, tidings is ProviderEvent.PartlyRefunded);
            if (tidings is ProviderEvent.PartlyRefunded part && moneyStart is not null)
            {
                Assert.Null(part.Part!.RefundId);
                Assert.StartsWith(moneyStart, part.Part.Money.ToString(), StringComparison.Ordinal);
                Assert.True(part.Part.Money.AmountE4 is > 0 and < 9_900);
            }
        }
    }

    [Theory]
    [InlineData(33333, PayState.Unpaid, typeof(Verdict.Contradicts))]
    [InlineData(33333, PayState.Paid, typeof(Verdict.Paid))]
    [InlineData(100000, PayState.Unpaid, typeof(Verdict.Rejected))]
    [InlineData(100000, PayState.Paid, typeof(Verdict.Rejected))]
    [InlineData(null, PayState.Unpaid, typeof(Verdict.Rejected))]
    public async Task Receipt_of_what_was_partly_refunded_pays_no_order_by_itself(int? share, PayState pay, Type judged)
    {
        var transaction = Given.AppleTransaction() with { Quantity = 3, RevocationDateMs = _stores.NowMs, RevocationPercentage = share };
        var order = Given.Order() with { Quantity = 3, State = new OrderState(pay, pay == PayState.Paid ? Progress.Delivered : Progress.Created) };
        Assert.IsType(judged, await OnlineStores.JudgeAsync(_stores.AppleChannel, _app, order, _stores.AppStore.Purchase(transaction)));
    }

    [Theory]
    [InlineData("purchase_date_ms", "null")]
    [InlineData("purchase_date_ms", "\"soon\"")]
    [InlineData("quantity", "1")]
    [InlineData("quantity", "\"\"")]
    [InlineData("app_account_token", "\"\"")]
    [InlineData("original_transaction_id", "\"\"")]
    public void Old_receipts_purchase_is_read_whatever_it_holds_that_is_not_needed(string field, string value)
    {
        var answer = Given.With("""{"product_id":"gold_100","transaction_id":"1","quantity":"1"}""", field, value);
        var purchase = VerifyReceiptApi.Purchase(AppleSettings.Of(_app)!, new JsonFieldReader(Given.Json(answer)), "Production");
        Assert.Null(purchase!.PayFault);
        Assert.Equal(1, purchase.Quantity);
    }

    private string Notice(string type, string transaction) => _stores.Apple.NoticeOf(
        $$"""{"notificationType":"{{type}}","notificationUUID":"uuid-9","signedDate":{{_stores.NowMs}},"data":{"bundleId":"{{Given.Package}}","environment":"Production","signedTransactionInfo":"{{_stores.AppStore.SignPayload(transaction)}}"} }""");

    private async Task<AuthenticationResult> JudgeAsync(string body) => await _stores.AppleNotices.AuthenticateAsync(_app, _stores.Notice(body), CancellationToken.None);

    private async Task<ProviderEvent> ReadAsync(string body) => await _stores.AppleNotices.ReadAsync(_app, _stores.Notice(body), CancellationToken.None);
}
