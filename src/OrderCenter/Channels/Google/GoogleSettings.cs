using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>An app's settings for Google Play (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class GoogleSettings
{
    public const string ServiceAccountField = "serviceAccount";
    private const int NameCharsMax = 256;
    private const int AddressCharsMax = 1024;
    private const int KeyCharsMax = 4096;
    private const int KeyBitsMin = 2048;
    private static readonly int IdleKeysMax = Environment.ProcessorCount;
    private static readonly string[] Known =
    [
        "packageName", "publicKey", ServiceAccountField, "apiBase", "checkAccount", "consume", "acceptConsumed", "pushAudience", "pushEmail", "oidcCerts",
    ];

    private static readonly Uri ApiBaseDefault = new("https://androidpublisher.googleapis.com");
    private static readonly Uri OidcCertsDefault = new("https://www.googleapis.com/oauth2/v3/certs");
    private static readonly ConditionalWeakTable<App, GoogleSettings> Cache = [];

    // RSA promises nothing for concurrent use of one object, and importing the key costs seven times the check itself (124 against 17 µs), so imported
    // keys are lent to one check at a time and kept.
    private readonly ConcurrentQueue<RSA> _idleKeys = new();
    private byte[]? _publicKey;

    private GoogleSettings()
    {
    }

    public string PackageName { get; private set; } = "";

    /// <summary>Whether a receipt that names a player must name the order's. Default true.</summary>
    public bool CheckAccount { get; private set; }

    /// <summary>Whether there is a key for the offline check.</summary>
    public bool HasPublicKey => _publicKey is not null;

    /// <summary>Who asks Google Play; null: it is not asked.</summary>
    public ServiceAccount? Account { get; private set; }

    public Uri ApiBase { get; private set; } = ApiBaseDefault;

    /// <summary>Whether a delivered purchase is consumed, so that the player can buy it again; else it is acknowledged only. Default true.</summary>
    public bool Consumes { get; private set; } = true;

    /// <summary>Whether a purchase that was consumed before it paid anything here may pay: for clients that consume by themselves. Default false.</summary>
    public bool AcceptsConsumed { get; private set; }

    /// <summary>What a notification's token must be made for; null: no notification is taken.</summary>
    public string? PushAudience { get; private set; }

    /// <summary>The service account that Pub/Sub pushes as; null: no notification is taken.</summary>
    public string? PushEmail { get; private set; }

    /// <summary>Where the keys of those tokens are.</summary>
    public Uri OidcCerts { get; private set; } = OidcCertsDefault;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>The app's settings; null where it has none, or none that are free of faults: such a channel is closed, not open.</summary>
    public static GoogleSettings? Of(App app)
    {
        if (!app.Channels.ContainsKey(GoogleChannel.ChannelName))
        {
            return null;
        }
        var settings = Cache.GetValue(app, static app => Read(app.Channels[GoogleChannel.ChannelName]));
        return settings.Faults.Count == 0 ? settings : null;
    }

    public static GoogleSettings Read(JsonElement json)
    {
        var fields = new Fields(json);
        fields.OnlyKnown(Known);
        var settings = new GoogleSettings
        {
            PackageName = fields.RequiredText("packageName", NameCharsMax) ?? "",
            CheckAccount = fields.Flag("checkAccount") ?? true,
        };
        if (fields.Text("publicKey", KeyCharsMax) is { } publicKey && !settings.TryKey(publicKey))
        {
            fields.Note($"publicKey must be the base64 DER SubjectPublicKeyInfo of an RSA key of at least {KeyBitsMin} bits");
        }
        if (fields.Element(ServiceAccountField) is { } element)
        {
            if (ServiceAccount.TryRead(element, out var account))
            {
                settings.Account = account;
            }
            else
            {
                fields.Note($"{ServiceAccountField} must be {ServiceAccount.Form}");
            }
        }
        settings.ApiBase = fields.Address("apiBase", AddressCharsMax) ?? ApiBaseDefault;
        settings.Consumes = fields.Flag("consume") ?? true;
        settings.AcceptsConsumed = fields.Flag("acceptConsumed") ?? false;
        settings.PushAudience = fields.Text("pushAudience", AddressCharsMax);
        settings.PushEmail = fields.Text("pushEmail", NameCharsMax);
        settings.OidcCerts = fields.Address("oidcCerts", AddressCharsMax) ?? OidcCertsDefault;
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>Whether the signature is Google's over exactly these bytes: SHA1withRSA, PKCS#1 v1.5 (anchors/payments.md, "Google Play").</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_publicKey is null)
        {
            return false;
        }
        var key = _idleKeys.TryDequeue(out var idle) ? idle : Import(_publicKey);
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            Return(key);
        }
    }

    private void Return(RSA key)
    {
        if (_idleKeys.Count < IdleKeysMax)
        {
            _idleKeys.Enqueue(key);
        }
        else
        {
            key.Dispose();
        }
    }

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
        _publicKey = der[..length];
        return true;
    }

    private static RSA Import(byte[] publicKey)
    {
        var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key;
    }
}
