using System.Security.Cryptography;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Google;

/// <summary>An app's settings for Google Play (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class GoogleSettings : IChannelSettings
{
    public const string ServiceAccountField = "serviceAccount";
    private const int NameCharsMax = 256;
    private const int AddressCharsMax = 1024;
    private const int KeyCharsMax = 4096;
    private const int KeyBitsMin = 2048;
    private const string ApiVersionDefault = "v3";
    private static readonly string[] Known =
    [
        "packageName", "publicKey", ServiceAccountField, "apiBase", "checkAccount", "consume", "acceptConsumed", "pushAudience",
        "pushEmail", "oidcCerts", "apiVersion", "productsApi", "refundRevokes", "refundReview", "sampleContentProvided",
        "reportsBucket", "storageBase",
    ];

    private static readonly Uri ApiBaseDefault = new("https://androidpublisher.googleapis.com");
    private static readonly Uri StorageDefault = new("https://storage.googleapis.com");
    private static readonly Uri OidcCertsDefault = new("https://www.googleapis.com/oauth2/v3/certs");
    private static readonly SettingsCache<GoogleSettings> Cache = new(GoogleChannel.ChannelName, Read);

    private KeyPool<RSA>? _publicKeys;

    private GoogleSettings()
    {
    }

    public string PackageName { get; private set; } = "";

    /// <summary>Whether a receipt that names a player must name the order's. Default true.</summary>
    public bool CheckAccount { get; private set; }

    /// <summary>Whether there is a key for the offline check.</summary>
    public bool HasPublicKey => _publicKeys is not null;

    /// <summary>The account that queries Google Play; null: it is not queried.</summary>
    public ServiceAccount? Account { get; private set; }

    public Uri ApiBase { get; private set; } = ApiBaseDefault;

    /// <summary>The API's version in its addresses.</summary>
    public string ApiVersion { get; private set; } = ApiVersionDefault;

    /// <summary>Whether purchases are fetched by <c>purchases.productsv2</c>, which knows several products in one; else by
    /// <c>purchases.products</c> only. Default true.</summary>
    public bool UsesProductsV2 { get; private set; } = true;

    /// <summary>Whether a refund takes the product away as well. Default true.</summary>
    public bool RefundRevokes { get; private set; } = true;

    /// <summary>What is answered to Google's questions about refunds; null (default): a person decides.</summary>
    public RefundPreference? RefundReview { get; private set; }

    /// <summary>Whether players could try the product before they bought it, as answers about refunds have to say. Default
    /// false.</summary>
    public bool SampleContentProvided { get; private set; }

    /// <summary>Whether a delivered purchase is consumed, so that the player can buy it again; else it is acknowledged only. Default
    /// true.</summary>
    public bool Consumes { get; private set; } = true;

    /// <summary>Whether a purchase that was consumed before it paid anything here may pay: for clients that consume by themselves. Default
    /// false.</summary>
    public bool AcceptsConsumed { get; private set; }

    /// <summary>What a notification's token must be made for; null: every notification is refused.</summary>
    public string? PushAudience { get; private set; }

    /// <summary>The service account that Pub/Sub pushes as; null: every notification is refused.</summary>
    public string? PushEmail { get; private set; }

    /// <summary>Where the keys of those tokens are.</summary>
    public Uri OidcCerts { get; private set; } = OidcCertsDefault;

    /// <summary>The bucket of Google Cloud Storage with the account's reports; null: they are not fetched.</summary>
    public string? ReportsBucket { get; private set; }

    public Uri StorageBase { get; private set; } = StorageDefault;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc cref="SettingsCache{T}.Find"/>
    public static GoogleSettings? Of(App app) => Cache.Find(app);

    public static GoogleSettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown(Known);
        var settings = new GoogleSettings
        {
            PackageName = fields.RequiredText("packageName", NameCharsMax) ?? "",
            CheckAccount = fields.Flag("checkAccount") ?? true,
        };
        if (fields.Text("publicKey", KeyCharsMax) is { } publicKey && !settings.TryKey(publicKey))
        {
            fields.AddFault($"publicKey must be the base64 DER SubjectPublicKeyInfo of an RSA key of at least {KeyBitsMin} bits");
        }
        if (fields.Element(ServiceAccountField) is { } element)
        {
            if (ServiceAccount.TryRead(element, out var account))
            {
                settings.Account = account;
            }
            else
            {
                fields.AddFault($"{ServiceAccountField} must be {ServiceAccount.Form}");
            }
        }
        settings.ApiBase = fields.Address("apiBase", AddressCharsMax) ?? ApiBaseDefault;
        settings.ReadApi(fields);
        settings.Consumes = fields.Flag("consume") ?? true;
        settings.AcceptsConsumed = fields.Flag("acceptConsumed") ?? false;
        settings.PushAudience = fields.Text("pushAudience", AddressCharsMax);
        settings.PushEmail = fields.Text("pushEmail", NameCharsMax);
        settings.OidcCerts = fields.Address("oidcCerts", AddressCharsMax) ?? OidcCertsDefault;
        settings.ReportsBucket = fields.Text("reportsBucket", NameCharsMax);
        settings.StorageBase = fields.Address("storageBase", AddressCharsMax) ?? StorageDefault;
        if (settings.ReportsBucket is { } bucket && (settings.Account is null || !bucket.All(IsOfBucketName)))
        {
            fields.AddFault($"reportsBucket must be a name such as pubsite_prod_rev_01234567890987654321, and needs {ServiceAccountField}");
        }
        settings.Faults = fields.Faults;
        return settings;
    }

    private void ReadApi(JsonFieldReader fields)
    {
        ApiVersion = fields.Text("apiVersion", NameCharsMax) ?? ApiVersionDefault;
        if (!ApiVersion.All(char.IsAsciiLetterOrDigit))
        {
            fields.AddFault($"apiVersion must be letters and digits, such as {ApiVersionDefault}");
        }
        var products = fields.Text("productsApi", NameCharsMax) ?? "v2";
        UsesProductsV2 = products == "v2";
        if (products is not ("v2" or "v1"))
        {
            fields.AddFault("productsApi must be v2 or v1");
        }
        RefundRevokes = fields.Flag("refundRevokes") ?? true;
        SampleContentProvided = fields.Flag("sampleContentProvided") ?? false;
        var review = fields.Text("refundReview", NameCharsMax) ?? RefundPreferences.Ask;
        RefundReview = RefundPreferences.Find(review);
        if (RefundReview is null && review != RefundPreferences.Ask)
        {
            fields.AddFault($"refundReview must be {RefundPreferences.Ask}, {RefundPreferences.Form}");
        }
    }

    /// <summary>Whether the signature is Google's over exactly these bytes: SHA1withRSA, PKCS#1 v1.5 (anchors/payments.md, "Google
    /// Play").</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_publicKeys is null)
        {
            return false;
        }
        using var rental = _publicKeys.Rent();
        return rental.Key.VerifyData(data, signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
    }

    private static bool IsOfBucketName(char character) =>
        char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '_' or '-' or '.';

    private bool TryKey(string base64)
    {
        var der = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, der, out var length))
        {
            return false;
        }
        using var key = RSA.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(der.AsSpan(0, length), out var read);
            if (read != length || key.KeySize < KeyBitsMin)
            {
                return false;
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
        var publicKey = der[..length];
        _publicKeys = new KeyPool<RSA>(() => Import(publicKey));
        return true;
    }

    private static RSA Import(byte[] publicKey)
    {
        var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key;
    }
}
