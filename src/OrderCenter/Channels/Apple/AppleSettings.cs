using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>An app's settings for the App Store (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class AppleSettings
{
    public const string PrivateKeyField = "privateKey";
    public const string Production = "Production";
    public const string Sandbox = "Sandbox";
    public const string Xcode = "Xcode";

    /// <summary>SHA-256 of Apple Root CA - G3 (anchors/payments.md, "JWS transaction").</summary>
    public const string AppleRootFingerprint = "63343ABFB89A6A03EBB57E9B3F5FA7BE7C4F5C756F3017B3A8C488C3653E9179";

    private const int NameCharsMax = 256;
    private const int AddressCharsMax = 1024;
    private const int KeyCharsMax = 4096;
    private const int RootsMax = 16;
    private const int RootCharsMax = 16 * 1024;

    /// <summary>Apple signs with one certificate for about two years; the others leave room for the sandbox, Xcode and a change of certificates.</summary>
    private const int ChainsMax = 16;

    private static readonly string[] Known =
        ["bundleId", "environment", "rootCertificates", "issuerId", "keyId", PrivateKeyField, "apiBase", "checkAccount"];

    private static readonly ConditionalWeakTable<App, AppleSettings> Cache = [];

    private readonly HashSet<string> _rootFingerprints = new(StringComparer.Ordinal) { AppleRootFingerprint };
    private readonly ConcurrentDictionary<string, SigningCertificate> _chains = new(StringComparer.Ordinal);

    private AppleSettings()
    {
    }

    public string BundleId { get; private set; } = "";

    /// <summary><see cref="Production"/> (default), <see cref="Sandbox"/> or <see cref="Xcode"/>.</summary>
    public string Environment { get; private set; } = Production;

    /// <summary>Whether a receipt that names a player must name the order's. Default true.</summary>
    public bool CheckAccount { get; private set; }

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>The app's settings; null where it has none, or none that are free of faults: such a channel is closed, not open.</summary>
    public static AppleSettings? Of(App app)
    {
        if (!app.Channels.ContainsKey(AppleChannel.ChannelName))
        {
            return null;
        }
        var settings = Cache.GetValue(app, static app => Read(app.Channels[AppleChannel.ChannelName]));
        return settings.Faults.Count == 0 ? settings : null;
    }

    public static AppleSettings Read(JsonElement json)
    {
        var fields = new Fields(json);
        fields.OnlyKnown(Known);
        var settings = new AppleSettings
        {
            BundleId = fields.RequiredText("bundleId", NameCharsMax) ?? "",
            Environment = fields.Text("environment", NameCharsMax) ?? Production,
            CheckAccount = fields.Flag("checkAccount") ?? true,
        };
        if (settings.Environment is not (Production or Sandbox or Xcode))
        {
            fields.Note($"environment must be {Production}, {Sandbox} or {Xcode}");
        }
        settings.ReadRoots(fields);
        fields.Text("issuerId", NameCharsMax);
        fields.Text("keyId", NameCharsMax);
        if (fields.Text(PrivateKeyField, KeyCharsMax) is { } privateKey && !IsPrivateKey(privateKey))
        {
            fields.Note($"{PrivateKeyField} must be a P-256 EC private key in PKCS#8, as PEM (the .p8 file's text) or base64 DER");
        }
        fields.Address("apiBase", AddressCharsMax);
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>Whether a root of this fingerprint (SHA-256, upper-case hex) is trusted: Apple's own, pinned, or one that the app lists.</summary>
    public bool Trusts(string rootFingerprint) => _rootFingerprints.Contains(rootFingerprint);

    /// <summary>The signing certificate of a JWS header that has been verified before; null where there is none.</summary>
    public SigningCertificate? Remembered(string header) => _chains.GetValueOrDefault(header);

    /// <summary>Keeps a verified chain. Only for a header whose signature was found good, so that nobody else can fill the memory.</summary>
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

    private void ReadRoots(Fields fields)
    {
        if (fields.Element("rootCertificates") is not { } list)
        {
            return;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > RootsMax)
        {
            fields.Note($"rootCertificates must be an array of at most {RootsMax} certificates");
            return;
        }
        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            if (RootFingerprint(element) is { } fingerprint)
            {
                _rootFingerprints.Add(fingerprint);
            }
            else
            {
                fields.Note($"rootCertificates[{index}] must be the base64 DER of a self-issued CA certificate");
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

    private static bool IsPrivateKey(string text)
    {
        using var key = ECDsa.Create();
        try
        {
            if (text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                key.ImportFromPem(text);
            }
            else
            {
                var der = new byte[text.Length];
                if (!Convert.TryFromBase64String(text, der, out var length))
                {
                    return false;
                }
                key.ImportPkcs8PrivateKey(der.AsSpan(0, length), out _);
            }
            // A public key alone cannot be exported so, and throws.
            var parameters = key.ExportParameters(includePrivateParameters: true);
            return parameters.D is not null && parameters.Curve.IsNamed && parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
