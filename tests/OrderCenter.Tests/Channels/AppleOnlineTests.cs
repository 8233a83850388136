using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Apple asked over HTTP: the App Store Server API and verifyReceipt (anchors/payments.md, "Apple").</summary>
public sealed class AppleOnlineTests : IAsyncLifetime
{
    private readonly OnlineStores _stores = new();

    public ValueTask InitializeAsync() => _stores.InitializeAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private App App(string environment = "Production", bool withApi = true, bool withReceipts = true) =>
        Given.App(("apple", _stores.Apple.Settings(environment, withApi, withReceipts)));

    private Task<Verdict> JudgeIdAsync(string id, App? app = null, Order? order = null) =>
        OnlineStores.JudgeAsync(_stores.AppleChannel, app ?? App(), order ?? Given.Order(), $$"""{"transactionId":"{{id}}"}""");

    private Task<Verdict> JudgeReceiptAsync(string receipt, App? app = null, Order? order = null) =>
        OnlineStores.JudgeAsync(_stores.AppleChannel, app ?? App(withApi: false), order ?? Given.Order(), $$"""{"receipt-data":"{{receipt}}"}""");

    [Fact]
    public async Task Transaction_is_fetched_and_paid()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        var payment = Given.Paid(await JudgeIdAsync(transaction.TransactionId));
        Assert.Equal((transaction.TransactionId, Payment.Production), (payment.TransactionId, payment.Environment));
        Assert.Equal(payment, Given.Paid(await _stores.AppleChannel.QueryAsync(App(), Given.Order(), transaction.TransactionId, CancellationToken.None)));
    }

    [Fact]
    public async Task Fetched_transaction_is_judged_like_a_signed_one()
    {
        Given.Rejected(await JudgeIdAsync(_stores.Apple.Sell(Given.AppleTransaction() with { ProductId = "gold_1000" }).TransactionId));
        Given.Rejected(await JudgeIdAsync(_stores.Apple.Sell(Given.AppleTransaction() with { BundleId = "com.example.other" }).TransactionId));
        Given.Rejected(await JudgeIdAsync(_stores.Apple.Refund(Given.AppleTransaction()).TransactionId));
        Given.Contradicts(await JudgeIdAsync(_stores.Apple.Sell(Given.AppleTransaction() with { Quantity = 2 }).TransactionId));
    }

    [Fact]
    public async Task Answer_must_be_the_transaction_that_was_asked_for_and_signed_by_Apple()
    {
        var asked = _stores.Apple.Sell(Given.AppleTransaction());
        _stores.Apple.Swapped = Given.AppleTransaction();
        Assert.Contains("another transaction", Given.Rejected(await JudgeIdAsync(asked.TransactionId)), StringComparison.Ordinal);

        _stores.Apple.Swapped = null;
        var foreign = Given.App(("apple", Given.With(_stores.Apple.Settings(), "rootCertificates", "[]")));
        Assert.Contains("root", Given.Rejected(await JudgeIdAsync(asked.TransactionId, foreign)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2000000000000009")]
    [InlineData("0")]
    public async Task Unknown_transaction_is_refused(string id)
    {
        Given.Rejected(await JudgeIdAsync(id));
        Assert.Equal(1, _stores.Apple.Count("sandbox transaction"));
    }

    [Theory]
    [InlineData("../../v2/refund/lookup/1")]
    [InlineData("..")]
    [InlineData("1?x=1")]
    [InlineData("1%2F2")]
    [InlineData("\\u0000")]
    [InlineData("一")]
    public async Task What_is_no_transaction_id_is_not_asked_for(string id)
    {
        Given.Rejected(await JudgeIdAsync(id));
        Assert.Equal(0, _stores.Apple.Count("transaction") + _stores.Apple.Count("unknown") + _stores.Apple.Count("refunds"));
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.TooManyRequests)]
    [InlineData(StoreFault.Unauthorized)]
    [InlineData(StoreFault.NotFound)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.Garbage)]
    [InlineData(StoreFault.Deep)]
    [InlineData(StoreFault.EmptyObject)]
    [InlineData(StoreFault.Redirect)]
    public async Task Store_that_fails_is_asked_again_later_and_then_pays(StoreFault fault)
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        _stores.Apple.Fail("transaction", fault);
        Assert.IsType<Verdict.TryLater>(await JudgeIdAsync(transaction.TransactionId));
        Given.Paid(await JudgeIdAsync(transaction.TransactionId));
    }

    [Fact]
    public async Task Store_that_hangs_is_waited_for_five_seconds()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        _stores.Apple.Fail("transaction", StoreFault.Hang);
        var verdict = await _stores.TimeOutAsync(JudgeIdAsync(transaction.TransactionId), () => _stores.Apple.Count("transaction") == 1);
        Assert.Contains("5 s", Assert.IsType<Verdict.TryLater>(verdict).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_that_is_not_there_is_asked_again_later()
    {
        var settings = Given.With(_stores.Apple.Settings(), "apiBase", "\"http://127.0.0.1:1\"");
        Assert.IsType<Verdict.TryLater>(await JudgeIdAsync("1", Given.App(("apple", settings))));
    }

    [Fact]
    public async Task Sandbox_is_asked_where_production_knows_nothing_and_the_policy_decides()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction() with { Environment = "Sandbox" });
        Assert.Contains("testers", Given.Rejected(await JudgeIdAsync(transaction.TransactionId)), StringComparison.Ordinal);
        Assert.Equal(Payment.Sandbox, Given.Paid(await JudgeIdAsync(transaction.TransactionId, App() with { Testers = [Given.Player] })).Environment);
        Assert.Equal(Payment.Sandbox, Given.Paid(await JudgeIdAsync(transaction.TransactionId, App() with { AllowSandbox = true })).Environment);

        // An app that is not live yet: production admits nobody, the sandbox does.
        _stores.Apple.Fail("transaction", StoreFault.Unauthorized);
        Given.Paid(await JudgeIdAsync(transaction.TransactionId, App() with { AllowSandbox = true }));
        _stores.Apple.Fail("sandbox transaction", StoreFault.ServerError);
        Assert.IsType<Verdict.TryLater>(await JudgeIdAsync(transaction.TransactionId, App() with { AllowSandbox = true }));
    }

    [Fact]
    public async Task Sandbox_installation_asks_the_sandbox_only()
    {
        var real = _stores.Apple.Sell(Given.AppleTransaction());
        Given.Rejected(await JudgeIdAsync(real.TransactionId, App("Sandbox") with { AllowSandbox = true }));
        var test = _stores.Apple.Sell(Given.AppleTransaction() with { Environment = "Sandbox" });
        Given.Paid(await JudgeIdAsync(test.TransactionId, App("Sandbox") with { AllowSandbox = true }));
        Assert.Equal(0, _stores.Apple.Count("transaction"));
    }

    [Fact]
    public async Task Token_is_renewed_before_it_ends()
    {
        var transaction = _stores.Apple.Sell(Given.AppleTransaction());
        var app = App();
        for (var minute = 0; minute < 12; minute++)
        {
            Given.Paid(await JudgeIdAsync(transaction.TransactionId, app));
            _stores.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Signed_transaction_is_asked_for_only_where_the_app_wants_it()
    {
        var transaction = Given.AppleTransaction();
        var receipt = _stores.AppStore.Purchase(transaction);
        _stores.Apple.Refund(transaction);
        Given.Paid(await OnlineStores.JudgeAsync(_stores.AppleChannel, App(), Given.Order(), receipt));
        Assert.Equal(0, _stores.Apple.Count("transaction"));

        var strict = Given.App(("apple", Given.With(_stores.Apple.Settings(), "checkOnline", "true")));
        Assert.Contains("refunded", Given.Rejected(await OnlineStores.JudgeAsync(_stores.AppleChannel, strict, Given.Order(), receipt)), StringComparison.Ordinal);
        var forged = _stores.AppStore.Purchase(transaction, AppleShape.SignedTransaction, AppleForgery.ForeignRoot);
        Given.Rejected(await OnlineStores.JudgeAsync(_stores.AppleChannel, strict, Given.Order(), forged));
        Assert.Equal(1, _stores.Apple.Count("transaction"));
    }

    [Fact]
    public async Task App_receipt_is_verified_and_its_purchase_found()
    {
        var wanted = Given.AppleTransaction() with { PurchaseDateMs = 1_770_000_000_000 };
        var receipt = _stores.Apple.AppReceipt("Production", Given.AppleTransaction() with { ProductId = "other" }, wanted);
        var payment = Given.Paid(await JudgeReceiptAsync(receipt));
        Assert.Equal((wanted.TransactionId, 1_770_000_000_000, Payment.Production), (payment.TransactionId, payment.PurchasedMs, payment.Environment));

        var unity = $$"""{"Store":"AppleAppStore","TransactionID":"{{wanted.TransactionId}}","Payload":"{{receipt}}"}""";
        Assert.Equal(payment, Given.Paid(await OnlineStores.JudgeAsync(_stores.AppleChannel, App(withApi: false), Given.Order(), unity)));
    }

    [Fact]
    public async Task Named_transaction_of_an_app_receipt_is_asked_for_at_the_api_where_there_is_one()
    {
        var wanted = _stores.Apple.Sell(Given.AppleTransaction());
        var unity = $$"""{"Store":"AppleAppStore","TransactionID":"{{wanted.TransactionId}}","Payload":"{{_stores.Apple.AppReceipt("Production", wanted)}}"}""";
        Given.Paid(await OnlineStores.JudgeAsync(_stores.AppleChannel, App(), Given.Order(), unity));
        Assert.Equal((1, 0), (_stores.Apple.Count("transaction"), _stores.Apple.Count("verifyReceipt")));
    }

    [Fact]
    public async Task Of_several_purchases_each_pays_its_own_order()
    {
        var first = Given.AppleTransaction() with { PurchaseDateMs = 1 };
        var second = Given.AppleTransaction() with { PurchaseDateMs = 2 };
        var receipt = _stores.Apple.AppReceipt("Production", first, second);
        Assert.Equal(second.TransactionId, Given.Paid(await JudgeReceiptAsync(receipt)).TransactionId);

        var other = OrderId.FromStore("10011554867699875663");
        _stores.Holders[second.TransactionId] = other;
        Assert.Equal(first.TransactionId, Given.Paid(await JudgeReceiptAsync(receipt)).TransactionId);
        Assert.Equal(second.TransactionId, Given.Paid(await JudgeReceiptAsync(receipt, order: Given.Order() with { Id = other })).TransactionId);

        // Both are used: the newest is told, and Orders says whose it is.
        _stores.Holders[first.TransactionId] = other;
        Assert.Equal(second.TransactionId, Given.Paid(await JudgeReceiptAsync(receipt)).TransactionId);
    }

    [Fact]
    public async Task App_receipt_of_something_else_is_refused()
    {
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceiptOf("com.example.other", "Production", Given.AppleTransaction())));
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production")));
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production", Given.AppleTransaction() with { ProductId = "other" })));
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production", Given.AppleTransaction() with { RevocationDateMs = 1 })));
        Given.Rejected(await JudgeReceiptAsync(Convert.ToBase64String(new byte[64])));
        Given.Rejected(await JudgeReceiptAsync("not base64!"));
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production", Given.AppleTransaction()), App(withApi: false, withReceipts: false)));
        Given.Contradicts(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production", Given.AppleTransaction() with { Quantity = 2 })));
    }

    [Fact]
    public async Task Sandbox_app_receipt_is_judged_by_the_sandbox_and_the_policy()
    {
        var receipt = _stores.Apple.AppReceipt("Sandbox", Given.AppleTransaction());
        Assert.Contains("testers", Given.Rejected(await JudgeReceiptAsync(receipt)), StringComparison.Ordinal);
        Assert.Equal(Payment.Sandbox, Given.Paid(await JudgeReceiptAsync(receipt, App(withApi: false) with { AllowSandbox = true })).Environment);
        Given.Rejected(await JudgeReceiptAsync(_stores.Apple.AppReceipt("Production", Given.AppleTransaction()), App("Sandbox", withApi: false) with { AllowSandbox = true }));
    }

    [Theory]
    [InlineData(21000, false)]
    [InlineData(21002, false)]
    [InlineData(21003, true)]
    [InlineData(21004, false)]
    [InlineData(21005, false)]
    [InlineData(21008, true)]
    [InlineData(21009, false)]
    [InlineData(21010, true)]
    [InlineData(21100, false)]
    [InlineData(21199, false)]
    [InlineData(1, false)]
    public async Task Every_status_of_verifyReceipt_is_final_or_passing(int status, bool isFinal)
    {
        var receipt = _stores.Apple.AppReceipt("Production", Given.AppleTransaction());
        _stores.Apple.ReceiptStatus = status;
        var verdict = await JudgeReceiptAsync(receipt);
        Assert.Equal((isFinal, !isFinal), (verdict is Verdict.Rejected, verdict is Verdict.TryLater));
        _stores.Apple.ReceiptStatus = null;
        Given.Paid(await JudgeReceiptAsync(receipt));
    }

    [Theory]
    [InlineData(StoreFault.ServerError)]
    [InlineData(StoreFault.Huge)]
    [InlineData(StoreFault.Garbage)]
    [InlineData(StoreFault.EmptyObject)]
    public async Task VerifyReceipt_that_fails_is_asked_again_later(StoreFault fault)
    {
        var receipt = _stores.Apple.AppReceipt("Production", Given.AppleTransaction());
        _stores.Apple.Fail("verifyReceipt", fault);
        Assert.IsType<Verdict.TryLater>(await JudgeReceiptAsync(receipt));
        Given.Paid(await JudgeReceiptAsync(receipt));
    }
}
