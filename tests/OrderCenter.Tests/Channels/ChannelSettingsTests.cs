using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;

namespace OrderCenter.Tests.Channels;

/// <summary>Every fault of an app's settings is named, and settings with a fault verify nothing.</summary>
public sealed class ChannelSettingsTests
{
    private static readonly GoogleChannel Google = Given.NewGoogle();
    private static readonly AppleChannel Apple = Given.NewApple();
    private static readonly string RsaPem = NewRsaPem();
    private static readonly string GoodGoogle = Given.GooglePlay.Settings(Given.Package);
    private static readonly string GoodApple = Given.AppStore.Settings(Given.Package);

    [Fact]
    public void Good_settings_have_no_faults()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Empty(Google.Faults(Given.Json(GoodGoogle)));
        var account = $$"""{"client_email":"x@y","private_key":{{JsonSerializer.Serialize(RsaPem)}},"token_uri":"http://127.0.0.1:1/token"}""";
        foreach (var pasted in new[] { account, JsonSerializer.Serialize(account) })
        {
            var fullGoogle = $$"""
                {"packageName":"a","serviceAccount":{{pasted}},"apiBase":"http://127.0.0.1:1/","checkAccount":false,"consume":false,"acceptConsumed":true,
                "pushAudience":"https://a/b","pushEmail":"p@q","oidcCerts":"http://127.0.0.1:1/certs"}
                """;
            Assert.Empty(Google.Faults(Given.Json(fullGoogle)));
        }
        Assert.Empty(Apple.Faults(Given.Json(GoodApple)));
        Assert.Empty(Apple.Faults(Given.Json("""{"bundleId":"a"}""")));
        foreach (var privateKey in new[] { key.ExportPkcs8PrivateKeyPem(), Convert.ToBase64String(key.ExportPkcs8PrivateKey()) })
        {
            var escaped = privateKey.Replace("\n", "\\n", StringComparison.Ordinal);
            Assert.Empty(Apple.Faults(Given.Json($$"""{"bundleId":"a","issuerId":"i","keyId":"k","privateKey":"{{escaped}}","environment":"Xcode"}""")));
        }
    }

    [Theory]
    [InlineData("packageName", "1")]
    [InlineData("packageName", "\"\"")]
    [InlineData("packageName", "\"\\ud800\"")]
    [InlineData("publicKey", "7")]
    [InlineData("publicKey", "\"\"")]
    [InlineData("publicKey", "\"not base64\"")]
    [InlineData("publicKey", "\"AAAA\"")]
    [InlineData("serviceAccount", "1")]
    [InlineData("serviceAccount", "[]")]
    [InlineData("serviceAccount", "{}")]
    [InlineData("serviceAccount", "\"{}\"")]
    [InlineData("serviceAccount", "\"\\ud800\"")]
    [InlineData("serviceAccount", "{\"client_email\":\"x\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\"}")]
    [InlineData("consume", "1")]
    [InlineData("acceptConsumed", "\"yes\"")]
    [InlineData("pushAudience", "1")]
    [InlineData("pushEmail", "\"\"")]
    [InlineData("oidcCerts", "\"certs\"")]
    [InlineData("apiBase", "\"/relative\"")]
    [InlineData("apiBase", "\"ftp://x/\"")]
    [InlineData("checkAccount", "\"true\"")]
    [InlineData("surprise", "1")]
    public void Google_fault_is_named_and_closes_the_channel(string field, string value)
    {
        var settings = Given.With(GoodGoogle, field, value);
        Assert.Contains(field, Assert.Single(Google.Faults(Given.Json(settings))), StringComparison.Ordinal);
        Given.Rejected(Given.Judge(Google, Given.App(("google", settings)), Given.Order(), Given.GooglePlay.Purchase(Given.GooglePurchase())));
    }

    [Theory]
    [InlineData("bundleId", "null")]
    [InlineData("environment", "\"production\"")]
    [InlineData("environment", "1")]
    [InlineData("rootCertificates", "\"x\"")]
    [InlineData("rootCertificates", "[1]")]
    [InlineData("rootCertificates", "[\"AAAA\"]")]
    [InlineData("rootCertificates", "[\"\\ud800\"]")]
    [InlineData("rootCertificates", "[\"x x\"]")]
    [InlineData("issuerId", "1")]
    [InlineData("keyId", "{}")]
    [InlineData("privateKey", "\"AAAA\"")]
    [InlineData("privateKey", "\"-----BEGIN PRIVATE KEY-----\"")]
    [InlineData("privateKey", "true")]
    [InlineData("apiBase", "\"x\"")]
    [InlineData("sandboxApiBase", "\"x\"")]
    [InlineData("sharedSecret", "1")]
    [InlineData("verifyReceiptUrl", "\"x\"")]
    [InlineData("sandboxVerifyReceiptUrl", "[]")]
    [InlineData("checkOnline", "1")]
    [InlineData("consumption", "true")]
    [InlineData("consumption", "{}")]
    [InlineData("consumption", "{\"customerConsented\":false}")]
    [InlineData("consumption", "{\"customerConsented\":true,\"refundPreference\":\"NO\"}")]
    [InlineData("consumption", "{\"customerConsented\":true,\"more\":1}")]
    [InlineData("checkAccount", "0")]
    [InlineData("surprise", "1")]
    public void Apple_fault_is_named_and_closes_the_channel(string field, string value)
    {
        var settings = Given.With(GoodApple, field, value);
        Assert.Contains(field, Assert.Single(Apple.Faults(Given.Json(settings))), StringComparison.Ordinal);
        Given.Rejected(Given.Judge(Apple, Given.App(("apple", settings)), Given.Order(), Given.AppStore.Purchase(Given.AppleTransaction())));
    }

    private static string NewRsaPem()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Assert.Equal(4, Google.Faults(Given.Json("""{"publicKey":"x","apiBase":"x","a":1}""")).Count());
        Assert.Equal(5, Apple.Faults(Given.Json("""{"environment":"x","rootCertificates":["x","y"],"a":1}""")).Count());
        foreach (var settings in new[] { "[]", "null", "1", "\"x\"" })
        {
            Assert.NotEmpty(Google.Faults(Given.Json(settings)));
            Assert.NotEmpty(Apple.Faults(Given.Json(settings)));
        }
    }

    [Fact]
    public void Google_key_must_be_a_strong_rsa_key()
    {
        using var weak = RSA.Create(1024);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var strong = Convert.FromBase64String(Given.GooglePlay.PublicKey);
        foreach (var der in new[] { weak.ExportSubjectPublicKeyInfo(), elliptic.ExportSubjectPublicKeyInfo(), weak.ExportRSAPublicKey(), [.. strong, 0] })
        {
            var settings = Given.With(GoodGoogle, "publicKey", $"\"{Convert.ToBase64String(der)}\"");
            Assert.Contains("publicKey", Assert.Single(Google.Faults(Given.Json(settings))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Apple_private_key_must_be_a_p256_private_key()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        foreach (var pem in new[] { p384.ExportPkcs8PrivateKeyPem(), p256.ExportSubjectPublicKeyInfoPem(), rsa.ExportPkcs8PrivateKeyPem() })
        {
            var escaped = pem.Replace("\n", "\\n", StringComparison.Ordinal);
            var fault = Assert.Single(Apple.Faults(Given.Json($$"""{"bundleId":"a","privateKey":"{{escaped}}"}""")));
            Assert.Contains("privateKey", fault, StringComparison.Ordinal);
            Assert.DoesNotContain("BEGIN", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Apple_root_must_be_a_self_issued_authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plain = new CertificateRequest("CN=plain", key, HashAlgorithmName.SHA256);
        using var notAuthority = plain.CreateSelfSigned(Given.Clock.GetUtcNow(), Given.Clock.GetUtcNow().AddDays(1));
        var request = new CertificateRequest("CN=sub", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var notSelfIssued = request.Create(
            new X500DistinguishedName("CN=other"),
            X509SignatureGenerator.CreateForECDsa(key),
            Given.Clock.GetUtcNow(),
            Given.Clock.GetUtcNow().AddDays(1),
            [1]);
        byte[] trailing = [.. Convert.FromBase64String(Given.AppStore.RootCertificate), 0];
        foreach (var der in new[] { notAuthority.RawData, notSelfIssued.RawData, trailing })
        {
            var settings = $$"""{"bundleId":"a","rootCertificates":["{{Given.AppStore.RootCertificate}}","{{Convert.ToBase64String(der)}}"]}""";
            Assert.Contains("rootCertificates[1]", Assert.Single(Apple.Faults(Given.Json(settings))), StringComparison.Ordinal);
        }
    }
}
