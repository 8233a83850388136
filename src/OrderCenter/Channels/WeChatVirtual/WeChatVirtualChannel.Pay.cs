using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>Begins payments: WeChat is not called, the client hands it what is signed here.</summary>
internal sealed partial class WeChatVirtualChannel
{
    private const int OutTradeNoMin = 8;
    private const int OutTradeNoMax = 32;
    private const int ProductCharsMax = 64;

    /// <summary>Signs <c>signData</c> twice: <c>paySig</c> with the app's key, and <c>signature</c> with the player's session key where the
    /// request names it. Without it the game's server signs: the session key is from its own login.</summary>
    public ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new(new InitiationResult.NotConfigured(NotConfigured));
        }
        return new(Fault(settings, order, out var unitFen) ?? Pay(settings, order, unitFen));
    }

    private static InitiationResult? Fault(WeChatVirtualSettings settings, Order order, out long unitFen)
    {
        unitFen = 0;
        if (order.Id.Value.Length is < OutTradeNoMin or > OutTradeNoMax)
        {
            return new InitiationResult.NotConfigured(
                $"WeChat takes order numbers of {OutTradeNoMin} to {OutTradeNoMax} digits; lower orderIdRandomDigits");
        }
        if (!Currency.Same(order.Currency, Yuan))
        {
            return new InitiationResult.Refused($"currency must be {Yuan} for WeChat's virtual payment");
        }
        if (!CnyMinorUnits.TryFromMoney(order.Money, out var fen))
        {
            return new InitiationResult.Refused($"amount {CnyMinorUnits.Form}");
        }
        if (fen % order.Quantity != 0)
        {
            return new InitiationResult.Refused("money must be a whole number of fen for each of quantity");
        }
        if (settings.IsMiniGame && order.Quantity != 1)
        {
            return new InitiationResult.Refused("quantity must be 1 in a mini game");
        }
        if (order.ProductId.Length > ProductCharsMax || !order.ProductId.All(mark => char.IsAsciiLetterOrDigit(mark) || mark is '_' or '-'))
        {
            return new InitiationResult.Refused(
                $"productId must be an item's id at WeChat: at most {ProductCharsMax} letters, digits, _ and -");
        }
        if (OrderExtra.Find(order, OrderExtra.PayerField) is null)
        {
            return new InitiationResult.Refused($"{OrderExtra.PayerField} is missing: WeChat's virtual payment needs the player's openid");
        }
        unitFen = fen / order.Quantity;
        return null;
    }

    private static InitiationResult Pay(WeChatVirtualSettings settings, Order order, long unitFen)
    {
        // One text: WeChat signs the bytes that the client hands over.
        var data = JsonBytes.WriteReadable(json =>
        {
            if (settings.IsMiniGame)
            {
                json.WriteString("mode", "goods");
            }
            json.WriteString("offerId", settings.OfferId);
            json.WriteNumber("buyQuantity", order.Quantity);
            json.WriteNumber("env", settings.Env);
            json.WriteString("currencyType", Yuan);
            if (settings.ZoneId is { } zone)
            {
                json.WriteString("zoneId", zone);
            }
            json.WriteString("productId", order.ProductId);
            json.WriteNumber("goodsPrice", unitFen);
            json.WriteString("outTradeNo", order.Id.Value);
            json.WriteString("attach", "");
        });
        var method = settings.IsMiniGame ? "requestMidasPaymentGameItem" : "requestVirtualPayment";
        var pay = JsonBytes.WriteReadable(json =>
        {
            if (!settings.IsMiniGame)
            {
                json.WriteString("mode", "short_series_goods");
            }
            json.WriteString("signData", data);
            json.WriteString("paySig", WeChatVirtualSigning.Hmac(settings.AppKey, $"{method}&{data}"));
            if (order.Attribute(IPaymentInitiator.SessionAttribute) is { Length: > 0 } session)
            {
                json.WriteString("signature", WeChatVirtualSigning.Hmac(Encoding.UTF8.GetBytes(session), data));
            }
        });
        using var document = JsonDocument.Parse(pay);
        return new InitiationResult.Ready(document.RootElement.Clone());
    }
}
