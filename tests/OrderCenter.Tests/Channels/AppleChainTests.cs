using System.Buffers.Text;
using System.Text;
using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>The App Store's certificates and signature (anchors/payments.md, "JWS transaction"; "What goes wrong in this trade", 1).</summary>
public sealed class AppleChainTests
{
    private const long DayMs = 86_400_000;
    private static readonly AppleChannel Channel = Given.NewApple();

    [Theory]
    [InlineData(AppleForgery.LeafWithoutOid, "leaf certificate lacks")]
    [InlineData(AppleForgery.LeafIsCa, "leaf certificate is a CA")]
    [InlineData(AppleForgery.LeafP384, "P-256")]
    [InlineData(AppleForgery.LeafExpired, "not valid at signedDate")]
    [InlineData(AppleForgery.LeafNotYetValid, "not valid at signedDate")]
    [InlineData(AppleForgery.IntermediateWithoutOid, "intermediate certificate lacks")]
    [InlineData(AppleForgery.IntermediateNotCa, "intermediate certificate is not a CA")]
    [InlineData(AppleForgery.ForeignRoot, "root certificate is not a trusted one")]
    [InlineData(AppleForgery.RootNotSelfSigned, "root certificate is not a trusted one")]
    [InlineData(AppleForgery.ReversedCertificates, "root certificate is not a trusted one")]
    [InlineData(AppleForgery.SwappedCertificates, "is not a CA")]
    [InlineData(AppleForgery.ForeignChainTrustedRoot, "not a valid chain")]
    [InlineData(AppleForgery.ForeignLeaf, "not a valid chain")]
    [InlineData(AppleForgery.LeafOfRoot, "not a valid chain")]
    [InlineData(AppleForgery.TwoCertificates, "exactly 3")]
    [InlineData(AppleForgery.FourCertificates, "exactly 3")]
    [InlineData(AppleForgery.NoCertificates, "exactly 3")]
    [InlineData(AppleForgery.OtherKey, "signature")]
    [InlineData(AppleForgery.FlippedPayloadByte, "signature")]
    [InlineData(AppleForgery.FlippedSignatureByte, "signature")]
    [InlineData(AppleForgery.ZeroSignature, "signature")]
    [InlineData(AppleForgery.DerSignature, "signature")]
    [InlineData(AppleForgery.EmptySignature, "three parts")]
    [InlineData(AppleForgery.AlgNone, "three parts")]
    [InlineData(AppleForgery.AlgHs256, "alg must be ES256")]
    [InlineData(AppleForgery.AlgEs384, "alg must be ES256")]
    [InlineData(AppleForgery.CriticalHeader, "crit")]
    public void Forgery_is_refused(AppleForgery forgery, string reason)
    {
        var text = Given.AppStore.Purchase(Given.AppleTransaction(), AppleShape.SignedTransaction, forgery);
        Assert.Contains(reason, Given.Rejected(Given.Judge(Channel, Fresh(), Given.Order(), text)), StringComparison.Ordinal);
        // Again by an app that remembers the genuine chain.
        Given.Rejected(Given.Judge(Channel, Given.AppleApp, Given.Order(), text));
    }

    [Fact]
    public void Every_forgery_is_in_the_corpus()
    {
        var tried = typeof(AppleChainTests).GetMethod(nameof(Forgery_is_refused))!.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute)).Count();
        Assert.Equal(Enum.GetValues<AppleForgery>().Length - 1, tried);
    }

    [Fact]
    public void Root_under_another_authority_is_no_anchor_even_where_listed()
    {
        // The settings refuse such a root, so that the channel stays closed.
        var jws = Given.AppStore.Sign(Given.AppleTransaction(), AppleForgery.RootNotSelfSigned);
        var sent = Given.Json(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(jws.AsSpan(0, jws.IndexOf('.', StringComparison.Ordinal)))));
        var root = sent.GetProperty("x5c")[2].GetString();
        var app = Given.App(("apple", $$"""{"bundleId":"{{Given.Package}}","rootCertificates":["{{root}}"]}"""));
        Given.Rejected(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(jws)));
    }

    [Fact]
    public void Certificates_are_judged_at_the_time_of_signing()
    {
        // The leaf ended a day ago, and signed the day before that.
        var transaction = Given.AppleTransaction() with { SignedDateMs = Given.NowMs - (2 * DayMs) };
        Given.Paid(Judge(Fresh(), transaction, AppleForgery.LeafExpired));
        // The genuine leaf began a year ago.
        Given.Rejected(Judge(Fresh(), Given.AppleTransaction() with { SignedDateMs = Given.NowMs - (400 * DayMs) }));
        Given.Rejected(Judge(Fresh(), Given.AppleTransaction() with { SignedDateMs = 0 }));
    }

    [Fact]
    public void Certificates_that_are_remembered_are_judged_at_each_time_of_signing()
    {
        var app = Fresh();
        Given.Paid(Judge(app, Given.AppleTransaction()));
        Given.Rejected(Judge(app, Given.AppleTransaction() with { SignedDateMs = Given.NowMs - (400 * DayMs) }));
        Given.Paid(Judge(app, Given.AppleTransaction() with { SignedDateMs = Given.NowMs - (300 * DayMs) }));
    }

    [Theory]
    [InlineData(59_000, true)]
    [InlineData(60_000, true)]
    [InlineData(61_000, false)]
    public void Certificate_may_have_ended_a_minute_before(int afterMs, bool isPaid)
    {
        // Certificates count whole seconds, and the clock of these tests stands on one.
        var transaction = Given.AppleTransaction() with { SignedDateMs = Given.NowMs - DayMs + afterMs };
        Assert.Equal(isPaid, Judge(Fresh(), transaction, AppleForgery.LeafExpired) is Verdict.Paid);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60_000, true)]
    [InlineData(60_001, false)]
    [InlineData(DayMs, false)]
    [InlineData(DayMs * 1000, false)]
    public void Transaction_signed_in_the_future_is_refused(long aheadMs, bool isPaid) =>
        Assert.Equal(isPaid, Judge(Fresh(), Given.AppleTransaction() with { SignedDateMs = Given.NowMs + aheadMs }) is Verdict.Paid);

    [Fact]
    public void Payload_and_signature_of_two_transactions_do_not_mix()
    {
        var first = Given.AppStore.Sign(Given.AppleTransaction()).Split('.');
        var second = Given.AppStore.Sign(Given.AppleTransaction()).Split('.');
        Assert.Equal(first[0], second[0]);
        string[] mixed = [$"{first[0]}.{second[1]}.{first[2]}", $"{first[0]}.{first[1]}.{second[2]}", $"{first[1]}.{first[0]}.{first[2]}"];
        foreach (var jws in mixed)
        {
            Given.Rejected(Given.Judge(Channel, Given.AppleApp, Given.Order(), AppStore.Receipt(jws)));
        }
        Given.Paid(Given.Judge(Channel, Given.AppleApp, Given.Order(), AppStore.Receipt(string.Join('.', first))));
    }

    [Fact]
    public void Memory_of_chains_is_not_filled_by_headers_that_nobody_signed()
    {
        var app = Fresh();
        var parts = Given.AppStore.Sign(Given.AppleTransaction()).Split('.');
        var header = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]));
        for (var i = 0; i < 40; i++)
        {
            var varied = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Given.With(header, "kid", $"\"{i}\"")));
            Given.Rejected(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt($"{varied}.{parts[1]}.{parts[2]}")));
            Assert.Null(AppleSettings.Of(app)!.Remembered(varied));
        }
        Given.Paid(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(string.Join('.', parts))));
        Assert.NotNull(AppleSettings.Of(app)!.Remembered(parts[0]));
    }

    [Fact]
    public void More_chains_than_are_remembered_still_verify()
    {
        var app = Fresh();
        var payload = Given.AppStore.Payload(Given.AppleTransaction());
        var header = HeaderText();
        for (var i = 0; i < 40; i++)
        {
            var jws = Given.AppStore.SignRaw(Given.With(header, "kid", $"\"{i}\""), payload);
            Given.Paid(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(jws)));
            Given.Paid(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(jws)));
        }
    }

    private static string HeaderText()
    {
        var jws = Given.AppStore.Sign(Given.AppleTransaction());
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(jws.AsSpan(0, jws.IndexOf('.', StringComparison.Ordinal))));
    }

    /// <summary>An app that has verified nothing yet.</summary>
    private static App Fresh() => Given.App(("apple", Given.AppStore.Settings(Given.Package)));

    private static Verdict Judge(App app, AppleTransaction transaction, AppleForgery forgery = AppleForgery.None) =>
        Given.Judge(Channel, app, Given.Order(), Given.AppStore.Purchase(transaction, AppleShape.SignedTransaction, forgery));
}
