using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>What is wrong with a push that Pub/Sub did not make.</summary>
public enum PushForgery
{
    None,

    /// <summary>No Authorization at all.</summary>
    NoToken,
    WrongAudience,
    WrongIssuer,

    /// <summary>A real Google token, of another service account.</summary>
    WrongEmail,
    EmailNotVerified,

    /// <summary>Ended an hour ago.</summary>
    Expired,

    /// <summary>Issued in an hour.</summary>
    NotYetIssued,

    /// <summary>Signed by somebody else's key under a key id that Google has.</summary>
    ForeignKey,

    /// <summary>Under a key id that Google does not have.</summary>
    UnknownKey,

    /// <summary><c>alg</c> is <c>none</c>, without a signature.</summary>
    AlgNone,

    /// <summary><c>alg</c> is <c>HS256</c>, with the public key as the secret.</summary>
    AlgHs256,

    /// <summary>Another claim was put in after it was signed.</summary>
    ChangedClaims,

    /// <summary>Its header names an extension that must be understood (<c>crit</c>, RFC 7515).</summary>
    CriticalExtension,
}

/// <summary>Google's pushes: Real-time developer notifications by Pub/Sub.</summary>
public sealed partial class GooglePlayServer
{
    public const string PushAudience = "https://orders.example.com/notify/google";
    public const string PushEmail = "push@example-project.iam.gserviceaccount.com";

    private readonly List<(string Id, RSA Key)> _pushKeys = [("push-1", RSA.Create(KeyBits))];
    /// <summary>Of all servers: an app may be told of several packages.</summary>
    private static int s_messages;

    /// <summary>Signs with a new key from now on; the old one is gone.</summary>
    public void RotateKeys()
    {
        lock (_signing)
        {
            var next = $"push-{int.Parse(_pushKeys[0].Id[5..]) + 1}";
            _pushKeys[0].Key.Dispose();
            _pushKeys[0] = (next, RSA.Create(KeyBits));
        }
    }

    /// <summary>A purchase (1) or its cancellation (2).</summary>
    public string PurchaseNotice(GooglePurchase purchase, int type = 1) => Notice(purchase.PackageName, json =>
    {
        json.WriteStartObject("oneTimeProductNotification");
        json.WriteString("version", "1.0");
        json.WriteNumber("notificationType", type);
        json.WriteString("purchaseToken", purchase.PurchaseToken);
        json.WriteString("sku", purchase.ProductId);
        json.WriteEndObject();
    });

    public string VoidedNotice(GooglePurchase purchase, int productType = 2, int refundType = 1) => Notice(purchase.PackageName, json =>
    {
        json.WriteStartObject("voidedPurchaseNotification");
        json.WriteString("purchaseToken", purchase.PurchaseToken);
        json.WriteString("orderId", purchase.OrderId);
        json.WriteNumber("productType", productType);
        json.WriteNumber("refundType", refundType);
        json.WriteEndObject();
    });

    /// <summary>A chargeback on which the developer's view is wanted.</summary>
    public string RefundReviewNotice(GooglePurchase purchase) => Notice(purchase.PackageName, json =>
    {
        json.WriteStartObject("pendingRefundReviewNotification");
        json.WriteString("version", "1.0");
        json.WriteString("purchaseToken", purchase.PurchaseToken);
        json.WriteString("orderId", purchase.OrderId);
        json.WriteString("pendingRefundToken", ReviewToken(purchase.OrderId!));
        json.WriteEndObject();
    });

    private static string ReviewToken(string orderId) => "refund-of-" + orderId;

    public string TestNotice() => Notice(_packageName, json =>
    {
        json.WriteStartObject("testNotification");
        json.WriteString("version", "1.0");
        json.WriteEndObject();
    });

    /// <summary>A push body around any text.</summary>
    public string Push(string data, string? messageId = null) => JsonText.Object(json =>
    {
        json.WriteStartObject("message");
        json.WriteStartObject("attributes");
        json.WriteEndObject();
        json.WriteString("data", Convert.ToBase64String(Encoding.UTF8.GetBytes(data)));
        json.WriteString("messageId", messageId ?? Interlocked.Increment(ref s_messages).ToString(CultureInfo.InvariantCulture));
        json.WriteString("publishTime", _clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteString("subscription", "projects/example-project/subscriptions/orders");
    });

    /// <summary>Pushes until it is taken, at most so often; gives the last status.</summary>
    public async Task<int> PushAsync(HttpClient http, Uri address, string body, int triesMax = 1, PushForgery forgery = PushForgery.None)
    {
        var status = 0;
        for (var attempt = 0; attempt < triesMax && status is < 200 or >= 300; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (PushToken(forgery) is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }
            using var response = await http.SendAsync(request);
            status = (int)response.StatusCode;
        }
        return status;
    }

    /// <summary>The token that stands beside a push; null: none.</summary>
    public string? PushToken(PushForgery forgery = PushForgery.None)
    {
        if (forgery == PushForgery.NoToken)
        {
            return null;
        }
        lock (_signing)
        {
            var (id, key) = _pushKeys[0];
            var header = Encode(json =>
            {
                json.WriteString("alg", forgery switch { PushForgery.AlgNone => "none", PushForgery.AlgHs256 => "HS256", _ => "RS256" });
                json.WriteString("kid", forgery == PushForgery.UnknownKey ? "nobody's" : id);
                json.WriteString("typ", "JWT");
                if (forgery == PushForgery.CriticalExtension)
                {
                    json.WriteStartArray("crit");
                    json.WriteStringValue("b64");
                    json.WriteEndArray();
                }
            });
            var signed = header + "." + Encode(json => WriteClaims(json, forgery, isChanged: false));
            var bytes = Encoding.ASCII.GetBytes(signed);
            using var foreign = RSA.Create(KeyBits);
            var signature = forgery switch
            {
                PushForgery.AlgNone => [],
                PushForgery.AlgHs256 => HMACSHA256.HashData(key.ExportSubjectPublicKeyInfo(), bytes),
                PushForgery.ForeignKey => foreign.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                _ => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            };
            if (forgery == PushForgery.ChangedClaims)
            {
                signed = header + "." + Encode(json => WriteClaims(json, forgery, isChanged: true));
            }
            return signed + "." + Base64Url.EncodeToString(signature);
        }
    }

    private void WriteClaims(Utf8JsonWriter json, PushForgery forgery, bool isChanged)
    {
        var now = NowMs / 1000;
        var issued = forgery switch { PushForgery.Expired => now - 7200, PushForgery.NotYetIssued => now + 3600, _ => now };
        json.WriteString("aud", forgery == PushForgery.WrongAudience ? "https://elsewhere.example.com/" : PushAudience);
        json.WriteString("azp", "100000000000000000000");
        json.WriteString("email", forgery == PushForgery.WrongEmail ? "push@somebody-else.iam.gserviceaccount.com" : PushEmail);
        json.WriteBoolean("email_verified", forgery != PushForgery.EmailNotVerified);
        json.WriteNumber("exp", issued + 3600);
        json.WriteNumber("iat", issued);
        json.WriteString("iss", forgery == PushForgery.WrongIssuer ? "https://accounts.example.com" : "https://accounts.google.com");
        json.WriteString("sub", isChanged ? "1" : "100000000000000000000");
    }

    private string Certificates()
    {
        lock (_signing)
        {
            return JsonText.Object(json =>
            {
                json.WriteStartArray("keys");
                foreach (var (id, key) in _pushKeys)
                {
                    var parameters = key.ExportParameters(includePrivateParameters: false);
                    json.WriteStartObject();
                    json.WriteString("kty", "RSA");
                    json.WriteString("alg", "RS256");
                    json.WriteString("use", "sig");
                    json.WriteString("kid", id);
                    json.WriteString("n", Base64Url.EncodeToString(parameters.Modulus));
                    json.WriteString("e", Base64Url.EncodeToString(parameters.Exponent));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
    }

    private string Notice(string packageName, Action<Utf8JsonWriter> what) => Push(JsonText.Object(json =>
    {
        json.WriteString("version", "1.0");
        json.WriteString("packageName", packageName);
        json.WriteString("eventTimeMillis", NowMs.ToString(CultureInfo.InvariantCulture));
        what(json);
    }));

    private static string Encode(Action<Utf8JsonWriter> fields) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonText.Object(fields)));

    private void DisposeKeys() => _pushKeys.ForEach(pair => pair.Key.Dispose());
}
