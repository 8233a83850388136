using System.Buffers.Text;
using System.Text;
using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>What Xcode's StoreKit Testing signs: by one certificate of its own making, with times of fractions of a millisecond. It is taken in a channel of
/// the environment Xcode that lists the certificate, and nowhere else.</summary>
public sealed class AppleXcodeTests
{
    private static readonly AppleChannel Channel = Given.NewApple();

    [Fact]
    public void Xcodes_transaction_pays_a_testers_order_where_its_certificate_is_listed()
    {
        var payment = Given.Paid(Judge(App("Xcode", Given.AppStore.XcodeCertificate), Xcode()));
        Assert.Equal(("Xcode", "0", Given.NowMs - 7), (payment.Environment, payment.TransactionId, payment.PurchasedMs));
        Given.Rejected(Judge(App("Xcode", Given.AppStore.XcodeCertificate) with { AllowSandbox = false }, Xcode()));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Sandbox")]
    public void One_certificate_is_refused_in_every_other_channel_though_it_is_listed(string environment)
    {
        foreach (var claimed in new[] { "Xcode", environment })
        {
            var jws = Given.AppStore.SignXcode(Given.With(Payload(), "environment", $"\"{claimed}\""));
            Assert.Contains("exactly 3", Given.Rejected(Judge(App(environment, Given.AppStore.XcodeCertificate), jws)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Certificate_that_is_not_listed_is_refused()
    {
        using var other = new AppStore(Given.Clock);
        foreach (var roots in new string[][] { [], [other.XcodeCertificate], [Given.AppStore.RootCertificate] })
        {
            Assert.Contains("not listed", Given.Rejected(Judge(App("Xcode", roots), Xcode())), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Sandbox")]
    public void Transaction_that_says_another_environment_is_refused_in_an_Xcode_channel(string claimed) =>
        Given.Rejected(Judge(App("Xcode", Given.AppStore.XcodeCertificate), Given.AppStore.SignXcode(Given.With(Payload(), "environment", $"\"{claimed}\""))));

    [Fact]
    public void Forged_signature_and_certificates_that_have_ended_or_stand_beside_others_are_refused()
    {
        var app = App("Xcode", Given.AppStore.XcodeCertificate);
        var jws = Xcode();
        var parts = jws.Split('.');
        var changed = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Given.With(Payload(), "transactionId", "\"1\"")));
        Assert.Contains("signature", Given.Rejected(Judge(app, $"{parts[0]}.{changed}.{parts[2]}")), StringComparison.Ordinal);
        foreach (var day in new[] { -2, -400 })
        {
            var old = Given.With(Payload(), "signedDate", (Given.NowMs + (day * 86_400_000L)).ToString());
            Assert.Contains("not valid", Given.Rejected(Judge(app, Given.AppStore.SignXcode(old))), StringComparison.Ordinal);
        }
        var header = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]));
        foreach (var x5c in new[] { "[]", $"[\"{Given.AppStore.XcodeCertificate}\",\"{Given.AppStore.XcodeCertificate}\"]", "[\"AAAA\"]" })
        {
            Given.Rejected(Judge(app, Given.AppStore.SignRaw(Given.With(header, "x5c", x5c), Payload())));
        }

        // Signed by another key under the listed certificate.
        Given.Rejected(Judge(app, Given.AppStore.SignRaw(header, Payload())));
        Given.Paid(Judge(app, jws));
    }

    [Fact]
    public void Real_chain_of_a_listed_root_still_counts_in_an_Xcode_channel() =>
        Given.Paid(Judge(App("Xcode", Given.AppStore.RootCertificate), Given.AppStore.Sign(Given.AppleTransaction() with { Environment = "Xcode" })));

    private static App App(string environment, params string[] roots) => Given.App(
        ("apple", $$"""{"bundleId":"{{Given.Package}}","environment":"{{environment}}","rootCertificates":[{{string.Join(',', roots.Select(root => $"\"{root}\""))}}]}""")) with
    {
        AllowSandbox = true,
    };

    private static string Payload() => Given.AppStore.XcodePayload(Given.AppleTransaction() with { TransactionId = "0" });

    private static string Xcode() => Given.AppStore.SignXcode(Payload());

    private static Verdict Judge(App app, string jws) => Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(jws));
}
