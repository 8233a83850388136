using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Simulator.Stores;

/// <summary>The messages that it pushes: plain or encrypted, JSON or XML, and forged where that is asked for.</summary>
public sealed partial class WeChatVirtual
{
    /// <summary>Whether messages are XML and not JSON.</summary>
    public bool PushesXml { get; set; }

    /// <summary>Whether messages are encrypted.</summary>
    public bool Encrypts { get; set; }

    /// <summary>A delivery's message as it would be pushed now: its body, and what its address bears.</summary>
    public (string Body, string Query) Delivery(WeChatVirtualOrder order, WeChatVirtualForgery forgery = WeChatVirtualForgery.None) =>
        Push(IsMiniGame ? GameMessage(order, forgery, isMock: false) : DeliveryMessage(order), forgery);

    /// <summary>A refund's message as it would be pushed now.</summary>
    public (string Body, string Query) RefundWord(WeChatVirtualOrder order, long fen) => Push(RefundMessage(order, fen, 0), WeChatVirtualForgery.None);

    /// <summary>Pushes the message of a delivery.</summary>
    /// <returns>The status, and the body of the answer.</returns>
    public Task<(int Status, string Body)> DeliverAsync(
        WeChatVirtualOrder order, Uri target, WeChatVirtualForgery forgery = WeChatVirtualForgery.None, bool isMock = false, CancellationToken cancellationToken = default) =>
        PushAsync(IsMiniGame ? GameMessage(order, forgery, isMock) : DeliveryMessage(order), target, forgery, cancellationToken);

    /// <summary>Pushes the message of a refund.</summary>
    public Task<(int Status, string Body)> TellRefundAsync(WeChatVirtualOrder order, long fen, Uri target, int code = 0, CancellationToken cancellationToken = default) =>
        PushAsync(RefundMessage(order, fen, code), target, WeChatVirtualForgery.None, cancellationToken);

    /// <summary>Pushes any message, truly signed.</summary>
    public async Task<(int Status, string Body)> PushAsync(string message, Uri target, WeChatVirtualForgery forgery = WeChatVirtualForgery.None, CancellationToken cancellationToken = default)
    {
        var (body, query) = Push(message, forgery);
        using var content = new StringContent(body, Encoding.UTF8, body.StartsWith('<') ? "text/xml" : "application/json");
        using var response = await _http.PostAsync(new Uri(target + query), content, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private (string Body, string Query) Push(string message, WeChatVirtualForgery forgery)
    {
        var isXml = message.StartsWith('<');
        var encrypted = Encrypts ? Encrypt(message, forgery) : null;
        var body = encrypted is null ? message
            : isXml ? $"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
            : $$"""{"ToUserName":"gh_1","Encrypt":"{{encrypted}}"}""";
        var query = Query(encrypted, forgery);
        if (forgery == WeChatVirtualForgery.ChangedBody && encrypted is not null)
        {
            body = body.Replace(encrypted, (encrypted[0] == 'A' ? 'B' : 'A') + encrypted[1..], StringComparison.Ordinal);
        }
        return (body, query);
    }

    /// <summary>Asks whether an address is the app's.</summary>
    public async Task<(int Status, string Body)> ConfirmAsync(string echo, Uri target, WeChatVirtualForgery forgery = WeChatVirtualForgery.None, CancellationToken cancellationToken = default)
    {
        using var response = await _http.GetAsync(new Uri($"{target}{Query(null, forgery)}&echostr={Uri.EscapeDataString(echo)}"), cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private string RefundMessage(WeChatVirtualOrder order, long fen, int code) => Message(
        "xpay_refund_notify", ("OpenId", order.OpenId), ("MchRefundId", "R" + order.OutTradeNo), ("MchOrderId", order.OutTradeNo), ("WxOrderId", order.WeChatId), ("RefundFee", fen),
        ("RetCode", code), ("RetMsg", code == 0 ? "" : "余额不足"));

    private string DeliveryMessage(WeChatVirtualOrder order) => Message(
        "xpay_goods_deliver_notify", ("OpenId", order.OpenId), ("OutTradeNo", order.OutTradeNo), ("Env", IsSandbox ? 1 : 0), ("RetryTimes", 0),
        ("WeChatPayInfo", new (string, object)[] { ("MchOrderNo", order.WeChatId), ("TransactionId", order.TransactionId), ("PaidTime", order.PaidAt?.ToUnixTimeSeconds() ?? 0) }),
        ("GoodsInfo", new (string, object)[] { ("ProductId", order.ProductId), ("Quantity", order.Quantity), ("OrigPrice", order.TotalFen), ("ActualPrice", order.TotalFen), ("Attach", "") }));

    private string GameMessage(WeChatVirtualOrder order, WeChatVirtualForgery forgery, bool isMock)
    {
        const string What = "minigame_game_pay_goods_deliver_notify";
        var payload = Json(
            ("OpenId", order.OpenId), ("OutTradeNo", order.OutTradeNo), ("Env", IsSandbox ? 1 : 0),
            ("WeChatPayInfo", new (string, object)[] { ("TransactionId", order.TransactionId), ("PaidTime", order.PaidAt?.ToUnixTimeSeconds() ?? 0) }),
            ("GoodsInfo", new (string, object)[] { ("ProductId", order.ProductId), ("Quantity", order.Quantity), ("ActualPrice", order.TotalFen), ("OrderSource", 1) }));
        var signature = Hmac(forgery == WeChatVirtualForgery.OtherAppKey ? "other" : AppKey, $"{What}&{payload}");
        var shown = forgery == WeChatVirtualForgery.ChangedPayload ? payload.Replace("\"ActualPrice\":", "\"ActualPrice\":1", StringComparison.Ordinal) : payload;
        return Message(What, ("MiniGame", new (string, object)[] { ("Payload", shown), ("PayEventSig", signature), ("IsMock", isMock) }));
    }

    private string Message(string what, params (string, object)[] members)
    {
        (string, object)[] all = [("ToUserName", "gh_1"), ("FromUserName", "oWeChat"), ("CreateTime", _clock.GetUtcNow().ToUnixTimeSeconds()), ("MsgType", "event"), ("Event", what), .. members];
        return PushesXml ? $"<xml>{Xml(all)}</xml>" : Json(all);
    }

    private static string Json(params (string, object)[] members) => JsonText.Object(json =>
    {
        void Write(IEnumerable<(string, object)> all)
        {
            foreach (var (name, value) in all)
            {
                switch (value)
                {
                    case (string, object)[] inner:
                        json.WriteStartObject(name);
                        Write(inner);
                        json.WriteEndObject();
                        break;
                    case string text:
                        json.WriteString(name, text);
                        break;
                    case bool flag:
                        json.WriteBoolean(name, flag);
                        break;
                    default:
                        json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                        break;
                }
            }
        }

        Write(members);
    });

    private static string Xml((string, object)[] members) => string.Concat(members.Select(member => member.Item2 switch
    {
        (string, object)[] inner => $"<{member.Item1}>{Xml(inner)}</{member.Item1}>",
        string text => $"<{member.Item1}><![CDATA[{text}]]></{member.Item1}>",
        var other => string.Create(CultureInfo.InvariantCulture, $"<{member.Item1}>{other}</{member.Item1}>"),
    }));

    private string Query(string? encrypted, WeChatVirtualForgery forgery)
    {
        var now = _clock.GetUtcNow();
        var time = (forgery switch
        {
            WeChatVirtualForgery.Old => now.ToUnixTimeSeconds() - 2 * 86_400,
            WeChatVirtualForgery.Milliseconds => now.ToUnixTimeMilliseconds(),
            _ => now.ToUnixTimeSeconds(),
        }).ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetString("0123456789", 9);
        var token = forgery == WeChatVirtualForgery.WrongToken ? "other" : PushToken;
        if (forgery == WeChatVirtualForgery.NoSign)
        {
            return $"?timestamp={time}&nonce={nonce}";
        }
        var signature = Sha1(token, time, nonce);
        var sealedSignature = encrypted is null ? "" : Sha1(token, time, nonce, encrypted);
        if (forgery == WeChatVirtualForgery.ChangedSignature)
        {
            signature = (signature[0] == '0' ? '1' : '0') + signature[1..];
            sealedSignature = encrypted is null ? "" : (sealedSignature[0] == '0' ? '1' : '0') + sealedSignature[1..];
        }
        return $"?signature={signature}&timestamp={time}&nonce={nonce}" + (encrypted is null ? "" : $"&encrypt_type=aes&msg_signature={sealedSignature}");
    }

    private static string Sha1(params string[] parts)
    {
#pragma warning disable CA5350 // As WeChat does.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Order(StringComparer.Ordinal)))));
#pragma warning restore CA5350
    }

    private string Encrypt(string message, WeChatVirtualForgery forgery)
    {
        var text = Encoding.UTF8.GetBytes(message);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)text.Length);
        byte[] content = [.. RandomNumberGenerator.GetBytes(16), .. length, .. text, .. Encoding.UTF8.GetBytes(forgery == WeChatVirtualForgery.OtherApp ? "wx0000000000000000" : AppId)];
        var pad = 32 - (content.Length % 32);
        content = [.. content, .. Enumerable.Repeat((byte)pad, pad)];
        var key = Convert.FromBase64String((forgery == WeChatVirtualForgery.OtherKey ? new string('A', 43) : EncodingAesKey) + "=");
        using var aes = Aes.Create();
        aes.Key = key;
        return Convert.ToBase64String(aes.EncryptCbc(content, key.AsSpan(0, 16), PaddingMode.None));
    }
}
