using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>Certificate mode: a root, the certificates that are issued under it, and the gateway's method that gives a new one. And payment by a code.</summary>
public sealed partial class Alipay
{
    private const string Issuer = "CN=Ant Financial Certification Authority R1,OU=Certification Authority,O=Ant Financial,C=CN";
    private X509Certificate2? _root;
    private string _rootPem = "";
    private string _appPem = "";
    private readonly ConcurrentDictionary<string, (decimal Total, Uri? NotifyUrl)> _codes = new(StringComparer.Ordinal);
    private string _alipayPem = "";
    private string _alipayNumber = "";

    /// <summary>Whether the app uses certificates and not public keys.</summary>
    public bool UsesCertificates => _root is not null;

    /// <summary>Whether notifications name a certificate that nobody knows.</summary>
    public bool NamesUnknownCertificate { get; set; }

    /// <summary>Whether the certificate that the gateway gives was issued by somebody else.</summary>
    public bool GivesForeignCertificate { get; set; }

    /// <summary>Alipay's certificate, PEM.</summary>
    public string Certificate => _alipayPem;

    /// <summary>The app's certificate, PEM.</summary>
    public string AppCertificate => _appPem;

    /// <summary>The one root that is signed with RSA, PEM.</summary>
    public string RootCertificate => _rootPem;

    /// <summary>The roots as Alipay's file holds them: one is signed with another algorithm.</summary>
    public string RootBundle { get; private set; } = "";

    /// <summary>Signs with a new key, under a new certificate of the same root, from now on.</summary>
    public void RenewCertificate()
    {
        lock (_gate)
        {
            _alipay.Dispose();
            _alipay = RSA.Create(2048);
            (_alipayPem, _alipayNumber) = Issue(_root!, _alipay);
        }
    }

    private void IssueCertificates()
    {
        (_root, _rootPem) = NewRoot("Ant Financial Certification Authority R1");
        (_appPem, _) = Issue(_root, _merchant);
        (_alipayPem, _alipayNumber) = Issue(_root, _alipay);
    }

    /// <summary>A certificate for somebody's key under a root of his own.</summary>
    public string ForeignCertificate()
    {
        using var root = NewRoot("Ant Financial Certification Authority R1").Root;
        return Issue(root, _stranger).Pem;
    }

    /// <summary>The player scans a code and pays.</summary>
    public AlipayTrade PayCode(string code)
    {
        var number = code["https://qr.alipay.com/".Length..];
        return Pay(number, _codes[number].Total, _codes[number].NotifyUrl);
    }

    private string Prepare(JsonElement biz, string? notifyUrl)
    {
        var number = biz.GetProperty("out_trade_no").GetString()!;
        if (Find(number) is not null)
        {
            return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.TRADE_HAS_SUCCESS","sub_msg":"交易已被支付"}""";
        }
        _codes[number] = (decimal.Parse(biz.GetProperty("total_amount").GetString()!, CultureInfo.InvariantCulture), notifyUrl is null ? null : new Uri(notifyUrl));
        return $$"""{"code":"10000","msg":"Success","out_trade_no":"{{number}}","qr_code":"https:\/\/qr.alipay.com\/{{number}}"}""";
    }

    private string Download(string number)
    {
        if (number != _alipayNumber && !GivesForeignCertificate)
        {
            return """{"code":"40004","msg":"Business Failed","sub_code":"isv.cert-not-found","sub_msg":"证书不存在"}""";
        }
        var content = GivesForeignCertificate ? ForeignCertificate() : _alipayPem;
        return $$"""{"code":"10000","msg":"Success","alipay_cert_content":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}}"}""";
    }

    private (X509Certificate2 Root, string Pem) NewRoot(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}, OU=Certification Authority, O=Ant Financial, C=CN", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (_clock.GetUtcNow().AddYears(-5), _clock.GetUtcNow().AddYears(20));
        var root = request.CreateSelfSigned(from, to);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherRoot = new CertificateRequest("CN=Other algorithm, O=Ant Financial, C=CN", other, HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
        RootBundle = RootBundle.Length > 0 ? RootBundle : $"{otherRoot.ExportCertificatePem()}\n{root.ExportCertificatePem()}\n";
        return (root, root.ExportCertificatePem());
    }

    private (string Pem, string Number) Issue(X509Certificate2 root, RSA key)
    {
        var request = new CertificateRequest("CN=Alipay, O=Ant Financial, C=CN", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] &= 0x7F;
        serial[0] |= 0x01;
        using var certificate = request.Create(root, _clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddYears(2), serial);
        var pem = certificate.ExportCertificatePem();
        return (pem, NumberOf(pem));
    }

    /// <summary>Every certificate here has the same issuer.</summary>
    private static string NumberOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        var serial = new BigInteger(Convert.FromHexString(certificate.SerialNumber), isUnsigned: true, isBigEndian: true);
#pragma warning disable CA5351 // As Alipay does.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(Issuer + serial.ToString(CultureInfo.InvariantCulture))));
#pragma warning restore CA5351
    }
}
