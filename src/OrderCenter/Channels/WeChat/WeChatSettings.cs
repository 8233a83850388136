using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>An app's settings for WeChat Pay (contract.md, "Channels"), parsed once for each state of the app.</summary>
internal sealed class WeChatSettings : IChannelSettings
{
    public const string PrivateKeyField = "privateKey";
    public const string ApiV3KeyField = "apiV3Key";
    private const string ApiBaseDefault = "https://api.mch.weixin.qq.com";
    private const string WayForm = "native, h5, app or jsapi";
    private const int ApiV3KeyBytes = 32;
    private const int IdCharsMax = 64;
    private const int AddressCharsMax = 1024;
    private const int CertificatesMax = 8;

    private static readonly string[] Known =
        ["appId", "mchId", "serialNo", PrivateKeyField, ApiV3KeyField, "platformPublicKey", "publicKeyId", "platformCertificates",
            "apiBase", "way", "notifyUrl", "fetchStatements"];

    private static readonly SettingsCache<WeChatSettings> Cache = new(WeChatChannel.ChannelName, Read);
    private readonly Dictionary<string, RsaKey> _platformKeys = new(StringComparer.OrdinalIgnoreCase);

    private WeChatSettings()
    {
    }

    public string AppId { get; private init; } = "";
    public string MchId { get; private init; } = "";

    /// <summary>The serial number of the merchant's own certificate.</summary>
    public string SerialNo { get; private init; } = "";

    public RsaKey PrivateKey { get; private set; } = null!;

    /// <summary>The 32 bytes of the key that WeChat encrypts with.</summary>
    public byte[] ApiV3Key { get; private set; } = [];

    /// <summary>The key that answers shall be signed with; empty: WeChat chooses one of its certificates.</summary>
    public string PublicKeyId { get; private set; } = "";

    public Uri ApiBase { get; private init; } = null!;
    public WeChatWay Way { get; private init; }

    /// <summary>Where WeChat notifies us; null: at this installation's own address.</summary>
    public Uri? NotifyUrl { get; private init; }

    /// <summary>Whether the bill of each day is fetched. Default false.</summary>
    public bool FetchesStatements { get; private init; }

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Whether the settings name a key of WeChat's. Otherwise its platform certificates are fetched, where it has any for this
    /// merchant.</summary>
    public bool HasPlatformKey => _platformKeys.Count > 0;

    /// <summary>The key of that serial number or <c>PUB_KEY_ID_…</c>; null: it is not WeChat's as far as this app knows.</summary>
    public RsaKey? PlatformKey(string serial) => _platformKeys.GetValueOrDefault(serial);

    /// <inheritdoc cref="SettingsCache{T}.Find"/>
    public static WeChatSettings? Of(App app) => Cache.Find(app);

    public static WeChatSettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown(Known);
        var way = WeChatWay.Native;
        if (fields.Text("way", IdCharsMax) is { } text
            && (!Enum.TryParse(text, ignoreCase: true, out way) || !text.All(char.IsAsciiLetterOrDigit) || char.IsAsciiDigit(text[0])))
        {
            fields.AddFault($"way must be {WayForm}");
        }
        var settings = new WeChatSettings
        {
            AppId = fields.RequiredText("appId", IdCharsMax) ?? "",
            MchId = fields.RequiredText("mchId", IdCharsMax) ?? "",
            SerialNo = fields.RequiredText("serialNo", IdCharsMax) ?? "",
            ApiBase = fields.Address("apiBase", AddressCharsMax) ?? new Uri(ApiBaseDefault),
            Way = way,
            NotifyUrl = fields.Address("notifyUrl", AddressCharsMax),
            FetchesStatements = fields.Flag("fetchStatements") ?? false,
        };
        settings.PrivateKey = RsaKey.ReadPrivate(fields, PrivateKeyField)!;
        if (fields.RequiredText(ApiV3KeyField, IdCharsMax * 2) is { } apiV3Key)
        {
            settings.ApiV3Key = Encoding.UTF8.GetBytes(apiV3Key);
            if (settings.ApiV3Key.Length != ApiV3KeyBytes)
            {
                fields.AddFault($"{ApiV3KeyField} must be {ApiV3KeyBytes} bytes");
            }
        }
        settings.ReadPlatformKeys(fields);
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>The platform's public key under its id, or its certificate under its serial number; and, while a merchant changes from one
    /// to the other, or from one certificate to the next, more certificates beside it. Certificates that are not here are fetched (<see
    /// cref="PlatformKeys"/>).</summary>
    private void ReadPlatformKeys(JsonFieldReader fields)
    {
        var id = fields.Text("publicKeyId", IdCharsMax * 2);
        if (fields.Text("platformPublicKey", RsaKey.CharsMax) is { } publicKey)
        {
            if (!RsaKey.TryReadPublic(publicKey, out var key))
            {
                fields.AddFault($"platformPublicKey {RsaKey.PublicForm}");
            }
            else if ((id ?? key.SerialNumber) is not { } name)
            {
                fields.AddFault("publicKeyId is missing: it is what names platformPublicKey in Wechatpay-Serial");
            }
            else
            {
                PublicKeyId = name;
                _platformKeys[name] = key;
                if (key.SerialNumber is { } serial)
                {
                    _platformKeys[serial] = key;
                }
            }
        }
        else if (id is not null)
        {
            fields.AddFault("platformPublicKey is missing: publicKeyId names it, and nothing of WeChat's can be verified without it");
        }
        if (fields.Element("platformCertificates") is not { } list)
        {
            return;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > CertificatesMax)
        {
            fields.AddFault($"platformCertificates must be a list of at most {CertificatesMax} certificates");
            return;
        }
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String && RsaKey.TryReadPublic(element.GetString()!, out var key)
                && key.SerialNumber is { } serial)
            {
                _platformKeys[serial] = key;
            }
            else
            {
                fields.AddFault("platformCertificates must hold certificates in PEM, with RSA keys");
            }
        }
    }
}
