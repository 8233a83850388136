using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Google Play asked over HTTP (anchors/payments.md, "Google Play", "Online").</summary>
public sealed class GoogleOnlineTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();
    private App _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _stores.InitializeAsync();
        _app = Given.App(("google", _stores.Google.Settings(_stores.GooglePlay.PublicKey)));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private Task<Verdict> JudgeAsync(GooglePurchase purchase, GoogleShape shape = GoogleShape.Token, App? app = null, Order? order = null) =>
        OnlineStores.JudgeAsync(_stores.GoogleChannel, app ?? _app, order ?? Given.Order(), _stores.GooglePlay.Purchase(purchase, shape));

    private GooglePurchase Sell(int? purchaseType = null, int state = 0, GooglePurchase? purchase = null) =>
        _stores.Google.Sell(purchase ?? Given.GooglePurchase(), purchaseType, state);

    private static Payment PaymentOf(GooglePurchase purchase) =>
        new() { Channel = "google", Environment = Payment.Production, TransactionId = purchase.PurchaseToken, StoreOrderId = purchase.OrderId, ProductId = purchase.ProductId };

    [Theory]
    [InlineData(GoogleShape.Token)]
    [InlineData(GoogleShape.Json)]
    [InlineData(GoogleShape.Unity)]
    public async Task Purchase_is_fetched_and_paid(GoogleShape shape)
    {
        var purchase = Sell(purchase: Given.GooglePurchase() with { PurchaseTimeMs = 1_770_000_000_123 });
        var payment = Given.Paid(await JudgeAsync(purchase, shape));
        Assert.Equal(PaymentOf(purchase) with { PurchasedMs = 1_770_000_000_123 }, payment);
        Assert.Equal(1, _stores.Google.Count("get"));
        Assert.Equal(payment, Given.Paid(await _stores.GoogleChannel.QueryAsync(_app, Given.Order(), purchase.PurchaseToken, CancellationToken.None)));
    }

    [Fact]
    public async Task Forged_signature_is_refused_before_Google_is_asked()
    {
        foreach (var forgery in Enum.GetValues<GoogleForgery>().Where(forgery => forgery != GoogleForgery.None))
        {
            var receipt = _stores.GooglePlay.Purchase(Sell(), GoogleShape.Json, forgery);
            Given.Rejected(await OnlineStores.JudgeAsync(_stores.GoogleChannel, _app, Given.Order(), receipt));
        }
        Assert.Equal(0, _stores.Google.Count("get") + _stores.Google.Count("token"));
    }

    [Fact]
    public async Task Signed_purchase_that_Google_does_not_know_is_refused()
    {
        Given.Rejected(await JudgeAsync(Given.GooglePurchase(), GoogleShape.Json));
        Given.Rejected(await JudgeAsync(Sell(state: 1), GoogleShape.Json));
    }

    [Fact]
    public async Task Without_a_licensing_key_the_signed_form_is_proven_by_Google_alone()
    {
        var app = Given.App(("google", _stores.Google.Settings()));
        Given.Paid(await JudgeAsync(Sell(), GoogleShape.Json, app));
        Given.Rejected(await JudgeAsync(Given.GooglePurchase(), GoogleShape.Json, app));
    }

    [Fact]
    public async Task Another_package_or_product_is_refused()
    {
        Given.Rejected(await JudgeAsync(Sell(purchase: Given.GooglePurchase() with { PackageName = "com.example.other" })));
        Given.Rejected(await JudgeAsync(Sell(purchase: Given.GooglePurchase() with { ProductId = "gold_1000" })));

        // The token of a cheap product presented as a dear one.
        var cheap = Sell(purchase: Given.GooglePurchase() with { ProductId = "gold_1" });
        Given.Rejected(await JudgeAsync(cheap with { ProductId = Given.Product }));
    }

    [Theory]
    [InlineData(1, "cancelled")]
    [InlineData(2, "pending")]
    [InlineData(7, "not purchased")]
    public async Task Purchase_that_is_not_purchased_is_refused(int state, string reason) =>
        Assert.Contains(reason, Given.Rejected(await JudgeAsync(Sell(state: state))), StringComparison.Ordinal);

    [Fact]
    public async Task Test_purchase_pays_only_for_testers_and_is_tagged()
    {
        var purchase = Sell(purchaseType: 0);
        Assert.Contains("testers", Given.Rejected(await JudgeAsync(purchase)), StringComparison.Ordinal);
        Assert.Equal(Payment.Sandbox, Given.Paid(await JudgeAsync(purchase, app: _app with { Testers = [Given.Player] })).Environment);
        Assert.Equal(Payment.Sandbox, Given.Paid(await JudgeAsync(purchase, GoogleShape.Json, app: _app with { AllowSandbox = true })).Environment);
        Assert.Equal(Payment.Production, Given.Paid(await JudgeAsync(Sell(purchaseType: 1))).Environment);
    }

    [Fact]
    public async Task Player_and_quantity_are_compared_as_offline()
    {
        Given.Paid(await JudgeAsync(Sell(purchase: Given.GooglePurchase() with { ObfuscatedAccountId = Given.Player })));
        var other = Sell(purchase: Given.GooglePurchase() with { ObfuscatedAccountId = "player-8" });
        Assert.Contains("player", Given.Contradicts(await JudgeAsync(other)).Reason, StringComparison.Ordinal);
        Given.Paid(await JudgeAsync(other, app: Given.App(("google", Given.With(_stores.Google.Settings(), "checkAccount", "false")))));
        var two = Sell(purchase: Given.GooglePurchase() with { Quantity = 2 });
        Given.Contradicts(await JudgeAsync(two));
        Assert.Equal(2, Given.Paid(await JudgeAsync(two, order: Given.Order() with { Quantity = 2 })).Quantity);
    }

    [Fact]
    public async Task Purchase_consumed_elsewhere_is_held_and_one_consumed_for_this_order_is_not()
    {
        var purchase = Sell();
        _stores.Google.Change(purchase.PurchaseToken, sale => sale with { IsConsumed = true });
        Assert.Contains("consumed", Given.Contradicts(await JudgeAsync(purchase)).Reason, StringComparison.Ordinal);
        Given.Paid(await JudgeAsync(purchase, order: Given.Order() with { State = new OrderState(PayState.Paid, Progress.Delivered) }));
        Given.Paid(await JudgeAsync(purchase, app: Given.App(("google", Given.With(_stores.Google.Settings(), "acceptConsumed", "true")))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../../x")]
    [InlineData("a/b?c#d")]
    [InlineData("token:consume")]
    [InlineData("%2e%2e")]
    public async Task Hostile_token_is_refused_and_changes_nothing_at_the_store(string token)
    {
        var known = Sell(purchase: Given.GooglePurchase() with { PurchaseToken = "token" });
        Given.Rejected(await JudgeAsync(Given.GooglePurchase() with { PurchaseToken = token }));
        Assert.Equal(0, _stores.Google.Count("unknown") + _stores.Google.Count("voided"));
        Assert.False(_stores.Google.Sale(known.PurchaseToken).IsConsumed);
    }

    [Theory]
    [InlineData("get", StoreFault.ServerError)]
    [InlineData("get", StoreFault.TooManyRequests)]
    [InlineData("get", StoreFault.Unauthorized)]
    [InlineData("get", StoreFault.Forbidden)]
    [InlineData("get", StoreFault.Huge)]
    [InlineData("get", StoreFault.Garbage)]
    [InlineData("get", StoreFault.Deep)]
    [InlineData("get", StoreFault.EmptyObject)]
    [InlineData("get", StoreFault.Redirect)]
    [InlineData("token", StoreFault.ServerError)]
    [InlineData("token", StoreFault.Huge)]
    [InlineData("token", StoreFault.Garbage)]
    [InlineData("token", StoreFault.EmptyObject)]
    [InlineData("token", StoreFault.Redirect)]
    public async Task Store_that_fails_is_asked_again_later_and_then_pays(string operation, StoreFault fault)
    {
        var purchase = Sell();
        _stores.Google.Fail(operation, fault);
        Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase));
        Given.Paid(await JudgeAsync(purchase));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("token")]
    public async Task Store_that_hangs_is_waited_for_five_seconds(string operation)
    {
        var purchase = Sell();
        _stores.Google.Fail(operation, StoreFault.Hang);
        var verdict = await _stores.TimeOutAsync(JudgeAsync(purchase), () => _stores.Google.Count(operation) == 1);
        Assert.IsType<Verdict.TryLater>(verdict);
    }

    [Fact]
    public async Task Store_that_is_not_there_is_asked_again_later()
    {
        var purchase = Sell();
        var app = Given.App(("google", Given.With(_stores.Google.Settings(), "apiBase", "\"http://127.0.0.1:1\"")));
        Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase, app: app));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_to_the_operator_and_prove_nothing()
    {
        var purchase = Sell();
        var foreign = Given.App(("google", _stores.Google.Settings(serviceAccount: _stores.Google.ForeignAccount())));
        Assert.Contains("check serviceAccount", Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase, app: foreign)).Reason, StringComparison.Ordinal);
        _stores.Google.Fail("get", StoreFault.Forbidden);
        Assert.Contains("Play Console", Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase)).Reason, StringComparison.Ordinal);
    }

    /// <summary>Google is believed, but its answers are read like anybody's: whatever stands in a field, nothing fails and nothing is paid by half a purchase.</summary>
    [Fact]
    public async Task Purchase_of_several_products_with_odd_fields_pays_nothing_that_it_does_not_say()
    {
        var purchase = Sell();
        var line = $$"""{"productId":"{{Given.Product}}","productOfferDetails":{"quantity":1,"refundableQuantity":1,"consumptionState":"CONSUMPTION_STATE_YET_TO_BE_CONSUMED"} }""";
        var other = """{"productId":"sword","productOfferDetails":{"quantity":2} }""";
        string Answer(params string[] lines) => $$"""
            {"purchaseStateContext":{"purchaseState":"PURCHASED"},"productLineItem":[{{string.Join(',', lines)}}],"orderId":"GPA.1","acknowledgementState":"X","purchaseCompletionTime":"2026-03-14T15:09:26.123Z",
             "obfuscatedExternalProfileId":"1"}
            """;

        async Task<Verdict> ReadAsync(string answer)
        {
            _stores.Google.RawPurchase = answer;
            return await JudgeAsync(purchase);
        }

        var paid = Given.Paid(await ReadAsync(Answer(other, line)));
        Assert.Equal((purchase.PurchaseToken + ":" + Given.Product, "GPA.1:" + Given.Product, 1), (paid.TransactionId, paid.StoreOrderId, paid.Quantity));
        Assert.Equal(purchase.PurchaseToken, Given.Paid(await ReadAsync(Answer(line))).TransactionId);
        foreach (var value in Given.Values)
        {
            foreach (var field in new[] { "purchaseStateContext", "productLineItem" })
            {
                Assert.False(await ReadAsync(Given.With(Answer(other, line), field, value)) is Verdict.Paid, $"{field} {value}");
            }
            Assert.False(await ReadAsync(Answer(other, value)) is Verdict.Paid, value);
            Assert.False(await ReadAsync(Answer(Given.With(line, "productId", value))) is Verdict.Paid, value);
            var odd = await ReadAsync(Answer(Given.With(line, "productOfferDetails", $$"""{"quantity":{{value}} }""")));
            Assert.True(odd is Verdict.Paid { Payment.Quantity: 1 } or not Verdict.Paid, value);
            foreach (var field in new[] { "orderId", "acknowledgementState", "purchaseCompletionTime", "obfuscatedExternalProfileId" })
            {
                Assert.True(await ReadAsync(Given.With(Answer(other, line), field, value)) is Verdict.Paid or Verdict.TryLater, $"{field} {value}");
            }
        }
        foreach (var lines in new[] { [], new[] { line, line }, [.. Enumerable.Repeat(other, 101)] })
        {
            Assert.IsType<Verdict.TryLater>(await ReadAsync(Answer(lines)));
        }
    }

    [Fact]
    public async Task Hundred_at_once_ask_for_one_token()
    {
        var purchases = Enumerable.Range(0, 100).Select(_ => Sell()).ToArray();
        var verdicts = await Task.WhenAll(purchases.Select(purchase => Task.Run(() => JudgeAsync(purchase))));
        Assert.All(verdicts, verdict => Given.Paid(verdict));
        Assert.Equal(1, _stores.Google.Count("token"));
    }

    [Fact]
    public async Task Token_is_kept_and_renewed_before_it_ends()
    {
        var purchase = Sell();
        for (var minute = 0; minute < 180; minute += 5)
        {
            Given.Paid(await JudgeAsync(purchase));
            _stores.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        Assert.InRange(_stores.Google.Count("token"), 3, 5);
    }

    [Fact]
    public async Task Token_that_was_taken_back_is_replaced_but_not_in_a_storm()
    {
        var purchase = Sell();
        Given.Paid(await JudgeAsync(purchase));
        _stores.Google.RevokeTokens();
        for (var i = 0; i < 10; i++)
        {
            Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase));
        }
        Assert.Equal(1, _stores.Google.Count("token"));
        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<Verdict.TryLater>(await JudgeAsync(purchase));
        Given.Paid(await JudgeAsync(purchase));
        Assert.Equal(2, _stores.Google.Count("token"));
    }

    [Fact]
    public async Task Delivered_purchase_is_consumed_once()
    {
        var purchase = Sell();
        Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportAcceptedAsync(_app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
        Assert.True(_stores.Google.Sale(purchase.PurchaseToken) is { IsAcknowledged: true, IsConsumed: false });
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
            Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportAcceptedAsync(_app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
        }
        Assert.True(_stores.Google.Sale(purchase.PurchaseToken).IsConsumed);
        Assert.Equal((1, 1), (_stores.Google.Count("consume"), _stores.Google.Count("acknowledge")));
    }

    [Fact]
    public async Task Delivered_purchase_is_only_acknowledged_where_the_app_says_so()
    {
        var purchase = Sell();
        var app = Given.App(("google", Given.With(_stores.Google.Settings(), "consume", "false")));
        Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
        Assert.True(_stores.Google.Sale(purchase.PurchaseToken) is { IsAcknowledged: true, IsConsumed: false });
    }

    [Theory]
    [InlineData("consume", StoreFault.ServerError)]
    [InlineData("consume", StoreFault.LostAnswer)]
    [InlineData("get", StoreFault.TooManyRequests)]
    [InlineData("token", StoreFault.ServerError)]
    public async Task Word_that_failed_is_told_again(string operation, StoreFault fault)
    {
        var purchase = Sell();
        _stores.Google.Fail(operation, fault);
        Assert.NotNull(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
        Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(purchase), CancellationToken.None));
        Assert.True(_stores.Google.Sale(purchase.PurchaseToken).IsConsumed);
    }

    [Fact]
    public async Task Nothing_is_told_of_what_Google_does_not_know_or_took_back()
    {
        var gone = Given.GooglePurchase();
        Assert.Equal(
            IFulfilmentReporter.NotThere, await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(gone), CancellationToken.None));

        // The queue of reports asks the installed channel, which may have several accounts: where none knows the purchase there is nothing to report.
        var installed = new ChannelRegistry([_stores.GoogleChannel]).Find("google")!.FulfilmentReporter!;
        Assert.Null(await installed.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(gone), CancellationToken.None));
        var voided = Sell();
        _stores.Google.Void(voided.PurchaseToken);
        Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(_app, Given.Order(), PaymentOf(voided), CancellationToken.None));
        Assert.Null(await _stores.GoogleChannel.FulfilmentReporter.ReportDeliveredAsync(Given.GoogleApp, Given.Order(), PaymentOf(voided), CancellationToken.None));
        Assert.Equal(0, _stores.Google.Count("consume"));
    }
}
