using System.Security.Cryptography;
using System.Text;
using OrderCenter.Channels.Google;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>What Google purchases pay for, hold, or do not pay for (anchors/payments.md, "Google Play").</summary>
public sealed class GoogleChannelTests
{
    private static readonly GoogleChannel Channel = Given.NewGoogle();

    public static TheoryData<GoogleShape> SignedShapes => [GoogleShape.Json, GoogleShape.PurchaseData, GoogleShape.Intent, GoogleShape.Data, GoogleShape.DataAndroid, GoogleShape.Unity];

    [Theory]
    [MemberData(nameof(SignedShapes))]
    public void Genuine_purchase_is_paid_in_every_shape(GoogleShape shape)
    {
        var purchase = Given.GooglePurchase() with { PurchaseTimeMs = 1_770_000_000_123 };
        var text = Given.GooglePlay.Purchase(purchase, shape);

        var payment = Given.Paid(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text));

        Assert.True(Channel.Recognises(Given.Receipt(text)));
        Assert.Equal("google", payment.Channel);
        Assert.Equal(Payment.Production, payment.Environment);
        Assert.Equal(purchase.PurchaseToken, payment.TransactionId);
        Assert.Equal(purchase.OrderId, payment.StoreOrderId);
        Assert.Equal(Given.Product, payment.ProductId);
        Assert.Equal(1, payment.Quantity);
        Assert.Equal(1_770_000_000_123, payment.PurchasedMs);
        Assert.Null(payment.Money);
    }

    [Fact]
    public void Channel_has_its_name_number_and_secrets()
    {
        Assert.Equal("google", Channel.Name);
        Assert.Equal(["serviceAccount"], Channel.SecretFields);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Purchase_without_order_id_claims_the_token_alone(string? orderId)
    {
        var purchase = Given.GooglePurchase() with { OrderId = orderId };
        var payment = Given.Paid(Judge(purchase));
        Assert.Null(payment.StoreOrderId);
        Assert.Equal([purchase.PurchaseToken], payment.Names);
    }

    [Theory]
    [InlineData(GoogleForgery.WrongKey)]
    [InlineData(GoogleForgery.ChangedData)]
    [InlineData(GoogleForgery.ChangedSignature)]
    [InlineData(GoogleForgery.WrongHash)]
    [InlineData(GoogleForgery.WrongPadding)]
    [InlineData(GoogleForgery.ZeroSignature)]
    public void Forged_signature_is_refused(GoogleForgery forgery)
    {
        var text = Given.GooglePlay.Purchase(Given.GooglePurchase(), GoogleShape.Json, forgery);
        Assert.Equal("the signature is not Google's for this app", Given.Rejected(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text)));
    }

    [Fact]
    public void Signature_of_another_purchase_is_refused()
    {
        var data = Given.GooglePlay.Data(Given.GooglePurchase());
        var other = Given.GooglePlay.Sign(Given.GooglePlay.Data(Given.GooglePurchase()));
        var verdict = Given.Judge(Channel, Given.GoogleApp, Given.Order(), GooglePlay.Receipt(data, other));
        Assert.Contains("signature", Given.Rejected(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_package_or_product_is_refused()
    {
        Assert.Contains("package", Given.Rejected(Judge(Given.GooglePurchase() with { PackageName = "com.example.other" })), StringComparison.Ordinal);
        Assert.Contains("product", Given.Rejected(Judge(Given.GooglePurchase() with { ProductId = "gold_1000" })), StringComparison.Ordinal);
        Assert.Contains("product", Given.Rejected(Judge(Given.GooglePurchase() with { ProductId = "GOLD_100" })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "cancelled")]
    [InlineData(2, "pending")]
    [InlineData(4, "not purchased")]
    public void What_is_not_purchased_is_refused(int state, string reason) =>
        Assert.Contains(reason, Given.Rejected(Judge(Given.GooglePurchase() with { PurchaseState = state })), StringComparison.Ordinal);

    [Fact]
    public void Absent_state_means_purchased() => Given.Paid(Judge(Given.GooglePurchase() with { PurchaseState = null }));

    [Fact]
    public void Quantity_must_be_the_orders()
    {
        Assert.Equal(3, Given.Paid(Judge(Given.GooglePurchase() with { Quantity = 3 }, Given.Order() with { Quantity = 3 })).Quantity);

        var held = Given.Contradicts(Judge(Given.GooglePurchase() with { Quantity = 3 }));
        Assert.Contains("quantity", held.Reason, StringComparison.Ordinal);
        Assert.Equal(3, held.Payment.Quantity);
        Given.Contradicts(Judge(Given.GooglePurchase(), Given.Order() with { Quantity = 2 }));
    }

    [Fact]
    public void Player_may_be_named_plainly_or_by_hash()
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Given.Player)));
        foreach (var account in new[] { Given.Player, hash, hash.ToLowerInvariant(), "", null })
        {
            Given.Paid(Judge(Given.GooglePurchase() with { ObfuscatedAccountId = account }));
        }
    }

    [Theory]
    [InlineData("player-8")]
    [InlineData("PLAYER-7")]
    [InlineData(" ")]
    public void Another_player_is_held(string account)
    {
        var purchase = Given.GooglePurchase() with { ObfuscatedAccountId = account };
        var held = Given.Contradicts(Judge(purchase));
        Assert.Contains("player", held.Reason, StringComparison.Ordinal);
        Assert.Equal(purchase.PurchaseToken, held.Payment.TransactionId);
    }

    [Fact]
    public void Player_is_not_compared_where_the_app_says_so()
    {
        var app = Given.App(("google", Given.With(Given.GooglePlay.Settings(Given.Package), "checkAccount", "false")));
        Given.Paid(Given.Judge(Channel, app, Given.Order(), Given.GooglePlay.Purchase(Given.GooglePurchase() with { ObfuscatedAccountId = "player-8" })));
    }

    [Fact]
    public void App_without_channel_or_key_is_closed()
    {
        var text = Given.GooglePlay.Purchase(Given.GooglePurchase());
        var noKey = Given.App(("google", $$"""{"packageName":"{{Given.Package}}"}"""));
        var emptyKey = Given.App(("google", $$"""{"packageName":"{{Given.Package}}","publicKey":""}"""));
        foreach (var app in new[] { Given.App(), Given.AppleApp, noKey, emptyKey })
        {
            Assert.Equal("channel google is not configured for this app", Given.Rejected(Given.Judge(Channel, app, Given.Order(), text)));
        }
    }

    [Fact]
    public void Another_apps_key_does_not_verify()
    {
        using var other = new GooglePlay(Given.Clock);
        var app = Given.App(("google", other.Settings(Given.Package)));
        Given.Rejected(Given.Judge(Channel, app, Given.Order(), Given.GooglePlay.Purchase(Given.GooglePurchase())));
    }

    [Fact]
    public void Token_alone_is_recognised_and_needs_the_online_check()
    {
        var text = Given.GooglePlay.Purchase(Given.GooglePurchase(), GoogleShape.Token);
        Assert.True(Channel.Recognises(Given.Receipt(text)));
        Assert.Contains("online check", Given.Rejected(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"json":"{}"}""")]
    [InlineData("""{"json":"{}","dataSignature":"AA=="}""")]
    [InlineData("""{"json":{},"signature":"AA=="}""")]
    [InlineData("""{"signedTransaction":"a.b.c"}""")]
    [InlineData("""{"Store":"AppleAppStore","TransactionID":"","Payload":"{\"json\":\"{}\",\"signature\":\"AA==\"}"}""")]
    public void Other_shapes_are_neither_recognised_nor_paid(string text)
    {
        Assert.False(Channel.Recognises(Given.Receipt(text)));
        Given.Rejected(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text));
    }

    [Fact]
    public void Data_is_signed_by_its_exact_bytes()
    {
        var data = "{ \"productId\":\"" + Given.Product + "\",\r\n\"packageName\":\"" + Given.Package
            + "\",\t\"purchaseToken\":\"t\",\"developerPayload\":\"金币 \ud83d\ude00+&\" }";
        var signature = Given.GooglePlay.Sign(data);
        Given.Paid(Given.Judge(Channel, Given.GoogleApp, Given.Order(), GooglePlay.Receipt(data, signature, GoogleShape.Unity)));
        var normalised = data.Replace("\r\n", "\n", StringComparison.Ordinal);
        Given.Rejected(Given.Judge(Channel, Given.GoogleApp, Given.Order(), GooglePlay.Receipt(normalised, signature)));
    }

    [Fact]
    public void Many_checks_at_once_agree()
    {
        var good = Given.GooglePlay.Purchase(Given.GooglePurchase());
        var forged = Given.GooglePlay.Purchase(Given.GooglePurchase(), GoogleShape.Json, GoogleForgery.ChangedData);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var verdict = Given.Judge(Channel, Given.GoogleApp, Given.Order(), i % 2 == 0 ? good : forged);
            Assert.Equal(i % 2 == 0, verdict is Verdict.Paid);
        });
    }

    private static Verdict Judge(GooglePurchase purchase, Order? order = null) =>
        Given.Judge(Channel, Given.GoogleApp, order ?? Given.Order(), Given.GooglePlay.Purchase(purchase));
}
