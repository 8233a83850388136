using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Alipay;

/// <summary>An app's settings for Alipay (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class AlipaySettings : IChannelSettings
{
    public const string PrivateKeyField = "privateKey";
    private const string GatewayDefault = "https://openapi.alipay.com/gateway.do";

    /// <summary>Alipay's sandbox; what is paid there is no money.</summary>
    private const string SandboxHost = "alipaydev.com";

    private const string KeyField = "alipayPublicKey";
    private const string AppCertificateField = "appCertificate";
    private const string AlipayCertificateField = "alipayCertificate";
    private const string RootField = "alipayRootCertificate";
    private const string WayForm = "way must be app, wap, page or qr";
    private const int IdCharsMax = 64;
    private const int AddressCharsMax = 1024;
    private static readonly string[] Known = ["appId", PrivateKeyField, KeyField, AppCertificateField, AlipayCertificateField, RootField,
        "gateway", "sellerId", "way", "productCode", "notifyUrl", "returnUrl", "fetchStatements"];
    private static readonly SettingsCache<AlipaySettings> Cache = new(AlipayChannel.ChannelName, Read);

    private AlipaySettings()
    {
    }

    public string AppId { get; private init; } = "";

    /// <summary>The app's own key; Alipay has the public half.</summary>
    public RsaKey PrivateKey { get; private set; } = null!;

    /// <summary>Alipay's key; in certificate mode that of <see cref="CertificateNumber"/>.</summary>
    public RsaKey AlipayPublicKey { get; private set; } = null!;

    /// <summary><c>app_cert_sn</c> of certificate mode; null: public keys are used.</summary>
    public string? AppCertificateNumber { get; private set; }

    /// <summary><c>alipay_root_cert_sn</c> of certificate mode.</summary>
    public string? RootNumber { get; private set; }

    /// <summary><c>alipay_cert_sn</c> of the certificate in the settings; null: public keys are used.</summary>
    public string? CertificateNumber { get; private set; }

    /// <summary>The certificates, PEM, under one of which Alipay's own are issued.</summary>
    public string Roots { get; private set; } = "";

    public Uri Gateway { get; private init; } = null!;

    /// <summary>The account that the money goes to; null: not compared.</summary>
    public string? SellerId { get; private init; }

    public AlipayWay Way { get; private init; }

    /// <summary>The product that the merchant has signed for; null: the usual one of the way.</summary>
    public string? ProductCode { get; private init; }

    /// <summary>Where Alipay notifies us; null: at this installation's own address.</summary>
    public Uri? NotifyUrl { get; private init; }

    /// <summary>Where a page goes on afterwards; null: nowhere.</summary>
    public Uri? ReturnUrl { get; private init; }

    /// <summary>Whether the bill of each day is fetched. Default false.</summary>
    public bool FetchesStatements { get; private init; }

    public string Environment =>
        Gateway.Host.EndsWith(SandboxHost, StringComparison.OrdinalIgnoreCase) ? Payment.Sandbox : Payment.Production;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc cref="SettingsCache{T}.Find"/>
    public static AlipaySettings? Of(App app) => Cache.Find(app);

    public static AlipaySettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown(Known);
        var way = AlipayWay.App;
        if (fields.Text("way", IdCharsMax) is { } text
            && (!text.All(char.IsAsciiLetterLower) || !Enum.TryParse(text, ignoreCase: true, out way)))
        {
            fields.AddFault(WayForm);
        }
        var settings = new AlipaySettings
        {
            AppId = fields.RequiredText("appId", IdCharsMax) ?? "",
            Gateway = fields.Address("gateway", AddressCharsMax) ?? new Uri(GatewayDefault),
            SellerId = fields.Text("sellerId", IdCharsMax),
            Way = way,
            ProductCode = fields.Text("productCode", IdCharsMax),
            NotifyUrl = fields.Address("notifyUrl", AddressCharsMax),
            ReturnUrl = fields.Address("returnUrl", AddressCharsMax),
            FetchesStatements = fields.Flag("fetchStatements") ?? false,
        };
        settings.PrivateKey = RsaKey.ReadPrivate(fields, PrivateKeyField)!;
        if (fields.Has(AppCertificateField) || fields.Has(AlipayCertificateField) || fields.Has(RootField))
        {
            settings.ReadCertificates(fields);
        }
        else if (fields.RequiredText(KeyField, RsaKey.CharsMax) is { } publicKey)
        {
            if (RsaKey.TryReadPublic(publicKey, out var key))
            {
                settings.AlipayPublicKey = key;
            }
            else
            {
                fields.AddFault($"{KeyField} {RsaKey.PublicForm}");
            }
        }
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>Certificate mode: the app's certificate, Alipay's, and the root that Alipay's is issued under.</summary>
    private void ReadCertificates(JsonFieldReader fields)
    {
        if (fields.Has(KeyField))
        {
            fields.AddFault($"{KeyField} must not be set beside certificates: it would not be used");
        }
        var (app, alipay, roots) = (
            fields.RequiredText(AppCertificateField, RsaKey.CharsMax), fields.RequiredText(AlipayCertificateField, RsaKey.CharsMax),
            fields.RequiredText(RootField, RsaKey.CharsMax));
        if (app is not null && AlipayCertificate.TryRead(app, out var own))
        {
            AppCertificateNumber = own.Number;
            if (PrivateKey is not null && !own.Key.Verify("pair"u8, PrivateKey.Sign("pair"u8)))
            {
                fields.AddFault($"{AppCertificateField} must be the certificate of {PrivateKeyField}");
            }
        }
        else if (app is not null)
        {
            fields.AddFault($"{AppCertificateField} {AlipayCertificate.Form}");
        }
        RootNumber = roots is null ? null : AlipayCertificate.NumberOfRoots(roots);
        if (roots is not null && RootNumber is null)
        {
            fields.AddFault($"{RootField} must be Alipay's root certificates in PEM, as alipayRootCert.crt holds them");
        }
        Roots = roots ?? "";
        if (alipay is not null && AlipayCertificate.TryRead(alipay, out var theirs))
        {
            AlipayPublicKey = theirs.Key;
            CertificateNumber = theirs.Number;
            if (RootNumber is not null && !AlipayCertificate.IsIssuedUnder(alipay, Roots))
            {
                fields.AddFault($"{AlipayCertificateField} must be issued under {RootField}");
            }
        }
        else if (alipay is not null)
        {
            fields.AddFault($"{AlipayCertificateField} {AlipayCertificate.Form}");
        }
    }
}
