using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>Begins payments and closes them.</summary>
internal sealed partial class WeChatChannel
{
    /// <summary>What else some ways to pay need.</summary>
    private const string AddressField = "clientIp";
    private const string NoAddress = "127.0.0.1";
    private const int OutTradeNoMax = 32;
    private const int DescriptionCharsMax = 120;
    private const long ExpiresMaxMs = 7L * 24 * 3600 * 1000;
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>Prepares the transaction. Again with the same content WeChat answers with the same one.</summary>
    public async ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new InitiationResult.NotConfigured(NotConfigured);
        }
        if (!Currency.Same(order.Currency, Yuan))
        {
            return new InitiationResult.Refused($"currency must be {Yuan} for WeChat Pay");
        }
        if (!CnyMinorUnits.TryFromMoney(order.Money, out var fen))
        {
            return new InitiationResult.Refused($"amount {CnyMinorUnits.Form}");
        }
        if (order.Id.Value.Length > OutTradeNoMax)
        {
            return new InitiationResult.NotConfigured(
                $"WeChat Pay takes order numbers of at most {OutTradeNoMax} digits; lower orderIdRandomDigits");
        }
        if ((settings.NotifyUrl ?? address.NotifyAt(ChannelName, app.GameId)) is not { } notifyUrl)
        {
            return new InitiationResult.NotConfigured("WeChat Pay must be told where to notify us: notifyUrl is missing, and PublicUrl");
        }
        var payer = OrderExtra.Find(order, OrderExtra.PayerField);
        if (settings.Way == WeChatWay.Jsapi && payer is null)
        {
            return new InitiationResult.Refused($"{OrderExtra.PayerField} is missing: jsapi needs the payer's openid at WeChat");
        }
        var body = JsonBytes.WriteReadable(json => WritePrepay(json, settings, order, fen, notifyUrl, payer));
        var way = settings.Way switch { WeChatWay.H5 => "h5", WeChatWay.App => "app", WeChatWay.Jsapi => "jsapi", _ => "native" };
        var reply = await _api.CallAsync(settings, HttpMethod.Post, "/v3/pay/transactions/" + way, body, cancellationToken);
        if (reply.IsDone && reply.Fields is { } fields && Pay(settings, fields) is { } pay)
        {
            return new InitiationResult.Ready(pay);
        }
        return reply switch
        {
            { Code: "ORDERPAID" } => new InitiationResult.TryLater("the order was paid already; it will be known in a moment"),
            { IsSettingsFault: true } => new InitiationResult.NotConfigured(reply.Message),
            { IsRefusal: true } => new InitiationResult.Refused(reply.Message),
            _ => new InitiationResult.TryLater(reply.Message),
        };
    }

    public async ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        var reply = await _api.CallAsync(
            settings, HttpMethod.Post, OrderPath(order) + "/close",
            JsonBytes.WriteReadable(json => json.WriteString("mchid", settings.MchId)), cancellationToken);
        return reply.IsDone || reply.Code is "ORDER_CLOSED" or "ORDERCLOSED" || IsNotThere(reply) ? null : reply.Message;
    }

    private static void WritePrepay(Utf8JsonWriter json, WeChatSettings settings, Order order, long fen, Uri notifyUrl, string? payer)
    {
        json.WriteString("appid", settings.AppId);
        json.WriteString("mchid", settings.MchId);
        json.WriteString("description", Cut(order.ProductName.Length > 0 ? order.ProductName : order.ProductId, DescriptionCharsMax));
        json.WriteString("out_trade_no", order.Id.Value);
        if (order.ExpiresMs - order.CreatedMs <= ExpiresMaxMs)
        {
            json.WriteString(
                "time_expire",
            DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresMs).ToOffset(China).ToString(
                "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        }
        json.WriteString("notify_url", notifyUrl.AbsoluteUri);
        json.WriteStartObject("amount");
        json.WriteNumber("total", fen);
        json.WriteString("currency", Yuan);
        json.WriteEndObject();
        if (settings.Way == WeChatWay.Jsapi)
        {
            json.WriteStartObject("payer");
            json.WriteString("openid", payer);
            json.WriteEndObject();
        }
        if (settings.Way == WeChatWay.H5)
        {
            json.WriteStartObject("scene_info");
            json.WriteString("payer_client_ip", OrderExtra.Find(order, AddressField) ?? NoAddress);
            json.WriteStartObject("h5_info");
            json.WriteString("type", "Wap");
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    /// <summary>What the client hands to WeChat, under WeChat's own names.</summary>
    private JsonElement? Pay(WeChatSettings settings, JsonFieldReader answer)
    {
        var (codeUrl, h5Url, prepayId) = (answer.Text("code_url", 512), answer.Text("h5_url", 2048), answer.Text("prepay_id", 256));
        var (time, nonce) = (clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), WeChatSigning.Nonce());
        string Sign(string last) => settings.PrivateKey.Sign(Encoding.UTF8.GetBytes($"{settings.AppId}\n{time}\n{nonce}\n{last}\n"));

        var text = (settings.Way, codeUrl, h5Url, prepayId) switch
        {
            (WeChatWay.Native, { } url, _, _) => JsonBytes.WriteReadable(json => json.WriteString("code_url", url)),
            (WeChatWay.H5, _, { } url, _) => JsonBytes.WriteReadable(json => json.WriteString("h5_url", url)),
            (WeChatWay.App, _, _, { } id) => JsonBytes.WriteReadable(json =>
            {
                json.WriteString("appid", settings.AppId);
                json.WriteString("partnerid", settings.MchId);
                json.WriteString("prepayid", id);
                json.WriteString("package", "Sign=WXPay");
                json.WriteString("noncestr", nonce);
                json.WriteString("timestamp", time);
                json.WriteString("sign", Sign(id));
            }),
            (WeChatWay.Jsapi, _, _, { } id) => JsonBytes.WriteReadable(json =>
            {
                json.WriteString("appId", settings.AppId);
                json.WriteString("timeStamp", time);
                json.WriteString("nonceStr", nonce);
                json.WriteString("package", "prepay_id=" + id);
                json.WriteString("signType", "RSA");
                json.WriteString("paySign", Sign("prepay_id=" + id));
            }),
            _ => null,
        };
        if (text is null)
        {
            return null;
        }
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Cut(string text, int charactersMax) => text.Length <= charactersMax ? text : text[..charactersMax];
}
