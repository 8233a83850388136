using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrderCenter.Simulator.Stores;

/// <summary>Its platform certificate, and the sealed list in which merchants fetch it.</summary>
public sealed partial class WeChatPay
{
    /// <summary>The platform certificate, PEM.</summary>
    public string Certificate { get; private set; }

    public string CertificateSerial { get; private set; }

    /// <summary>Whether the list of certificates is sealed under a key that is not the merchant's.</summary>
    public bool SealsForOthers { get; set; }

    /// <summary>Signs with a new key, under a new certificate, from now on.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            _platform.Dispose();
            _platform = RSA.Create(2048);
            (Certificate, CertificateSerial) = Certify();
        }
    }

    /// <summary>Whether <c>Wechatpay-Serial</c> names the certificate and not the public key.</summary>
    public bool NamesCertificate { get; set; }

    private (string Certificate, string Serial) Certify()
    {
        var request = new CertificateRequest("CN=Tenpay.com sign", _platform, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddYears(5));
        return (certificate.ExportCertificatePem(), certificate.SerialNumber);
    }

    private string Certificates() => JsonText.Object(json =>
    {
        var nonce = RandomNumberGenerator.GetHexString(12);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("serial_no", CertificateSerial);
        json.WriteString("effective_time", Time(_clock.GetUtcNow().AddDays(-1)));
        json.WriteString("expire_time", Time(_clock.GetUtcNow().AddYears(5)));
        json.WriteStartObject("encrypt_certificate");
        json.WriteString("algorithm", "AEAD_AES_256_GCM");
        json.WriteString("nonce", nonce);
        json.WriteString("associated_data", "certificate");
        json.WriteString("ciphertext", Seal(Certificate, nonce, "certificate", SealsForOthers ? new string('0', 32) : ApiV3Key));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });
}
