using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>How a client hands an App Store transaction on.</summary>
public enum AppleShape
{
    /// <summary><c>{"signedTransaction"}</c>.</summary>
    SignedTransaction,

    /// <summary><c>{"jwsRepresentation"}</c>.</summary>
    JwsRepresentation,

    /// <summary>Unity IAP: the JWS itself in <c>Payload</c>.</summary>
    Unity,

    /// <summary>Unity IAP: <c>{"signedTransaction"}</c> as a string in <c>Payload</c>.</summary>
    UnityObject,
}

/// <summary>What is wrong with a transaction that Apple did not sign.</summary>
public enum AppleForgery
{
    None,
    LeafWithoutOid,
    IntermediateWithoutOid,
    IntermediateNotCa,
    LeafIsCa,

    /// <summary>The leaf's key is on P-384.</summary>
    LeafP384,

    /// <summary>The leaf ended a day ago.</summary>
    LeafExpired,

    /// <summary>The leaf begins in a day.</summary>
    LeafNotYetValid,

    /// <summary>A whole chain of somebody else's, root included.</summary>
    ForeignRoot,

    /// <summary>Somebody else's leaf and intermediate, with the trusted root put behind them.</summary>
    ForeignChainTrustedRoot,

    /// <summary>Somebody else's leaf below the right intermediate and root.</summary>
    ForeignLeaf,

    /// <summary>The leaf was signed by the root, and the intermediate stands idle between them.</summary>
    LeafOfRoot,

    /// <summary>A root that is a CA under another one.</summary>
    RootNotSelfSigned,
    TwoCertificates,
    FourCertificates,
    NoCertificates,

    /// <summary>Root, intermediate, leaf.</summary>
    ReversedCertificates,

    /// <summary>Intermediate, leaf, root.</summary>
    SwappedCertificates,

    /// <summary>The chain is good, but another key signed.</summary>
    OtherKey,
    FlippedPayloadByte,
    FlippedSignatureByte,
    ZeroSignature,

    /// <summary>The signature in ASN.1 DER, not r‖s.</summary>
    DerSignature,
    EmptySignature,

    /// <summary><c>alg</c> is <c>none</c>, without a signature.</summary>
    AlgNone,

    /// <summary><c>alg</c> is <c>HS256</c>, with the leaf's public key as the secret.</summary>
    AlgHs256,

    /// <summary><c>alg</c> says <c>ES384</c> over a good ES256 signature.</summary>
    AlgEs384,

    /// <summary>The header holds <c>crit</c>.</summary>
    CriticalHeader,
}

/// <summary>One transaction as the App Store tells of it. What is null is left out of the payload.</summary>
public sealed record AppleTransaction
{
    public required string BundleId { get; init; }
    public required string ProductId { get; init; }

    /// <summary>Drawn at random where it is not set.</summary>
    public string TransactionId { get; init; } = "2" + RandomNumberGenerator.GetString("0123456789", 15);

    /// <summary>Null: the same as <see cref="TransactionId"/>.</summary>
    public string? OriginalTransactionId { get; init; }

    /// <summary><c>Production</c>, <c>Sandbox</c> or <c>Xcode</c>.</summary>
    public string? Environment { get; init; } = "Production";

    public string? Type { get; init; } = "Consumable";
    public int? Quantity { get; init; } = 1;

    /// <summary>The UUID by which the game named its player.</summary>
    public string? AppAccountToken { get; init; }

    public string? InAppOwnershipType { get; init; } = "PURCHASED";

    /// <summary>Unix milliseconds; null: now.</summary>
    public long? PurchaseDateMs { get; init; }

    /// <summary>Unix milliseconds; null: now.</summary>
    public long? SignedDateMs { get; init; }

    /// <summary>Unix milliseconds; set: the purchase was refunded.</summary>
    public long? RevocationDateMs { get; init; }

    /// <summary><c>REFUND_FULL</c>, <c>REFUND_PRORATED</c> or <c>FAMILY_REVOKE</c>.</summary>
    public string? RevocationType { get; init; }

    /// <summary>How much was given back, in thousandths of a percent: 33333 is one of three pieces.</summary>
    public int? RevocationPercentage { get; init; }

    public string? Currency { get; init; }

    /// <summary>Thousandths of the unit, for the whole quantity: 990 is 0.99.</summary>
    public long? PriceMilli { get; init; }

    public string? Storefront { get; init; } = "CHN";
}

/// <summary>The App Store's side of a purchase: it makes its own certificates with Apple's extensions and signs transactions (anchors/payments.md, "Apple").
/// Written apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed class AppStore : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly AppStoreCertificates _certificates;
    private readonly Lock _signing = new();

    public AppStore(TimeProvider clock)
    {
        _clock = clock;
        _certificates = new AppStoreCertificates(clock.GetUtcNow());
    }

    /// <summary>The root that an app must list to trust this store: base64 DER.</summary>
    public string RootCertificate => Convert.ToBase64String(_certificates.Root);

    /// <summary>The one certificate that Xcode signs with in a session of StoreKit Testing: base64 DER.</summary>
    public string XcodeCertificate
    {
        get
        {
            lock (_signing)
            {
                return Convert.ToBase64String(_certificates.Xcode.X5c[0]);
            }
        }
    }

    /// <summary>The settings of an app's channel <c>apple</c> that go with this store, JSON.</summary>
    public string Settings(string bundleId, string environment = "Production") => JsonText.Object(json =>
    {
        json.WriteString("bundleId", bundleId);
        json.WriteString("environment", environment);
        json.WriteStartArray("rootCertificates");
        json.WriteStringValue(RootCertificate);
        json.WriteEndArray();
    });

    /// <summary>The receipt of a transaction, as a client sends it in <c>payreturndata</c>.</summary>
    public string Purchase(AppleTransaction transaction, AppleShape shape = AppleShape.SignedTransaction, AppleForgery forgery = AppleForgery.None) =>
        Receipt(Sign(transaction, forgery), shape);

    /// <summary>The JWS of a transaction.</summary>
    public string Sign(AppleTransaction transaction, AppleForgery forgery = AppleForgery.None) => SignPayload(Payload(transaction), forgery);

    /// <summary>The payload of a transaction as JSON, unsigned.</summary>
    public string Payload(AppleTransaction transaction)
    {
        var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        return JsonText.Object(json =>
        {
            json.WriteString("transactionId", transaction.TransactionId);
            json.WriteString("originalTransactionId", transaction.OriginalTransactionId ?? transaction.TransactionId);
            json.WriteString("bundleId", transaction.BundleId);
            json.WriteString("productId", transaction.ProductId);
            json.WriteNumber("purchaseDate", transaction.PurchaseDateMs ?? nowMs);
            Write(json, "quantity", transaction.Quantity);
            Write(json, "type", transaction.Type);
            Write(json, "appAccountToken", transaction.AppAccountToken);
            Write(json, "inAppOwnershipType", transaction.InAppOwnershipType);
            json.WriteNumber("signedDate", transaction.SignedDateMs ?? nowMs);
            Write(json, "revocationDate", transaction.RevocationDateMs);
            Write(json, "revocationType", transaction.RevocationType);
            Write(json, "revocationPercentage", transaction.RevocationPercentage);
            Write(json, "environment", transaction.Environment);
            Write(json, "storefront", transaction.Storefront);
            Write(json, "price", transaction.PriceMilli);
            Write(json, "currency", transaction.Currency);
        });
    }

    /// <summary>Signs any payload text, also one that is no transaction.</summary>
    public string SignPayload(string payload, AppleForgery forgery = AppleForgery.None)
    {
        lock (_signing)
        {
            var chain = _certificates.Chain(forgery);
            var signed = Encode(Header(chain, forgery)) + "." + Encode(payload);
            var signature = Signature(chain, Encoding.ASCII.GetBytes(signed), forgery);
            if (forgery == AppleForgery.FlippedPayloadByte)
            {
                var changed = Encoding.UTF8.GetBytes(payload);
                changed[^3] ^= 1;
                signed = signed[..signed.IndexOf('.', StringComparison.Ordinal)] + "." + Base64Url.EncodeToString(changed);
            }
            return signed + "." + Base64Url.EncodeToString(signature);
        }
    }

    /// <summary>Signs any payload as Xcode does: <c>kid</c> <c>Apple_Xcode_Key</c>, one self-signed certificate in <c>x5c</c>.</summary>
    public string SignXcode(string payload)
    {
        lock (_signing)
        {
            var (key, x5c) = _certificates.Xcode;
            var header = JsonText.Object(json =>
            {
                json.WriteString("kid", "Apple_Xcode_Key");
                json.WriteStartArray("x5c");
                json.WriteStringValue(Convert.ToBase64String(x5c[0]));
                json.WriteEndArray();
                json.WriteString("typ", "JWT");
                json.WriteString("alg", "ES256");
            });
            var signed = Encode(header) + "." + Encode(payload);
            return signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        }
    }

    /// <summary>A transaction as Xcode writes it: its own numbers from 0 on, times with fractions of a millisecond. Unsigned.</summary>
    public string XcodePayload(AppleTransaction transaction)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds() + 0.7297;
        return JsonText.Object(json =>
        {
            json.WriteString("productId", transaction.ProductId);
            json.WriteString("environment", "Xcode");
            json.WriteNumber("quantity", transaction.Quantity ?? 1);
            json.WriteNumber("originalPurchaseDate", now - 7.125);
            json.WriteString("storefront", "USA");
            json.WriteString("storefrontId", "143441");
            json.WriteNumber("signedDate", now);
            json.WriteString("inAppOwnershipType", "PURCHASED");
            json.WriteString("originalTransactionId", transaction.OriginalTransactionId ?? transaction.TransactionId);
            json.WriteString("type", "Consumable");
            json.WriteString("deviceVerification", "c2ltdWxhdGVk");
            json.WriteString("deviceVerificationNonce", "48c8b92d-ce0d-4229-bedf-e61b4f9cfc92");
            json.WriteString("transactionId", transaction.TransactionId);
            json.WriteString("bundleId", transaction.BundleId);
            json.WriteNumber("purchaseDate", now - 7.125);
        });
    }

    /// <summary>Signs any header and payload with the genuine leaf's key: for headers that no <see cref="AppleForgery"/> makes.</summary>
    public string SignRaw(string header, string payload)
    {
        lock (_signing)
        {
            var signed = Encode(header) + "." + Encode(payload);
            var key = _certificates.Chain(AppleForgery.None).Key;
            return signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        }
    }

    /// <summary>Puts a JWS, whatever it is, into the shape that a client sends.</summary>
    public static string Receipt(string jws, AppleShape shape = AppleShape.SignedTransaction) => shape switch
    {
        AppleShape.SignedTransaction => JsonText.Object(json => json.WriteString("signedTransaction", jws)),
        AppleShape.JwsRepresentation => JsonText.Object(json => json.WriteString("jwsRepresentation", jws)),
        AppleShape.Unity => JsonText.Unity("AppleAppStore", "", jws),
        AppleShape.UnityObject => JsonText.Unity("AppleAppStore", "", JsonText.Object(json => json.WriteString("signedTransaction", jws))),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "is not a shape"),
    };

    public void Dispose() => _certificates.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Header(AppStoreCertificates.SigningChain chain, AppleForgery forgery) => JsonText.Object(json =>
    {
        json.WriteString("alg", forgery switch
        {
            AppleForgery.AlgNone => "none",
            AppleForgery.AlgHs256 => "HS256",
            AppleForgery.AlgEs384 => "ES384",
            _ => "ES256",
        });
        if (forgery == AppleForgery.CriticalHeader)
        {
            json.WriteStartArray("crit");
            json.WriteStringValue("b64");
            json.WriteEndArray();
        }
        json.WriteStartArray("x5c");
        foreach (var certificate in chain.X5c)
        {
            json.WriteStringValue(Convert.ToBase64String(certificate));
        }
        json.WriteEndArray();
    });

    private static byte[] Signature(AppStoreCertificates.SigningChain chain, byte[] signed, AppleForgery forgery)
    {
        var signature = forgery switch
        {
            AppleForgery.AlgNone or AppleForgery.EmptySignature => [],
            AppleForgery.AlgHs256 => HMACSHA256.HashData(chain.Key.ExportSubjectPublicKeyInfo(), signed),
            AppleForgery.DerSignature => chain.Key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            AppleForgery.ZeroSignature => new byte[64],
            _ => chain.Key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        };
        if (forgery == AppleForgery.FlippedSignatureByte)
        {
            signature[10] ^= 1;
        }
        return signature;
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
