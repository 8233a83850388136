using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>Messages that WeChat pushes. In plain text only the address is signed, not the body: what a message says is never believed, it
/// causes a query. A mini game's message is signed itself, with the app's key.</summary>
internal sealed partial class WeChatVirtualChannel
{
    private const int EncryptedCharsMax = 256 * 1024;
    private const int EchoCharsMax = 256;
    private const int PayloadCharsMax = 64 * 1024;
    private const long SecondsMax = 253_402_300_799;

    /// <summary>The platform asks whether the address is ours: whoever has the token echoes a text.</summary>
    public NotificationResponse? Confirm(App app, RawNotification question) =>
        WeChatVirtualSettings.Of(app) is { } settings
        && question.Query.GetValueOrDefault("echostr", "") is { Length: > 0 and <= EchoCharsMax } echo
        && WeChatVirtualSigning.AddressFault(settings, question.Query, encrypted: null, question.ReceivedMs) is null
            ? new NotificationResponse(200, "text/plain; charset=utf-8", echo)
            : null;

    /// <summary>1. The address, or the encrypted text, is signed with the app's token. 2. Where the app has a key, it is encrypted under it
    /// and for this appid. 3. A mini game's payload is signed with the app's key.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(
        App app, RawNotification notification, CancellationToken cancellationToken) => new(Authenticate(app, notification));

    public NotificationResponse Respond(NotificationReception reception) => Answer(reception, isXml: false);

    public NotificationResponse Respond(App? app, NotificationReception reception, RawNotification? notification) =>
        Answer(reception, isXml: notification is not null && PushMessage.IsXml(notification.Body.Span));

    public async ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new ProviderEvent.TryLater(NotConfigured);
        }
        if (Open(settings, notification, out _, out var fault) is not { } bytes)
        {
            // It was opened when it came: the app's key was changed since, and changing it back makes it readable again.
            return new ProviderEvent.TryLater(fault);
        }
        if (PushMessage.Read(bytes) is not { } message)
        {
            return new ProviderEvent.Ignored("it is no message that can be read") { IsUnreadable = true };
        }
        if (message.AnyObject("MiniGame") is { } game)
        {
            return ReadGoods(settings, message, game);
        }
        var what = message.AnyText("Event", NumberCharsMax);
        return what switch
        {
            "xpay_goods_deliver_notify" or "xpay_coin_pay_notify" =>
                await AskAsync(settings, message, message.AnyText("OutTradeNo", NumberCharsMax), isRefund: false, cancellationToken),
            "xpay_refund_notify" when message.AnyInteger("RetCode", long.MinValue, long.MaxValue) is not (null or 0) =>
                new ProviderEvent.Ignored($"the refund failed: {message.AnyText("RetMsg", 512)}"),
            "xpay_refund_notify" =>
                await AskAsync(settings, message, message.AnyText("MchOrderId", NumberCharsMax), isRefund: true, cancellationToken),
            _ => new ProviderEvent.Ignored($"it tells of no payment: {what}"),
        };
    }

    private static AuthenticationResult Authenticate(App app, RawNotification notification)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new AuthenticationResult.Refused(NotConfigured);
        }
        if (Open(settings, notification, out var encrypted, out var fault) is not { } bytes)
        {
            return new AuthenticationResult.Refused(fault);
        }
        if (WeChatVirtualSigning.AddressFault(settings, notification.Query, encrypted, notification.ReceivedMs) is { } unsigned)
        {
            return new AuthenticationResult.Refused(unsigned);
        }
        var message = PushMessage.Read(bytes);
        var game = message?.AnyObject("MiniGame");
        if (settings.IsMiniGame && message is not null && game is not null && !IsGameSigned(settings, message, game))
        {
            return new AuthenticationResult.Refused("the PayEventSig is not WeChat's for this app");
        }
        return new AuthenticationResult.Genuine(AuthenticFields.IdOf(null, bytes))
        {
            // An app's messages of both environments are signed with the same token.
            IsForAnother = message is not null && EnvOf(message, game) is { } env && env != settings.Env,
        };
    }

    private static long? EnvOf(JsonFieldReader message, JsonFieldReader? game) =>
        game?.AnyText("Payload", PayloadCharsMax) is { } text
        && JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(text), out var payload, out _)
            ? payload.AnyInteger("Env", 0, 1)
            : message.AnyInteger("Env", 0, 1);

    private static bool IsGameSigned(WeChatVirtualSettings settings, JsonFieldReader message, JsonFieldReader game) =>
        message.AnyText("Event", NumberCharsMax) is { } what && game.AnyText("Payload", PayloadCharsMax) is { } payload
        && WeChatVirtualSigning.IsSame(
            WeChatVirtualSigning.Hmac(settings.AppKey, $"{what}&{payload}"), game.AnyText("PayEventSig", NumberCharsMax));

    /// <returns>The message's bytes, decrypted where the app has a key; null: it cannot be opened.</returns>
    private static byte[]? Open(WeChatVirtualSettings settings, RawNotification notification, out string? encrypted, out string fault)
    {
        encrypted = null;
        var outer = PushMessage.Read(notification.Body);
        if (settings.AesKey is null)
        {
            fault = "it is encrypted, and this app has no encodingAesKey";
            return outer is not null && outer.IsGiven("Encrypt") && !outer.IsGiven("Event") ? null : notification.Body.ToArray();
        }
        fault = "it is not encrypted under this app's encodingAesKey";
        encrypted = outer?.AnyText("Encrypt", EncryptedCharsMax);
        return encrypted is null ? null : WeChatVirtualSigning.Open(settings, encrypted);
    }

    /// <summary>What WeChat itself says of the order that a message names.</summary>
    private async ValueTask<ProviderEvent> AskAsync(
        WeChatVirtualSettings settings, JsonFieldReader message, string? number, bool isRefund, CancellationToken cancellationToken)
    {
        if (number is null || message.AnyText("OpenId", NumberCharsMax) is not { } payer)
        {
            return new ProviderEvent.Ignored("it names no order or no player") { IsUnreadable = true };
        }
        if (message.AnyInteger("Env", 0, 1) is { } env && env != settings.Env)
        {
            return new ProviderEvent.Ignored($"it is of another environment than {settings.Environment}");
        }
        var (found, reply, fault) = await FindAsync(settings, number, payer, cancellationToken);
        if (found is null || !found.IsPaid)
        {
            // A message that WeChat's books do not bear out may be early, or nobody's.
            return new ProviderEvent.TryLater(
                found is not null ? $"WeChat says that order {number} is not paid: state {found.Status}"
                : reply is { IsNotThere: true } ? $"WeChat knows no order {number}"
                : fault);
        }
        var payment = found.ToPayment();
        var order = OrderId.TryParse(number, out var id) ? id : (OrderId?)null;
        var refunded = CnyMinorUnits.ToMoney(found.RefundedFen);
        var part = new PartialRefund(RefundId: null, refunded)
        {
            Latest = isRefund ? OurNumber(message.AnyText("MchRefundId", NumberCharsMax)) : null,
        };
        if (found.RefundedFen >= found.TotalFen)
        {
            return new ProviderEvent.Refunded(payment, $"WeChat gave {refunded} back") { Part = part };
        }
        if (found.RefundedFen > 0)
        {
            return new ProviderEvent.PartlyRefunded(order, payment, $"WeChat gave {refunded} of {payment.Money} back") { Part = part };
        }
        return isRefund
            ? new ProviderEvent.TryLater($"WeChat says that nothing of order {number} went back yet")
            : new ProviderEvent.Paid(order, payment);
    }

    /// <summary>A mini game's delivery message, which bears its own signature.</summary>
    private static ProviderEvent ReadGoods(WeChatVirtualSettings settings, JsonFieldReader message, JsonFieldReader game)
    {
        if (!settings.IsMiniGame || !IsGameSigned(settings, message, game))
        {
            return new ProviderEvent.Ignored("it is a mini game's message, not signed with this app's appKey") { IsUnreadable = true };
        }
        if (game.Element("IsMock") is { ValueKind: JsonValueKind.True })
        {
            return new ProviderEvent.Ignored("WeChat tries the address: nothing was bought");
        }
        if (message.AnyText("Event", NumberCharsMax) is not ("minigame_game_pay_goods_deliver_notify" or "minigame_h5_goods_deliver_notify")
            and var what)
        {
            return new ProviderEvent.Ignored($"it tells of no purchase: {what}");
        }
        if (!JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(game.AnyText("Payload", PayloadCharsMax)!), out var payload, out var fault)
            || payload.AnyObject("GoodsInfo") is not { } goods || payload.AnyText("OutTradeNo", NumberCharsMax) is not { } number
            || goods.AnyInteger("ActualPrice", 1, CnyMinorUnits.Max) is not { } fen
            || goods.AnyInteger("Quantity", 1, int.MaxValue) is not { } quantity)
        {
            return new ProviderEvent.Ignored($"authentic, and the purchase cannot be understood {fault}".TrimEnd()) { IsUnreadable = true };
        }
        if (payload.AnyInteger("Env", 0, 1) is { } env && env != settings.Env)
        {
            return new ProviderEvent.Ignored($"it is of another environment than {settings.Environment}");
        }
        var paid = payload.AnyObject("WeChatPayInfo");
        var payment = new Payment
        {
            Channel = ChannelName,
            Environment = settings.Environment,
            TransactionId = number,
            StoreOrderId = paid?.AnyText("TransactionId", NumberCharsMax),
            ProductId = goods.AnyText("ProductId", NumberCharsMax),
            Quantity = (int)quantity,
            Money = CnyMinorUnits.ToMoney(fen),
            Currency = Yuan,
            PurchasedMs = paid?.AnyInteger("PaidTime", 1, SecondsMax) * 1000,
        };
        return new ProviderEvent.Paid(OrderId.TryParse(number, out var id) ? id : null, payment);
    }

    private static NotificationResponse Answer(NotificationReception reception, bool isXml)
    {
        var (status, code, text) = reception switch
        {
            NotificationReception.Stored => (200, 0, "success"),
            NotificationReception.TryLater => (503, 1, "try again"),
            _ => (403, 1, "not accepted"),
        };
        return isXml
            ? new NotificationResponse(
                status, "application/xml; charset=utf-8",
                string.Create(CultureInfo.InvariantCulture, $"<xml><ErrCode>{code}</ErrCode><ErrMsg><![CDATA[{text}]]></ErrMsg></xml>"))
            : new NotificationResponse(
                status, "application/json; charset=utf-8", $$"""{"ErrCode":{{code}},"ErrMsg":"{{text}}"}""");
    }
}
