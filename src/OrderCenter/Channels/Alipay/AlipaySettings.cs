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

    private const string AppWay = "app";
    private const string WapWay = "wap";
    private const int IdCharsMax = 64;
    private const int AddressCharsMax = 1024;
    private static readonly string[] Known = ["appId", PrivateKeyField, "alipayPublicKey", "gateway", "sellerId", "way", "notifyUrl",
        "returnUrl", "fetchStatements"];
    private static readonly SettingsCache<AlipaySettings> Cache = new(AlipayChannel.ChannelName, Read);

    private AlipaySettings()
    {
    }

    public string AppId { get; private init; } = "";

    /// <summary>The app's own key; Alipay has the public half.</summary>
    public RsaKey PrivateKey { get; private set; } = null!;

    /// <summary>Alipay's key.</summary>
    public RsaKey AlipayPublicKey { get; private set; } = null!;

    public Uri Gateway { get; private init; } = null!;

    /// <summary>The account that the money goes to; null: not compared.</summary>
    public string? SellerId { get; private init; }

    /// <summary>Whether players pay in a mobile page (alipay.trade.wap.pay) and not in an app.</summary>
    public bool IsWap { get; private init; }

    /// <summary>Where Alipay notifies us; null: at this installation's own address.</summary>
    public Uri? NotifyUrl { get; private init; }

    /// <summary>Where a mobile page goes on afterwards; null: nowhere.</summary>
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
        var way = fields.Text("way", IdCharsMax);
        if (way is not (null or AppWay or WapWay))
        {
            fields.AddFault($"way must be {AppWay} or {WapWay}");
        }
        var settings = new AlipaySettings
        {
            AppId = fields.RequiredText("appId", IdCharsMax) ?? "",
            Gateway = fields.Address("gateway", AddressCharsMax) ?? new Uri(GatewayDefault),
            SellerId = fields.Text("sellerId", IdCharsMax),
            IsWap = way == WapWay,
            NotifyUrl = fields.Address("notifyUrl", AddressCharsMax),
            ReturnUrl = fields.Address("returnUrl", AddressCharsMax),
            FetchesStatements = fields.Flag("fetchStatements") ?? false,
        };
        settings.PrivateKey = RsaKey.ReadPrivate(fields, PrivateKeyField)!;
        if (fields.RequiredText("alipayPublicKey", RsaKey.CharsMax) is { } publicKey)
        {
            if (RsaKey.TryReadPublic(publicKey, out var key))
            {
                settings.AlipayPublicKey = key;
            }
            else
            {
                fields.AddFault($"alipayPublicKey {RsaKey.PublicForm}");
            }
        }
        settings.Faults = fields.Faults;
        return settings;
    }
}
