using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.WeChat;

/// <summary>WeChat's notifications of payments and refunds (anchors/payments.md, "WeChat Pay APIv3", notify).</summary>
internal sealed partial class WeChatChannel
{
    private const int IdCharsMax = 128;
    private static readonly string[] Kept = [WeChatSigning.TimestampHeader, WeChatSigning.NonceHeader, WeChatSigning.SerialHeader,
        WeChatSigning.SignatureHeader];

    public IReadOnlyList<string> StoredHeaders => Kept;

    /// <summary>1. Signed by a key of WeChat's that this app knows, not older than five minutes. 2. Encrypted under the app's APIv3 key. 3.
    /// For this merchant and, where it names one, this app.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(
        App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new AuthenticationResult.Refused(NotConfigured);
        }
        string Header(string name) => notification.Headers.GetValueOrDefault(name, "");
        if (await _api.Keys.VerifyAsync(settings, Header, notification.Body, notification.ReceivedMs, cancellationToken) is { } unsigned)
        {
            return unsigned.IsTransient
                ? new AuthenticationResult.TryLater(unsigned.Reason)
                : new AuthenticationResult.Refused(unsigned.Reason);
        }
        if (Open(settings, notification, out var envelope, out var fault) is not { } content)
        {
            return new AuthenticationResult.Refused(fault);
        }
        // It opened with a key that only this merchant and WeChat have. What names no merchant or app is some other event; it is stored,
        // and changes nothing.
        if (content.AnyText("mchid", NumberCharsMax) is { } merchant && merchant != settings.MchId)
        {
            return new AuthenticationResult.Refused("it is for another merchant");
        }
        // A refund names no app.
        if (content.AnyText("appid", NumberCharsMax) is { } appId && appId != settings.AppId)
        {
            return new AuthenticationResult.Refused("it is for another appid");
        }
        return new AuthenticationResult.Genuine(AuthenticFields.IdOf(envelope!.AnyText("id", IdCharsMax), notification.Body.Span));
    }

    public NotificationResponse Respond(NotificationReception reception) => reception switch
    {
        NotificationReception.Stored => new NotificationResponse(204, "", ""),
        NotificationReception.TryLater => new NotificationResponse(503, "application/json", """{"code":"FAIL","message":"try again"}"""),
        _ => new NotificationResponse(401, "application/json", """{"code":"FAIL","message":"not accepted"}"""),
    };

    public ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken) =>
        new(Read(app, notification));

    private static ProviderEvent Read(App app, RawNotification notification)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new ProviderEvent.TryLater(NotConfigured);
        }
        if (Open(settings, notification, out var envelope, out var fault) is not { } content)
        {
            // It was opened when it came: the app's key was changed since, and changing it back makes it readable again.
            return new ProviderEvent.TryLater(fault);
        }
        var reported = content.IsGiven("refund_status") ? ReadRefund(settings, content) : ReadPayment(settings, content, envelope!);
        return reported with { ReportedMs = WeChatTransaction.Time(envelope!.AnyText("create_time", NumberCharsMax)) };
    }

    private static ProviderEvent ReadPayment(WeChatSettings settings, JsonFieldReader content, JsonFieldReader envelope)
    {
        if (!content.IsGiven("trade_state"))
        {
            return new ProviderEvent.Ignored($"it tells of no transaction: {envelope.AnyText("event_type", NumberCharsMax)}");
        }
        if (WeChatTransaction.Read(content, out var fault) is not { } transaction)
        {
            return new ProviderEvent.Ignored($"authentic, and the transaction cannot be understood: {fault}") { IsUnreadable = true };
        }
        if (transaction.State != WeChatTransaction.Success)
        {
            return new ProviderEvent.Ignored($"the transaction is in the state {transaction.State}");
        }
        if (transaction.AppId != settings.AppId || transaction.MchId != settings.MchId)
        {
            return new ProviderEvent.Ignored($"the transaction does not name the appid {settings.AppId} and the merchant {settings.MchId}")
            {
                IsUnreadable = true,
            };
        }
        return transaction.ToPayment() is { } payment
            ? new ProviderEvent.Paid(OrderId.TryParse(transaction.OutTradeNo, out var id) ? id : null, payment)
            : new ProviderEvent.Ignored("authentic, and the transaction does not say what was paid") { IsUnreadable = true };
    }

    private static ProviderEvent ReadRefund(WeChatSettings settings, JsonFieldReader content)
    {
        var amount = content.AnyObject("amount");
        var (status, transactionId) = (content.AnyText("refund_status", NumberCharsMax), content.AnyText("transaction_id", NumberCharsMax));
        var (total, refund) = (amount?.AnyInteger("total", 1, CnyMinorUnits.Max), amount?.AnyInteger("refund", 1, CnyMinorUnits.Max));
        if (status is not null and not WeChatTransaction.Success)
        {
            return new ProviderEvent.Ignored($"the refund is in the state {status}");
        }
        if (status is null || transactionId is null || total is not { } totalFen || refund is not { } refundFen)
        {
            return new ProviderEvent.Ignored("authentic, and the refund does not say of what and how much") { IsUnreadable = true };
        }
        if (content.AnyText("mchid", NumberCharsMax) != settings.MchId)
        {
            return new ProviderEvent.Ignored($"the refund does not name the merchant {settings.MchId}") { IsUnreadable = true };
        }
        var payment = new Payment
        {
            Channel = ChannelName, Environment = Payment.Production, TransactionId = transactionId,
            Money = CnyMinorUnits.ToMoney(totalFen), Currency = Yuan,
        };
        var money = CnyMinorUnits.ToMoney(refundFen);
        var (number, refundId) = (content.AnyText("out_refund_no", NumberCharsMax), content.AnyText("refund_id", NumberCharsMax));
        var part = (number ?? refundId) is { } known
            ? new PartialRefund(known, money) { StoreNumber = number is null ? null : refundId }
            : null;
        if (refundFen >= totalFen)
        {
            return new ProviderEvent.Refunded(payment, $"WeChat Pay gave {money} back") { Part = part };
        }
        var order = OrderId.TryParse(content.AnyText("out_trade_no", NumberCharsMax), out var id) ? id : (OrderId?)null;
        return new ProviderEvent.PartlyRefunded(
            order, payment, $"WeChat Pay gave {money} of {CnyMinorUnits.ToMoney(totalFen)} back")
        {
            Part = part,
        };
    }

    /// <returns>What the notification holds, decrypted; null: it cannot be opened.</returns>
    private static JsonFieldReader? Open(
        WeChatSettings settings, RawNotification notification, out JsonFieldReader? envelope, out string fault)
    {
        if (!JsonFieldReader.TryParse(notification.Body, out envelope, out var malformed))
        {
            fault = $"the body {malformed}";
            return null;
        }
        fault = "the resource is not encrypted under this app's apiV3Key";
        if (envelope.Element("resource") is not { } resource
            || WeChatSigning.Open(settings, new JsonFieldReader(resource)) is not { } plain)
        {
            return null;
        }
        // What opens is from WeChat for this merchant; what is no readable object says nothing.
        return JsonFieldReader.TryParse(plain, out var content, out _) ? content : new JsonFieldReader(default);
    }
}
