using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderCenter.Simulator.Stores;

/// <summary>Stores that the service knows by a recipe only.</summary>
public enum RecipeStore
{
    Xiaomi,
    Oppo,
    Vivo,
    Huawei,
    Douyin,
}

/// <summary>What is wrong with a notification that the store did not send.</summary>
public enum RecipeForgery
{
    None,

    /// <summary>Signed with somebody else's key.</summary>
    WrongKey,

    /// <summary>Signed with an empty key.</summary>
    EmptyKey,

    ChangedAmount,
    ChangedOrder,
    ChangedTransaction,

    /// <summary>One character of the signature was changed.</summary>
    ChangedSignature,

    /// <summary>Half a signature.</summary>
    CutSignature,

    /// <summary>The signature in the other case.</summary>
    OtherCase,

    NoSign,

    /// <summary>A second amount beside the signed one.</summary>
    FieldTwice,
}

/// <summary>One payment in a store's books.</summary>
/// <param name="OrderId">Ours, as the client handed it to the store.</param>
/// <param name="Transaction">The store's number.</param>
/// <param name="Fen">Hundredths of a yuan.</param>
public sealed record RecipePayment(string OrderId, string Transaction, long Fen)
{
    /// <summary>The store's word for the state; null: paid.</summary>
    public string? State { get; init; }

    /// <summary>What the player's client handed through.</summary>
    public string Extra { get; init; } = "role 7 & 六十";

    public string Currency { get; init; } = "CNY";

    /// <summary>The app at the store; null: the one of the settings.</summary>
    public string? App { get; init; }

    /// <summary>Huawei: a tester's purchase.</summary>
    public bool IsSandbox { get; init; }
}

/// <summary>The stores' side of the recipes: signs as their documents say (docs/channels/recipes.md), and forges. Written apart from the service.</summary>
public sealed class RecipeStores : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RSA _store = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);
    private readonly HttpClient _http = new();
    private long _last = RandomNumberGenerator.GetInt32(1_000_000_000);

    public string Key { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string App { get; } = "28823037" + RandomNumberGenerator.GetString("0123456789", 10);

    /// <summary>The settings of an app's channel for a store.</summary>
    public Dictionary<string, object> Settings(RecipeStore store)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal) { ["recipe"] = store.ToString().ToLowerInvariant() };
        if (store is RecipeStore.Oppo or RecipeStore.Huawei)
        {
            settings["publicKey"] = Convert.ToBase64String(_store.ExportSubjectPublicKeyInfo());
        }
        else
        {
            settings["key"] = Key;
        }
        if (store == RecipeStore.Oppo)
        {
            settings["publicKeyIsOwn"] = true;
        }
        if (AppField(store) is { } field)
        {
            settings["app"] = new Dictionary<string, string>(StringComparer.Ordinal) { [field] = App };
        }
        return settings;
    }

    /// <summary>A payment of an order.</summary>
    public RecipePayment Pay(string orderId, long fen) =>
        new(orderId, string.Create(CultureInfo.InvariantCulture, $"2114099016{Interlocked.Increment(ref _last):D12}"), fen);

    /// <summary>The text of a notification: a query, a form, or JSON.</summary>
    public string Notification(RecipeStore store, RecipePayment payment, RecipeForgery forgery = RecipeForgery.None)
    {
        var fields = Fields(store, payment);
        var signature = Sign(store, fields, forgery);
        signature = forgery switch
        {
            RecipeForgery.ChangedSignature => (signature[0] == '1' ? '2' : '1') + signature[1..],
            RecipeForgery.CutSignature => signature[..(signature.Length / 2)],
            RecipeForgery.OtherCase => signature.Any(char.IsAsciiLetterUpper) ? signature.ToLowerInvariant() : signature.ToUpperInvariant(),
            _ => signature,
        };
        var changed = forgery switch
        {
            RecipeForgery.ChangedAmount => Fields(store, payment with { Fen = payment.Fen + 1 }),
            RecipeForgery.ChangedOrder => Fields(store, payment with { OrderId = payment.OrderId[..^1] + (payment.OrderId[^1] == '0' ? '1' : '0') }),
            RecipeForgery.ChangedTransaction => Fields(store, payment with { Transaction = payment.Transaction + "1" }),
            _ => fields,
        };
        if (forgery != RecipeForgery.NoSign)
        {
            changed[SignField(store)] = signature;
        }
        var text = IsForm(store)
            ? string.Join('&', changed.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}"))
            : new JsonObject(changed.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value)))).ToJsonString(Plain);
        var (name, other) = (MoneyField(store), (payment.Fen + 1).ToString(CultureInfo.InvariantCulture));
        return forgery != RecipeForgery.FieldTwice ? text
            : IsForm(store) ? $"{text}&{name}={other}"
            : $"{text[..^1]},\"{ContentsField(store)}\":{JsonSerializer.Serialize(Contents(store, payment with { Fen = payment.Fen + 1 }))}}}";
    }

    /// <summary>Notifies, as the store does: Xiaomi by GET, the others by POST.</summary>
    /// <returns>The answer.</returns>
    public async Task<(int Status, string Body)> NotifyAsync(
        RecipeStore store, Uri target, RecipePayment payment, RecipeForgery forgery = RecipeForgery.None, CancellationToken cancellationToken = default)
    {
        var text = Notification(store, payment, forgery);
        using var request = store == RecipeStore.Xiaomi
            ? new HttpRequestMessage(HttpMethod.Get, new UriBuilder(target) { Query = text }.Uri)
            : new HttpRequestMessage(HttpMethod.Post, target)
            {
                Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(IsForm(store) ? "application/x-www-form-urlencoded" : "application/json")),
            };
        using var response = await _http.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Douyin's check of an address: the query that it sends before it takes the address.</summary>
    public string Check(string echo, bool isForged = false)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["timestamp"] = "1644399124", ["nonce"] = "797", ["msg"] = "" };
        var signature = Sign(RecipeStore.Douyin, fields, isForged ? RecipeForgery.WrongKey : RecipeForgery.None);
        return $"timestamp=1644399124&nonce=797&msg=&echostr={WebUtility.UrlEncode(echo)}&signature={signature}";
    }

    public void Dispose()
    {
        _store.Dispose();
        _stranger.Dispose();
        _http.Dispose();
    }

    private static bool IsForm(RecipeStore store) => store is RecipeStore.Xiaomi or RecipeStore.Oppo or RecipeStore.Vivo;

    private static string SignField(RecipeStore store) => store switch
    {
        RecipeStore.Oppo => "sign",
        RecipeStore.Huawei => "inAppDataSignature",
        _ => "signature",
    };

    private static string MoneyField(RecipeStore store) => store switch
    {
        RecipeStore.Xiaomi => "payFee",
        RecipeStore.Oppo => "price",
        _ => "orderAmount",
    };

    private static string ContentsField(RecipeStore store) => store == RecipeStore.Huawei ? "inAppPurchaseData" : "msg";

    private static string? AppField(RecipeStore store) => store switch
    {
        RecipeStore.Xiaomi or RecipeStore.Vivo => "appId",
        RecipeStore.Huawei => "packageName",
        RecipeStore.Douyin => "appid",
        _ => null,
    };

    private Dictionary<string, string> Fields(RecipeStore store, RecipePayment payment)
    {
        var (app, fen) = (payment.App ?? App, payment.Fen.ToString(CultureInfo.InvariantCulture));
        KeyValuePair<string, string>[] fields = store switch
        {
            RecipeStore.Xiaomi => [new("appId", app), new("cpOrderId", payment.OrderId), new("cpUserInfo", payment.Extra), new("uid", "100010"),
                new("orderId", payment.Transaction), new("orderStatus", payment.State ?? "TRADE_SUCCESS"), new("payFee", fen), new("productCode", "com.demo_1"),
                new("productName", "银子1两"), new("productCount", "1"), new("payTime", "2014-09-05 15:20:27"), new("orderConsumeType", "10")],
            RecipeStore.Oppo => [new("notifyId", payment.Transaction), new("partnerOrder", payment.OrderId), new("productName", "六十钻石"),
                new("price", fen), new("count", "1"), new("attach", payment.Extra), new("paymentWay", "ALIPAY"), new("payResult", payment.State ?? "OK")],
            RecipeStore.Vivo => [new("respCode", "200"), new("respMsg", ""), new("signMethod", "MD5"), new("tradeType", "01"), new("tradeStatus", payment.State ?? "0000"),
                new("cpId", "20131030114035786189"), new("appId", app), new("uid", "u7"), new("cpOrderNumber", payment.OrderId), new("orderNumber", payment.Transaction),
                new("orderAmount", fen), new("extInfo", payment.Extra), new("payTime", "20140905152027")],
            RecipeStore.Huawei => [new("inAppPurchaseData", Contents(store, payment))],
            _ => [new("timestamp", "1644399124"), new("nonce", "797"), new("msg", Contents(store, payment))],
        };
        return new Dictionary<string, string>(fields, StringComparer.Ordinal);
    }

    private string Contents(RecipeStore store, RecipePayment payment)
    {
        var app = payment.App ?? App;
        var contents = store == RecipeStore.Huawei
            ? new JsonObject
            {
                ["autoRenewing"] = false, ["orderId"] = payment.Transaction, ["packageName"] = app, ["applicationId"] = 10_000_075, ["kind"] = 0, ["productId"] = "3",
                ["productName"] = "test33333", ["purchaseTime"] = 1_577_238_608_000, ["purchaseState"] = int.Parse(payment.State ?? "0", CultureInfo.InvariantCulture),
                ["developerPayload"] = payment.OrderId, ["purchaseToken"] = "0000016f3abf", ["consumptionState"] = 0, ["currency"] = payment.Currency, ["price"] = payment.Fen,
                ["country"] = "CN",
            }
            : new JsonObject
            {
                ["appid"] = app, ["cp_orderno"] = payment.OrderId, ["cp_extra"] = payment.Extra, ["order_no_channel"] = payment.Transaction, ["amount_cent"] = payment.Fen,
                ["amount_coin"] = 60, ["currency"] = payment.Currency,
            };
        if (payment.IsSandbox)
        {
            contents["purchaseType"] = 0;
        }
        return contents.ToJsonString(Plain);
    }

    private string Sign(RecipeStore store, Dictionary<string, string> fields, RecipeForgery forgery)
    {
        var key = forgery switch { RecipeForgery.WrongKey => "another key of another app", RecipeForgery.EmptyKey => "", _ => Key };
        var rsa = forgery == RecipeForgery.WrongKey ? _stranger : _store;
        string Pairs(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join('&', pairs.Select(pair => $"{pair.Key}={pair.Value}"));
        var sorted = fields.OrderBy(field => field.Key, StringComparer.Ordinal).ToList();
        switch (store)
        {
            case RecipeStore.Xiaomi:
                var text = Encoding.UTF8.GetBytes(Pairs(sorted.Where(field => field.Value.Length > 0)));
                return Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(key), text));
            case RecipeStore.Oppo:
                string[] names = ["attach", "count", "notifyId", "partnerOrder", "payResult", "paymentWay", "price", "productDesc", "productName"];
                return RsaSign(rsa, Pairs(names.Select(name => KeyValuePair.Create(name, fields.GetValueOrDefault(name, "")))), forgery);
            case RecipeStore.Vivo:
                var hashed = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(key)));
                return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(Pairs(sorted.Where(field => field.Value.Length > 0 && field.Key != "signMethod")) + "&" + hashed)));
            case RecipeStore.Huawei:
                return RsaSign(rsa, fields["inAppPurchaseData"], forgery);
            default:
                string[] values = [key, fields["timestamp"], fields["nonce"], fields["msg"]];
                return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(values.Order(StringComparer.Ordinal)))));
        }
    }

    private static string RsaSign(RSA key, string text, RecipeForgery forgery) => forgery == RecipeForgery.EmptyKey
        ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
        : Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
}
