using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Apple;

/// <summary>An app's settings for the App Store (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class AppleSettings : IChannelSettings
{
    public const string PrivateKeyField = "privateKey";
    public const string SharedSecretField = "sharedSecret";
    public const string Production = "Production";
    public const string Sandbox = "Sandbox";
    public const string Xcode = "Xcode";

    /// <summary>The order's token is given in the native API's <c>pay</c>.</summary>
    public const string OrderTokenInPay = "pay";

    /// <summary>It is also given in createorder's answer.</summary>
    public const string OrderTokenInCreateOrder = "createorder";

    private const string OrderTokenNowhere = "none";

    /// <summary>SHA-256 of Apple Root CA - G3 (anchors/payments.md, "JWS transaction").</summary>
    public const string AppleRootFingerprint = "63343ABFB89A6A03EBB57E9B3F5FA7BE7C4F5C756F3017B3A8C488C3653E9179";

    private const int NameCharsMax = 256;
    private const int AddressCharsMax = 1024;
    private const int RootsMax = 16;
    private const int RootCharsMax = 16 * 1024;

    /// <summary>Apple signs with one certificate for about two years; the others leave room for the sandbox, Xcode and a change of
    /// certificates.</summary>
    private const int ChainsMax = 16;

    private static readonly string[] Known =
    [
        "bundleId", "environment", "rootCertificates", "checkAccount", "issuerId", "keyId", PrivateKeyField, "apiBase", "sandboxApiBase",
        "checkOnline", "consumption",
        "orderToken", "setOrderToken", "finish", "refundReview",
        SharedSecretField, "verifyReceiptUrl", "sandboxVerifyReceiptUrl", .. AppleReportSettings.Known,
    ];

    private static readonly Uri ApiDefault = new("https://api.storekit.apple.com");
    private static readonly Uri SandboxApiDefault = new("https://api.storekit-sandbox.apple.com");
    private static readonly Uri VerifyReceiptDefault = new("https://buy.itunes.apple.com/verifyReceipt");
    private static readonly Uri SandboxVerifyReceiptDefault = new("https://sandbox.itunes.apple.com/verifyReceipt");

    private static readonly SettingsCache<AppleSettings> Cache = new(AppleChannel.ChannelName, Read);

    private readonly HashSet<string> _listedFingerprints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SigningCertificate> _chains = new(StringComparer.Ordinal);

    private AppleSettings()
    {
    }

    public string BundleId { get; private set; } = "";

    /// <summary><see cref="Production"/> (default), <see cref="Sandbox"/> or <see cref="Xcode"/>.</summary>
    public string Environment { get; private set; } = Production;

    /// <summary>Whether a receipt that names a player must name the order's. Default true.</summary>
    public bool CheckAccount { get; private set; }

    /// <summary>The key of the App Store Server API; null: it is not called.</summary>
    public ApiKey? Api { get; private set; }

    public Uri ApiBase { get; private set; } = ApiDefault;

    public Uri SandboxApiBase { get; private set; } = SandboxApiDefault;

    /// <summary>Whether a signed transaction is also queried at the store, to see a later refund. Default false: what is signed is
    /// authentic.</summary>
    public bool CheckOnline { get; private set; }

    /// <summary>Where the client of an order is given its token: <see cref="OrderTokenInPay"/> (default), <see
    /// cref="OrderTokenInCreateOrder"/> or <c>none</c>.</summary>
    public string OrderToken { get; private set; } = OrderTokenInPay;

    /// <summary>Whether a delivered purchase that came without a token is given the order's. Default false: it costs two calls.</summary>
    public bool SetsOrderToken { get; private set; }

    /// <summary>Whether a delivered purchase is finished at Apple, so that its client need not. Default false.</summary>
    public bool Finishes { get; private set; }

    /// <summary>What is reported of a purchase whose refund the player requests; null: nothing.</summary>
    public ConsumptionConsent? Consumption { get; private set; }

    /// <summary>Whether a person answers Apple's questions about refunds where <see cref="Consumption"/> does not. Default false: a person
    /// would have to know the player's consent.</summary>
    public bool AsksPeople { get; private set; }

    /// <summary>Whether old app receipts are checked by verifyReceipt: only where the app sets something of it.</summary>
    public bool TakesAppReceipts { get; private set; }

    /// <summary>The app's shared secret for verifyReceipt; only receipts with subscriptions need one.</summary>
    public string? SharedSecret { get; private set; }

    public Uri VerifyReceiptUrl { get; private set; } = VerifyReceiptDefault;

    public Uri SandboxVerifyReceiptUrl { get; private set; } = SandboxVerifyReceiptDefault;

    /// <summary>How sales reports are fetched; null: they are not.</summary>
    public AppleReportSettings? Reports { get; private set; }

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc cref="SettingsCache{T}.Find"/>
    public static AppleSettings? Of(App app) => Cache.Find(app);

    public static AppleSettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown(Known);
        var settings = new AppleSettings
        {
            BundleId = fields.RequiredText("bundleId", NameCharsMax) ?? "",
            Environment = fields.Text("environment", NameCharsMax) ?? Production,
            CheckAccount = fields.Flag("checkAccount") ?? true,
        };
        if (settings.Environment is not (Production or Sandbox or Xcode))
        {
            fields.AddFault($"environment must be {Production}, {Sandbox} or {Xcode}");
        }
        settings.ReadRoots(fields);
        settings.ReadApi(fields);
        settings.ReadVerifyReceipt(fields);
        settings.Reports = AppleReportSettings.Read(fields, fields.Text("issuerId", NameCharsMax));
        settings.Faults = fields.Faults;
        return settings;
    }

    private void ReadApi(JsonFieldReader fields)
    {
        var issuerId = fields.Text("issuerId", NameCharsMax);
        var keyId = fields.Text("keyId", NameCharsMax);
        var key = ApiKey.ReadPrivateKey(fields, PrivateKeyField);
        Api = issuerId is not null && keyId is not null && key is not null ? new ApiKey(issuerId, keyId, key) : null;
        ApiBase = fields.Address("apiBase", AddressCharsMax) ?? ApiDefault;
        SandboxApiBase = fields.Address("sandboxApiBase", AddressCharsMax) ?? SandboxApiDefault;
        CheckOnline = fields.Flag("checkOnline") ?? false;
        Consumption = ConsumptionConsent.Read(fields);
        OrderToken = fields.Text("orderToken", NameCharsMax) ?? OrderTokenInPay;
        if (OrderToken is not (OrderTokenInPay or OrderTokenInCreateOrder or OrderTokenNowhere))
        {
            fields.AddFault($"orderToken must be {OrderTokenInPay}, {OrderTokenInCreateOrder} or {OrderTokenNowhere}");
        }
        SetsOrderToken = NeedsApi(fields, "setOrderToken");
        Finishes = NeedsApi(fields, "finish");
        AsksPeople = fields.Text("refundReview", NameCharsMax) switch
        {
            RefundPreferences.Ask => true,
            null or "none" => false,
            _ => Refuse(fields, $"refundReview must be {RefundPreferences.Ask} or none; consumption answers by itself"),
        };
    }

    private static bool Refuse(JsonFieldReader fields, string fault)
    {
        fields.AddFault(fault);
        return false;
    }

    /// <summary>A setting that takes the App Store Server API.</summary>
    private bool NeedsApi(JsonFieldReader fields, string name)
    {
        var isWanted = fields.Flag(name) ?? false;
        if (isWanted && Api is null)
        {
            fields.AddFault($"{name} needs issuerId, keyId and {PrivateKeyField}");
        }
        return isWanted;
    }

    private void ReadVerifyReceipt(JsonFieldReader fields)
    {
        SharedSecret = fields.Text(SharedSecretField, NameCharsMax);
        var address = fields.Address("verifyReceiptUrl", AddressCharsMax);
        TakesAppReceipts = SharedSecret is not null || address is not null;
        VerifyReceiptUrl = address ?? VerifyReceiptDefault;
        SandboxVerifyReceiptUrl = fields.Address("sandboxVerifyReceiptUrl", AddressCharsMax) ?? SandboxVerifyReceiptDefault;
    }

    /// <summary>Whether a root of this fingerprint (SHA-256, upper-case hex) is trusted: Apple's own, pinned, or one that the app
    /// lists.</summary>
    public bool Trusts(string rootFingerprint) => rootFingerprint == AppleRootFingerprint || Lists(rootFingerprint);

    /// <summary>Whether the app itself lists a certificate of this fingerprint.</summary>
    public bool Lists(string fingerprint) => _listedFingerprints.Contains(fingerprint);

    /// <summary>Whether this is a channel of the environment <see cref="Xcode"/>: only there is looked at what Xcode signs with one
    /// certificate of its own, and Apple's servers know nothing of it.</summary>
    public bool IsXcode => Environment == Xcode;

    /// <summary>The API's address for a purchase.</summary>
    public Uri ApiOf(Payment payment) => payment.Environment == Production ? ApiBase : SandboxApiBase;

    /// <summary>The signing certificate of a JWS header that has been verified before; null where there is none.</summary>
    public SigningCertificate? Remembered(string header) => _chains.GetValueOrDefault(header);

    /// <summary>Caches a verified chain. Only for a header whose signature was verified, so that nobody else can fill the memory.</summary>
    public void Remember(string header, SigningCertificate certificate)
    {
        if (_chains.ContainsKey(header))
        {
            return;
        }
        if (_chains.Count >= ChainsMax)
        {
            _chains.Clear();
        }
        _chains.TryAdd(header, certificate);
    }

    private void ReadRoots(JsonFieldReader fields)
    {
        if (fields.Element("rootCertificates") is not { } list)
        {
            return;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > RootsMax)
        {
            fields.AddFault($"rootCertificates must be an array of at most {RootsMax} certificates");
            return;
        }
        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            if (RootFingerprint(element) is { } fingerprint)
            {
                _listedFingerprints.Add(fingerprint);
            }
            else
            {
                fields.AddFault($"rootCertificates[{index}] must be the base64 DER of a self-issued CA certificate");
            }
            index++;
        }
    }

    private static string? RootFingerprint(JsonElement element)
    {
        if (!StrictBase64.TryDecode(element, RootCharsMax, out var der))
        {
            return null;
        }
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawDataMemory.Span.SequenceEqual(der)
                && certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                && SigningCertificate.IsAuthority(certificate)
                ? Convert.ToHexString(SHA256.HashData(der))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
