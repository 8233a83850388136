using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>What App Store transactions pay for, hold, or do not pay for (anchors/payments.md, "Apple").</summary>
public sealed class AppleChannelTests
{
    private const string Token = "7e3fb204-2dbc-4b1e-8e11-6a2b3a0c9d55";
    private const string OtherToken = "7e3fb204-2dbc-4b1e-8e11-6a2b3a0c9d56";
    private static readonly AppleChannel Channel = Given.NewApple();

    [Theory]
    [InlineData(AppleShape.SignedTransaction)]
    [InlineData(AppleShape.JwsRepresentation)]
    [InlineData(AppleShape.Unity)]
    [InlineData(AppleShape.UnityObject)]
    public void Genuine_transaction_is_paid_in_every_shape(AppleShape shape)
    {
        var transaction = Given.AppleTransaction() with { PurchaseDateMs = 1_770_000_000_123, PriceMilli = 990, Currency = "USD" };
        var text = Given.AppStore.Purchase(transaction, shape);

        var payment = Given.Paid(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));

        Assert.True(Channel.Recognises(Given.Receipt(text)));
        Assert.Equal("apple", payment.Channel);
        Assert.Equal(Payment.Production, payment.Environment);
        Assert.Equal(transaction.TransactionId, payment.TransactionId);
        Assert.Null(payment.StoreOrderId);
        Assert.Equal(Given.Product, payment.ProductId);
        Assert.Equal(1_770_000_000_123, payment.PurchasedMs);
        Assert.Equal("0.99", payment.Money.ToString());
        Assert.Equal("USD", payment.Currency);
    }

    [Fact]
    public void Channel_has_its_name_number_and_secrets()
    {
        Assert.Equal("apple", Channel.Name);
        Assert.Equal(["privateKey", "sharedSecret", "reportsPrivateKey"], Channel.SecretFields);
    }

    [Fact]
    public void Another_bundle_or_product_is_refused()
    {
        Assert.Contains("bundle", Given.Rejected(Judge(Given.AppleTransaction() with { BundleId = "com.example.other" })), StringComparison.Ordinal);
        Assert.Contains("product", Given.Rejected(Judge(Given.AppleTransaction() with { ProductId = "gold_1000" })), StringComparison.Ordinal);
    }

    [Fact]
    public void Refunded_or_shared_purchase_is_refused()
    {
        Assert.Contains("refunded", Given.Rejected(Judge(Given.AppleTransaction() with { RevocationDateMs = 1 })), StringComparison.Ordinal);
        var shared = Judge(Given.AppleTransaction() with { InAppOwnershipType = "FAMILY_SHARED" });
        Assert.Contains("inAppOwnershipType", Given.Rejected(shared), StringComparison.Ordinal);
        Given.Paid(Judge(Given.AppleTransaction() with { InAppOwnershipType = null }));
    }

    [Fact]
    public void Quantity_must_be_the_orders()
    {
        Assert.Equal(3, Given.Paid(Judge(Given.AppleTransaction() with { Quantity = 3 }, Given.Order() with { Quantity = 3 })).Quantity);
        Given.Paid(Judge(Given.AppleTransaction() with { Quantity = null }));
        Assert.Contains("quantity", Given.Contradicts(Judge(Given.AppleTransaction() with { Quantity = 2 })).Reason, StringComparison.Ordinal);
        Given.Contradicts(Judge(Given.AppleTransaction(), Given.Order() with { Quantity = 2 }));
    }

    [Theory]
    [InlineData("Non-Consumable", true)]
    [InlineData("Consumable", true)]
    [InlineData("Non-Renewing Subscription", true)]
    [InlineData(null, true)]
    [InlineData("Auto-Renewable Subscription", false)]
    public void Restored_purchase_claims_the_original_too_and_a_renewal_does_not(string? type, bool isClaimed)
    {
        var payment = Given.Paid(Judge(Given.AppleTransaction() with { OriginalTransactionId = "1000", Type = type }));
        Assert.Equal(isClaimed ? "1000" : null, payment.StoreOrderId);
    }

    [Theory]
    [InlineData("Production", "Production", false, true)]
    [InlineData("Production", "Production", true, true)]
    [InlineData("Production", "Sandbox", false, false)]
    [InlineData("Production", "Sandbox", true, true)]
    [InlineData("Production", "Xcode", true, false)]
    [InlineData("Production", "LocalTesting", true, false)]
    [InlineData("Production", "production", true, false)]
    [InlineData("Sandbox", "Sandbox", true, true)]
    [InlineData("Sandbox", "Sandbox", false, false)]
    [InlineData("Sandbox", "Production", true, false)]
    [InlineData("Sandbox", "Xcode", true, false)]
    [InlineData("Xcode", "Xcode", true, true)]
    [InlineData("Xcode", "Xcode", false, false)]
    [InlineData("Xcode", "Sandbox", true, false)]
    [InlineData("Xcode", "Production", true, false)]
    public void Environment_decides(string installed, string received, bool acceptsSandbox, bool isPaid)
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction() with { Environment = received });
        foreach (var tester in acceptsSandbox ? new[] { false, true } : [false])
        {
            var app = Given.App(("apple", Given.AppStore.Settings(Given.Package, installed))) with
            {
                AllowSandbox = acceptsSandbox && !tester,
                Testers = tester ? [Given.Player] : ["somebody-else"],
            };
            var verdict = Given.Judge(Channel, app, Given.Order(), text);
            Assert.Equal(isPaid, verdict is Verdict.Paid);
            if (isPaid)
            {
                Assert.Equal(received, Given.Paid(verdict).Environment);
            }
            else
            {
                Given.Rejected(verdict);
            }
        }
    }

    [Fact]
    public void Transaction_without_environment_is_refused() => Given.Rejected(Judge(Given.AppleTransaction() with { Environment = null }));

    [Theory]
    [InlineData(Token, null, true)]
    [InlineData("player-7", Token, true)]
    [InlineData("7E3FB204-2DBC-4B1E-8E11-6A2B3A0C9D55", null, true)]
    [InlineData("player-7", "7E3FB204-2DBC-4B1E-8E11-6A2B3A0C9D55", true)]
    [InlineData("player-7", null, true)]
    [InlineData("7e3fb2042dbc4b1e8e116a2b3a0c9d56", null, true)]
    [InlineData(OtherToken, null, false)]
    [InlineData("player-7", OtherToken, false)]
    [InlineData(Token, OtherToken, false)]
    [InlineData(OtherToken, Token, true)]
    [InlineData(OtherToken, "not a uuid", false)]
    public void Player_is_compared_where_the_order_names_a_uuid(string userId, string? attribute, bool isPaid)
    {
        var order = Given.Order() with
        {
            UserId = userId,
            Attributes = attribute is null ? Order.EmptyAttributes : new Dictionary<string, string>(StringComparer.Ordinal) { ["appAccountToken"] = attribute },
        };
        var verdict = Judge(Given.AppleTransaction() with { AppAccountToken = Token }, order);
        if (isPaid)
        {
            Given.Paid(verdict);
        }
        else
        {
            Assert.Contains("player", Given.Contradicts(verdict).Reason, StringComparison.Ordinal);
        }
        Given.Paid(Judge(Given.AppleTransaction(), order));
    }

    [Fact]
    public void Player_is_not_compared_where_the_app_says_so()
    {
        var app = Given.App(("apple", Given.With(Given.AppStore.Settings(Given.Package), "checkAccount", "false")));
        var text = Given.AppStore.Purchase(Given.AppleTransaction() with { AppAccountToken = Token });
        Given.Paid(Given.Judge(Channel, app, Given.Order() with { UserId = OtherToken }, text));
    }

    [Theory]
    [InlineData(6000, "CNY", true)]
    [InlineData(6000, "RMB", true)]
    [InlineData(5990, "CNY", false)]
    [InlineData(6001, "CNY", false)]
    [InlineData(6000, "USD", false)]
    [InlineData(0, "CNY", false)]
    public void Price_is_compared_only_where_the_app_says_so(int? priceMilli, string? currency, bool isSame)
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction() with { PriceMilli = priceMilli, Currency = currency });
        Given.Paid(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));

        var verdict = Given.Judge(Channel, Given.AppleApp with { CheckPrice = true }, Given.Order(), text);

        Assert.Equal(isSame, verdict is Verdict.Paid);
        Assert.Equal(!isSame, verdict is Verdict.Contradicts);
    }

    [Theory]
    [InlineData(6000, null, "currency")]
    [InlineData(null, "CNY", "price")]
    [InlineData(null, null, "price")]
    public void Receipt_without_a_price_is_refused_where_the_app_compares_prices(int? priceMilli, string? currency, string named)
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction() with { PriceMilli = priceMilli, Currency = currency });
        Given.Paid(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));
        var reason = Given.Rejected(Given.Judge(Channel, Given.AppleApp with { CheckPrice = true }, Given.Order(), text));
        Assert.Equal($"the receipt tells no {named}, and the app compares prices (checkPrice)", reason);
    }

    [Fact]
    public void Price_is_the_total_of_the_quantity()
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction() with { Quantity = 3, PriceMilli = 6000, Currency = "CNY" });
        Given.Paid(Given.Judge(Channel, Given.AppleApp with { CheckPrice = true }, Given.Order() with { Quantity = 3 }, text));
    }

    [Fact]
    public void App_without_channel_is_closed()
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction());
        foreach (var app in new[] { Given.App(), Given.GoogleApp })
        {
            Assert.Equal("channel apple is not configured for this app", Given.Rejected(Given.Judge(Channel, app, Given.Order(), text)));
        }
    }

    [Fact]
    public void Root_that_the_app_does_not_list_is_not_trusted()
    {
        var app = Given.App(("apple", $$"""{"bundleId":"{{Given.Package}}"}"""));
        var verdict = Given.Judge(Channel, app, Given.Order(), Given.AppStore.Purchase(Given.AppleTransaction()));
        Assert.Contains("root", Given.Rejected(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void Chain_verified_for_one_app_is_not_trusted_by_another()
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction());
        Given.Paid(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));
        using var other = new AppStore(Given.Clock);
        var app = Given.App(("apple", other.Settings(Given.Package)));
        Given.Rejected(Given.Judge(Channel, app, Given.Order(), text));
        Given.Paid(Given.Judge(Channel, app, Given.Order(), other.Purchase(Given.AppleTransaction())));
    }

    [Theory]
    [InlineData("""{"transactionId":"2000000123456789"}""")]
    [InlineData("""{"receipt-data":"MIIT"}""")]
    [InlineData("""{"Store":"AppleAppStore","TransactionID":"2000","Payload":"MIITrQYJKoZIhvcNAQ=="}""")]
    [InlineData("""{"Store":"AppleAppStore","TransactionID":"2000","Payload":""}""")]
    public void Forms_without_a_signature_are_recognised_and_need_the_online_check(string text)
    {
        Assert.True(Channel.Recognises(Given.Receipt(text)));
        Assert.Contains("online check", Given.Rejected(Given.Judge(Channel, Given.AppleApp, Given.Order(), text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"signedTransaction":1}""")]
    [InlineData("""{"signedTransaction":""}""")]
    [InlineData("""{"json":"{}","signature":"AA=="}""")]
    [InlineData("""{"Store":"GooglePlay","TransactionID":"","Payload":"{\"signedTransaction\":\"a.b.c\"}"}""")]
    [InlineData("""{"Store":"GooglePlay","TransactionID":"","Payload":"a.b.c"}""")]
    public void Other_shapes_are_neither_recognised_nor_paid(string text)
    {
        Assert.False(Channel.Recognises(Given.Receipt(text)));
        Given.Rejected(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));
    }

    [Fact]
    public void Many_checks_at_once_agree()
    {
        var good = Given.AppStore.Purchase(Given.AppleTransaction());
        var forged = Given.AppStore.Purchase(Given.AppleTransaction(), AppleShape.SignedTransaction, AppleForgery.FlippedPayloadByte);
        var app = Given.App(("apple", Given.AppStore.Settings(Given.Package)));
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var verdict = Given.Judge(Channel, app, Given.Order(), i % 2 == 0 ? good : forged);
            Assert.Equal(i % 2 == 0, verdict is Verdict.Paid);
        });
    }

    private static Verdict Judge(AppleTransaction transaction, Order? order = null) =>
        Given.Judge(Channel, Given.AppleApp, order ?? Given.Order(), Given.AppStore.Purchase(transaction));
}
