using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>WeChat's notifications of payments and refunds (anchors/payments.md, "WeChat Pay APIv3", notify).</summary>
internal sealed partial class WeChatChannel
{
    private static readonly string[] Kept = [WeChatSigning.TimestampHeader, WeChatSigning.NonceHeader, WeChatSigning.SerialHeader, WeChatSigning.SignatureHeader];

    public IReadOnlyList<string> KeptHeaders => Kept;

    /// <summary>1. Signed by a key of WeChat's that this app knows, not older than five minutes. 2. Encrypted under the app's APIv3 key. 3. For this merchant
    /// and, where it names one, this app.</summary>
    public ValueTask<Authenticity> AuthenticateAsync(App app, RawNotice notice, CancellationToken cancellationToken) => JudgeAsync(app, notice, cancellationToken);

    public NoticeAnswer Answer(NoticeReception reception) => reception switch
    {
        NoticeReception.Stored => new NoticeAnswer(204, "", ""),
        NoticeReception.TryLater => new NoticeAnswer(503, "application/json", """{"code":"FAIL","message":"try again"}"""),
        _ => new NoticeAnswer(401, "application/json", """{"code":"FAIL","message":"not accepted"}"""),
    };

    public ValueTask<Tidings> ReadAsync(App app, RawNotice notice, CancellationToken cancellationToken) => new(Read(app, notice));

    private async ValueTask<Authenticity> JudgeAsync(App app, RawNotice notice, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new Authenticity.Refused(NotConfigured);
        }
        if (await _api.Keys.JudgeAsync(settings, name => notice.Headers.GetValueOrDefault(name, ""), notice.Body, notice.ReceivedMs, cancellationToken) is { } unsigned)
        {
            return unsigned.IsPassing ? new Authenticity.TryLater(unsigned.Reason) : new Authenticity.Refused(unsigned.Reason);
        }
        if (Open(settings, notice, out var envelope, out var fault) is not { } told)
        {
            return new Authenticity.Refused(fault);
        }
        if (told.TextOrEmpty("mchid", NumberCharsMax) != settings.MchId)
        {
            return new Authenticity.Refused("it is for another merchant");
        }
        // A refund names no app.
        if (told.Has("appid") && told.TextOrEmpty("appid", NumberCharsMax) != settings.AppId)
        {
            return new Authenticity.Refused("it is for another appid");
        }
        return envelope!.Text("id", 128) is { } id ? new Authenticity.Genuine(id) : new Authenticity.Refused("it has no id");
    }

    private static Tidings Read(App app, RawNotice notice)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new Tidings.TryLater(NotConfigured);
        }
        if (Open(settings, notice, out var envelope, out var fault) is not { } told)
        {
            // It was opened when it came: the app's key was changed since, and changing it back makes it readable again.
            return new Tidings.TryLater(fault);
        }
        var tidings = told.Has("refund_status") ? ReadRefund(told) : ReadPayment(settings, told, envelope!);
        return tidings with { SaidMs = Transaction.Time(envelope!.TextOrEmpty("create_time", NumberCharsMax)) };
    }

    private static Tidings ReadPayment(WeChatSettings settings, Fields told, Fields envelope)
    {
        if (!told.Has("trade_state"))
        {
            return new Tidings.Nothing($"it tells of no transaction: {envelope.TextOrEmpty("event_type", 64)}");
        }
        if (Transaction.Read(told, out var fault) is not { } transaction)
        {
            return new Tidings.Nothing($"the transaction is not usable: {fault}");
        }
        if (transaction.State != Transaction.Success)
        {
            return new Tidings.Nothing($"the transaction is in the state {transaction.State}");
        }
        if (transaction.AppId != settings.AppId)
        {
            return new Tidings.Nothing($"the transaction is of another appid than {settings.AppId}");
        }
        return transaction.ToPayment() is { } payment
            ? new Tidings.Paid(OrderId.TryParse(transaction.OutTradeNo, out var id) ? id : null, payment)
            : new Tidings.Nothing("the transaction does not say what was paid");
    }

    private static Tidings ReadRefund(Fields told)
    {
        var amount = told.Element("amount") is { } element ? new Fields(element) : null;
        var (status, transactionId) = (told.TextOrEmpty("refund_status", NumberCharsMax), told.Text("transaction_id", NumberCharsMax));
        var (total, refund) = (amount?.Integer("total", 1, Fen.Max), amount?.Integer("refund", 1, Fen.Max));
        if (transactionId is null || total is not { } totalFen || refund is not { } refundFen)
        {
            return new Tidings.Nothing("the refund does not say of what and how much");
        }
        if (status != Transaction.Success)
        {
            return new Tidings.Nothing($"the refund is in the state {status}");
        }
        var payment = new Payment
        {
            Channel = ChannelName, Environment = Payment.Production, TransactionId = transactionId, Money = Fen.ToMoney(totalFen), Currency = Yuan,
        };
        if (refundFen >= totalFen)
        {
            return new Tidings.Refunded(payment, $"WeChat Pay gave {Fen.ToMoney(refundFen)} back");
        }
        var order = OrderId.TryParse(told.TextOrEmpty("out_trade_no", NumberCharsMax), out var id) ? id : (OrderId?)null;
        var refundId = told.Text("refund_id", NumberCharsMax) ?? told.Text("out_refund_no", NumberCharsMax);
        return new Tidings.PartlyRefunded(order, payment, $"WeChat Pay gave {Fen.ToMoney(refundFen)} of {Fen.ToMoney(totalFen)} back")
        {
            Part = refundId is null ? null : new RefundPart(refundId, Fen.ToMoney(refundFen)),
        };
    }

    /// <returns>What the notification holds, decrypted; null: it cannot be opened.</returns>
    private static Fields? Open(WeChatSettings settings, RawNotice notice, out Fields? envelope, out string fault)
    {
        if (!Fields.TryParse(notice.Body, out envelope, out var malformed))
        {
            fault = $"the body {malformed}";
            return null;
        }
        fault = "the resource is not encrypted under this app's apiV3Key";
        if (envelope.Element("resource") is not { } resource || WeChatSigning.Open(settings, new Fields(resource)) is not { } plain)
        {
            return null;
        }
        if (Fields.TryParse(plain, out var told, out malformed))
        {
            return told;
        }
        fault = $"the resource {malformed}";
        return null;
    }
}
