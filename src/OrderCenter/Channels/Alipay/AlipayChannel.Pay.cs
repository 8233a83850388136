using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Settings;

namespace OrderCenter.Channels.Alipay;

/// <summary>Begins payments, in an app, on a page or by a code.</summary>
internal sealed partial class AlipayChannel
{
    private const int CodeCharsMax = 1024;

    /// <summary>Only a code is asked for at Alipay; everything else the client hands over itself.</summary>
    public async ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new InitiationResult.NotConfigured(NotConfigured);
        }
        if (!Currency.Same(order.Currency, Yuan))
        {
            return new InitiationResult.Refused($"currency must be {Yuan} for Alipay");
        }
        if (!CnyMinorUnits.TryFromMoney(order.Money, out var fen))
        {
            return new InitiationResult.Refused($"amount {CnyMinorUnits.Form}");
        }
        var (method, product) = settings.Way switch
        {
            AlipayWay.Wap => ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
            AlipayWay.Page => ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
            AlipayWay.Qr => ("alipay.trade.precreate", null),
            _ => ("alipay.trade.app.pay", "QUICK_MSECURITY_PAY"),
        };
        var biz = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("out_trade_no", order.Id.Value);
            json.WriteString("total_amount", CnyMinorUnits.ToYuan(fen));
            json.WriteString("subject", Subject(order));
            if ((settings.ProductCode ?? product) is { } code)
            {
                json.WriteString("product_code", code);
            }
            json.WriteString("time_expire", DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresMs).ToOffset(China).ToString(TimeForm));
        });
        var notifyUrl = settings.NotifyUrl ?? address.NotifyAt(ChannelName, app.GameId);
        if (settings.Way == AlipayWay.Qr)
        {
            return await PrepareCodeAsync(settings, method, biz, notifyUrl, cancellationToken);
        }
        var isPage = settings.Way != AlipayWay.App;
        var text = _gateway.OrderString(settings, method, biz, notifyUrl, isPage ? settings.ReturnUrl : null);
        return Ready(json =>
        {
            json.WriteString("orderString", text);
            if (isPage)
            {
                json.WriteString("url", new UriBuilder(settings.Gateway) { Query = text }.Uri.AbsoluteUri);
            }
        });
    }

    /// <summary>Asks for a trade that cannot be: Alipay's signed "not there" proves the app, our key and its key.</summary>
    public async ValueTask<SettingsTestResult> TestAsync(App app, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new SettingsTestResult(false, NotConfigured);
        }
        var reply = await _gateway.CallAsync(
            settings, "alipay.trade.query",
            JsonBytes.WriteReadable(json => json.WriteString("out_trade_no", Guid.NewGuid().ToString("N"))), cancellationToken);
        return reply.SubCode == NotThere
            ? new SettingsTestResult(true, "Alipay accepts the app's signature, and its own is verified")
            : new SettingsTestResult(false, reply.Message);
    }

    private async Task<InitiationResult> PrepareCodeAsync(
        AlipaySettings settings, string method, string biz, Uri? notifyUrl, CancellationToken cancellationToken)
    {
        var reply = await _gateway.CallAsync(settings, method, biz, cancellationToken, notifyUrl);
        if (reply.IsDone && reply.Fields!.Text("qr_code", CodeCharsMax) is { } code)
        {
            return Ready(json => json.WriteString("qr_code", code));
        }
        return reply switch
        {
            { SubCode: "ACQ.TRADE_HAS_SUCCESS" } =>
                new InitiationResult.TryLater("the order was paid already; it will be known in a moment"),
            { Fields: null } or { IsDone: true } => new InitiationResult.TryLater(reply.Message),
            _ when IsTransient(reply) => new InitiationResult.TryLater(reply.Message),
            _ when reply.Code is "40001" or "40002" or "40003" or "40006" => new InitiationResult.NotConfigured(reply.Message),
            _ => new InitiationResult.Refused(reply.Message),
        };
    }

    private static InitiationResult.Ready Ready(Action<Utf8JsonWriter> members)
    {
        using var document = JsonDocument.Parse(JsonBytes.WriteReadable(members));
        return new InitiationResult.Ready(document.RootElement.Clone());
    }
}
