using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Simulator.Stores;

/// <summary>How a client hands a Google Play purchase on.</summary>
public enum GoogleShape
{
    /// <summary><c>{"json","signature"}</c>.</summary>
    Json,

    /// <summary><c>{"purchaseData","dataSignature"}</c>.</summary>
    PurchaseData,

    /// <summary><c>{"INAPP_PURCHASE_DATA","INAPP_DATA_SIGNATURE"}</c>.</summary>
    Intent,

    /// <summary><c>{"data","signature"}</c>, as client libraries name it.</summary>
    Data,

    /// <summary><c>{"dataAndroid","signatureAndroid"}</c>, likewise.</summary>
    DataAndroid,

    /// <summary>Unity IAP: the first form as a string in <c>Payload</c>.</summary>
    Unity,

    /// <summary><c>{"packageName","productId","purchaseToken"}</c>, for the online check.</summary>
    Token,
}

/// <summary>What is wrong with a purchase that Google did not make.</summary>
public enum GoogleForgery
{
    None,

    /// <summary>Signed by somebody else's key.</summary>
    WrongKey,

    /// <summary>One byte of the data was changed after it was signed.</summary>
    ChangedData,

    /// <summary>One byte of the signature was changed.</summary>
    ChangedSignature,

    /// <summary>The right key, but SHA-256 in place of SHA-1.</summary>
    WrongHash,

    /// <summary>The right key and hash, but PSS padding.</summary>
    WrongPadding,

    /// <summary>A signature of zeros.</summary>
    ZeroSignature,
}

/// <summary>One purchase as Google Play tells of it. What is null is left out of the data.</summary>
public sealed record GooglePurchase
{
    public required string PackageName { get; init; }
    public required string ProductId { get; init; }

    /// <summary>Drawn at random where it is not set.</summary>
    public string PurchaseToken { get; init; } =
        RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 24) + ".AO-J1O" + RandomNumberGenerator.GetHexString(40);

    /// <summary><c>GPA.…</c>, drawn at random where it is not set.</summary>
    public string? OrderId { get; init; } = DrawOrderId();

    /// <summary>Unix milliseconds; null: now.</summary>
    public long? PurchaseTimeMs { get; init; }

    /// <summary>0 purchased, 1 cancelled, 2 pending.</summary>
    public int? PurchaseState { get; init; } = 0;

    public int? Quantity { get; init; }

    /// <summary>What was bought in the same purchase beside <see cref="ProductId"/>, one of each.</summary>
    public IReadOnlyList<string> MoreProducts { get; init; } = [];

    public string? ObfuscatedAccountId { get; init; }
    public string? ObfuscatedProfileId { get; init; }

    private static string DrawOrderId()
    {
        var digits = RandomNumberGenerator.GetString("0123456789", 17);
        return string.Create(CultureInfo.InvariantCulture, $"GPA.{digits[..4]}-{digits[4..8]}-{digits[8..12]}-{digits[12..]}");
    }
}

/// <summary>Google Play's side of a purchase: it has the app's licensing key and signs what the player bought (anchors/payments.md, "Google Play").
/// Written apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed class GooglePlay(TimeProvider clock) : IDisposable
{
    private const int KeyBits = 2048;
    private readonly RSA _key = RSA.Create(KeyBits);
    private readonly Lazy<RSA> _foreignKey = new(() => RSA.Create(KeyBits));
    private readonly Lock _signing = new();

    /// <summary>The app's licensing key as the Play Console shows it: base64 SubjectPublicKeyInfo.</summary>
    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    /// <summary>The settings of an app's channel <c>google</c> that go with this store, JSON.</summary>
    public string Settings(string packageName) => JsonText.Object(json =>
    {
        json.WriteString("packageName", packageName);
        json.WriteString("publicKey", PublicKey);
    });

    /// <summary>The receipt of a purchase, as a client sends it in <c>payreturndata</c>.</summary>
    public string Purchase(GooglePurchase purchase, GoogleShape shape = GoogleShape.Json, GoogleForgery forgery = GoogleForgery.None)
    {
        if (shape == GoogleShape.Token)
        {
            return JsonText.Object(json =>
            {
                json.WriteString("packageName", purchase.PackageName);
                json.WriteString("productId", purchase.ProductId);
                json.WriteString("purchaseToken", purchase.PurchaseToken);
            });
        }
        var data = Data(purchase);
        var signature = Sign(data, forgery);
        return Receipt(forgery == GoogleForgery.ChangedData ? ChangeByte(data) : data, signature, shape);
    }

    /// <summary>The purchase data (INAPP_PURCHASE_DATA) as JSON, unsigned.</summary>
    public string Data(GooglePurchase purchase) => JsonText.Object(json =>
    {
        if (purchase.OrderId is not null)
        {
            json.WriteString("orderId", purchase.OrderId);
        }
        json.WriteString("packageName", purchase.PackageName);
        if (purchase.MoreProducts.Count == 0)
        {
            json.WriteString("productId", purchase.ProductId);
        }
        else
        {
            json.WriteStartArray("productIds");
            foreach (var product in purchase.MoreProducts.Prepend(purchase.ProductId))
            {
                json.WriteStringValue(product);
            }
            json.WriteEndArray();
        }
        json.WriteNumber("purchaseTime", purchase.PurchaseTimeMs ?? clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (purchase.PurchaseState is { } state)
        {
            json.WriteNumber("purchaseState", state);
        }
        json.WriteString("purchaseToken", purchase.PurchaseToken);
        if (purchase.ObfuscatedAccountId is not null)
        {
            json.WriteString("obfuscatedAccountId", purchase.ObfuscatedAccountId);
        }
        if (purchase.ObfuscatedProfileId is not null)
        {
            json.WriteString("obfuscatedProfileId", purchase.ObfuscatedProfileId);
        }
        if (purchase.Quantity is { } quantity)
        {
            json.WriteNumber("quantity", quantity);
        }
        json.WriteBoolean("acknowledged", value: false);
    });

    /// <summary>Signs any text, also one that is no purchase; base64.</summary>
    public string Sign(string data, GoogleForgery forgery = GoogleForgery.None)
    {
        var hash = forgery == GoogleForgery.WrongHash ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        var padding = forgery == GoogleForgery.WrongPadding ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        byte[] signature;
        lock (_signing)
        {
            var key = forgery == GoogleForgery.WrongKey ? _foreignKey.Value : _key;
            signature = key.SignData(Encoding.UTF8.GetBytes(data), hash, padding);
        }
        if (forgery == GoogleForgery.ChangedSignature)
        {
            signature[^1] ^= 1;
        }
        if (forgery == GoogleForgery.ZeroSignature)
        {
            signature.AsSpan().Clear();
        }
        return Convert.ToBase64String(signature);
    }

    /// <summary>Puts data and signature, whatever they are, into the shape that a client sends.</summary>
    public static string Receipt(string data, string signature, GoogleShape shape = GoogleShape.Json) => shape switch
    {
        GoogleShape.Json => Pair("json", data, "signature", signature),
        GoogleShape.PurchaseData => Pair("purchaseData", data, "dataSignature", signature),
        GoogleShape.Intent => Pair("INAPP_PURCHASE_DATA", data, "INAPP_DATA_SIGNATURE", signature),
        GoogleShape.Data => Pair("data", data, "signature", signature),
        GoogleShape.DataAndroid => Pair("dataAndroid", data, "signatureAndroid", signature),
        GoogleShape.Unity => JsonText.Unity("GooglePlay", "", Pair("json", data, "signature", signature)),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "has no signature"),
    };

    public void Dispose()
    {
        _key.Dispose();
        if (_foreignKey.IsValueCreated)
        {
            _foreignKey.Value.Dispose();
        }
    }

    private static string Pair(string dataName, string data, string signatureName, string signature) => JsonText.Object(json =>
    {
        json.WriteString(dataName, data);
        json.WriteString(signatureName, signature);
    });

    /// <summary>Changes a letter inside the purchase token, so that the data is still JSON.</summary>
    private static string ChangeByte(string data)
    {
        var at = data.IndexOf("\"purchaseToken\":\"", StringComparison.Ordinal) + "\"purchaseToken\":\"".Length;
        return string.Concat(data.AsSpan(0, at), data[at] == 'x' ? "y" : "x", data.AsSpan(at + 1));
    }
}
