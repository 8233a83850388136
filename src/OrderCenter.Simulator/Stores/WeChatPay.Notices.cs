using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Simulator.Stores;

/// <summary>What it tells: sealed, signed, and forged where that is asked for.</summary>
public sealed partial class WeChatPay
{
    /// <summary>A payment's notification.</summary>
    public Task<int> NotifyAsync(WeChatTransaction transaction, Uri? target = null, WeChatForgery forgery = WeChatForgery.None, string? id = null, CancellationToken cancellationToken = default) =>
        SendAsync(Message(transaction, forgery, id), target ?? transaction.NotifyUrl!, cancellationToken);

    /// <summary>A notification that holds any text, sealed and signed as WeChat does.</summary>
    public Task<int> NotifyResourceAsync(string resource, Uri target, CancellationToken cancellationToken = default) =>
        SendAsync(Sealed("EV-" + RandomNumberGenerator.GetHexString(16), "SOMETHING.ELSE", resource, WeChatForgery.None), target, cancellationToken);

    /// <summary>A payment's notification as it would be sent now.</summary>
    public WeChatMessage Message(WeChatTransaction transaction, WeChatForgery forgery = WeChatForgery.None, string? id = null)
    {
        var resource = JsonText.Object(json =>
        {
            json.WriteString("transaction_id", transaction.TransactionId);
            json.WriteStartObject("amount");
            json.WriteNumber("payer_total", transaction.TotalFen);
            json.WriteNumber("total", transaction.TotalFen);
            json.WriteString("currency", "CNY");
            json.WriteString("payer_currency", "CNY");
            json.WriteEndObject();
            json.WriteString("mchid", forgery == WeChatForgery.OtherMerchant ? "1900000001" : MchId);
            json.WriteString("trade_state", transaction.State);
            json.WriteString("bank_type", "CMC");
            json.WriteString("appid", forgery == WeChatForgery.OtherApp ? "wx0000000000000000" : AppId);
            json.WriteString("out_trade_no", transaction.OutTradeNo);
            json.WriteString("trade_type", "APP");
            json.WriteString("success_time", Time(transaction.PaidAt ?? _clock.GetUtcNow()));
        });
        return Sealed(id ?? "EV-" + transaction.TransactionId, "TRANSACTION.SUCCESS", resource, forgery);
    }

    private async Task<int> SendAsync(WeChatMessage message, Uri target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(message.Body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in message.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(request, cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>What the seal of a notification covers besides; null: nothing, and the member is left out; empty: nothing, and the member is null.</summary>
    public string? AssociatedData { get; set; } = "transaction";

    private WeChatMessage Sealed(string id, string eventType, string resource, WeChatForgery forgery)
    {
        var nonce = RandomNumberGenerator.GetHexString(12);
        var ciphertext = Seal(resource, nonce, AssociatedData ?? "", forgery == WeChatForgery.OtherApiV3Key ? new string('0', 32) : ApiV3Key);
        var body = JsonText.Object(json =>
        {
            json.WriteString("id", id);
            json.WriteString("create_time", Time(_clock.GetUtcNow()));
            json.WriteString("resource_type", "encrypt-resource");
            json.WriteString("event_type", eventType);
            json.WriteString("summary", "支付成功");
            json.WriteStartObject("resource");
            json.WriteString("original_type", "transaction");
            json.WriteString("algorithm", "AEAD_AES_256_GCM");
            json.WriteString("ciphertext", ciphertext);
            if (AssociatedData is { Length: > 0 } associated)
            {
                json.WriteString("associated_data", associated);
            }
            else if (AssociatedData is not null)
            {
                json.WriteNull("associated_data");
            }
            json.WriteString("nonce", nonce);
            json.WriteEndObject();
        });
        return new WeChatMessage(forgery == WeChatForgery.ChangedBody ? body.Replace(id, "x" + id[1..], StringComparison.Ordinal) : body, SignHeaders(body, forgery));
    }

    /// <summary>AES-256-GCM; base64 of text and tag.</summary>
    private static string Seal(string text, string nonce, string associated, string key)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var output = new byte[plain.Length + 16];
        using var cipher = new AesGcm(Encoding.UTF8.GetBytes(key), 16);
        cipher.Encrypt(Encoding.UTF8.GetBytes(nonce), plain, output.AsSpan(0, plain.Length), output.AsSpan(plain.Length), Encoding.UTF8.GetBytes(associated));
        return Convert.ToBase64String(output);
    }

    private List<(string Name, string Value)> SignHeaders(string body, WeChatForgery forgery)
    {
        if (forgery == WeChatForgery.NoSign)
        {
            return [];
        }
        var now = _clock.GetUtcNow();
        var time = forgery switch
        {
            WeChatForgery.Old => now.ToUnixTimeSeconds() - 360,
            WeChatForgery.Milliseconds => now.ToUnixTimeMilliseconds(),
            _ => now.ToUnixTimeSeconds(),
        };
        var nonce = RandomNumberGenerator.GetHexString(32);
        byte[] signature;
        lock (_gate)
        {
            signature = (forgery == WeChatForgery.WrongKey ? _stranger : _platform).SignData(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time}\n{nonce}\n{body}\n")), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        signature[0] ^= (byte)(forgery == WeChatForgery.ChangedSignature ? 1 : 0);
        return
        [
            ("Wechatpay-Timestamp", time.ToString(CultureInfo.InvariantCulture)),
            ("Wechatpay-Nonce", nonce),
            ("Wechatpay-Serial", forgery == WeChatForgery.UnknownSerial ? "PUB_KEY_ID_0" : NamesCertificate ? CertificateSerial : PublicKeyId),
            ("Wechatpay-Signature", (forgery == WeChatForgery.SignTest ? "WECHATPAY/SIGNTEST/" : "") + Convert.ToBase64String(signature)),
            ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"),
        ];
    }
}
