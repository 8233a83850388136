using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>An app's settings for WeChat's virtual payment (docs/channels/wechat-virtual.md), parsed once for each state of the
/// app.</summary>
internal sealed class WeChatVirtualSettings : IChannelSettings
{
    public const string AppSecretField = "appSecret";
    public const string AppKeyField = "appKey";
    public const string PushTokenField = "pushToken";
    public const string AesKeyField = "encodingAesKey";
    private const string ApiBaseDefault = "https://api.weixin.qq.com";
    private const string MiniProgram = "miniprogram";
    private const string MiniGame = "minigame";
    private const int IdCharsMax = 64;
    private const int SecretCharsMax = 128;
    private const int AddressCharsMax = 1024;
    private const int PushTokenCharsMin = 3;
    private const int PushTokenCharsMax = 32;
    private const int AesKeyChars = 43;
    private const int AesKeyBytes = 32;

    private static readonly string[] Known =
        ["appId", AppSecretField, "offerId", AppKeyField, "environment", "kind", "zoneId", PushTokenField, AesKeyField, "apiBase"];

    private static readonly SettingsCache<WeChatVirtualSettings> Cache = new(WeChatVirtualChannel.ChannelName, Read);

    private WeChatVirtualSettings()
    {
    }

    public string AppId { get; private init; } = "";

    /// <summary>The secret that access tokens are requested with; a mini game needs none.</summary>
    public string AppSecret { get; private init; } = "";

    public string OfferId { get; private init; } = "";

    /// <summary>The key of this environment that requests to pay are signed with.</summary>
    public byte[] AppKey { get; private init; } = [];

    public string Environment { get; private set; } = Payment.Production;

    /// <summary>As WeChat's <c>env</c>: 0 production, 1 sandbox.</summary>
    public int Env => Environment == Payment.Sandbox ? 1 : 0;

    public bool IsMiniGame { get; private set; }

    /// <summary>A mini game's zone; null: it has none.</summary>
    public string? ZoneId { get; private init; }

    public string PushToken { get; private init; } = "";

    /// <summary>The 32 bytes that messages are encrypted with; null: they come in plain text.</summary>
    public byte[]? AesKey { get; private set; }

    public Uri ApiBase { get; private init; } = null!;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc cref="SettingsCache{T}.Find"/>
    public static WeChatVirtualSettings? Of(App app) => Cache.Find(app);

    public static WeChatVirtualSettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown(Known);
        var settings = new WeChatVirtualSettings
        {
            AppId = fields.RequiredText("appId", IdCharsMax) ?? "",
            AppSecret = fields.Text(AppSecretField, SecretCharsMax) ?? "",
            OfferId = fields.RequiredText("offerId", IdCharsMax) ?? "",
            AppKey = Encoding.UTF8.GetBytes(fields.RequiredText(AppKeyField, SecretCharsMax) ?? ""),
            ZoneId = fields.Text("zoneId", IdCharsMax),
            PushToken = fields.RequiredText(PushTokenField, PushTokenCharsMax) ?? "",
            ApiBase = fields.Address("apiBase", AddressCharsMax) ?? new Uri(ApiBaseDefault),
        };
        if (settings.PushToken.Length is > 0 and < PushTokenCharsMin || !settings.PushToken.All(char.IsAsciiLetterOrDigit))
        {
            fields.AddFault($"{PushTokenField} must be {PushTokenCharsMin} to {PushTokenCharsMax} letters and digits");
        }
        switch (fields.Text("environment", IdCharsMax))
        {
            case null or Payment.Production:
                break;
            case Payment.Sandbox:
                settings.Environment = Payment.Sandbox;
                break;
            default:
                fields.AddFault($"environment must be {Payment.Production} or {Payment.Sandbox}");
                break;
        }
        switch (fields.Text("kind", IdCharsMax))
        {
            case null or MiniProgram:
                break;
            case MiniGame:
                settings.IsMiniGame = true;
                break;
            default:
                fields.AddFault($"kind must be {MiniProgram} or {MiniGame}");
                break;
        }
        if (!settings.IsMiniGame && !fields.Has(AppSecretField))
        {
            fields.AddFault($"{AppSecretField} is missing");
        }
        settings.ReadAesKey(fields);
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>43 characters: the base64 of 32 bytes without its padding, and with any bits after the last byte.</summary>
    private void ReadAesKey(JsonFieldReader fields)
    {
        if (fields.Text(AesKeyField, AesKeyChars) is not { } text)
        {
            return;
        }
        var bytes = new byte[AesKeyBytes];
        if (text.Length == AesKeyChars && text.All(char.IsAsciiLetterOrDigit)
            && Convert.TryFromBase64String(text + "=", bytes, out var length) && length == AesKeyBytes)
        {
            AesKey = bytes;
        }
        else
        {
            fields.AddFault($"{AesKeyField} must be the {AesKeyChars} letters and digits of WeChat's EncodingAESKey");
        }
    }
}
