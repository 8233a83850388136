using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay (anchors/payments.md, "Alipay"): the payment begins here, Alipay notifies, and is asked where it does not. A receipt of the client is
/// never believed: it only makes us ask.</summary>
internal sealed partial class AlipayChannel(StoreHttp http, PublicAddress address, TimeProvider clock) : IChannel, IPayStarter, INotified, IAsked, IRefunds
{
    internal const string ChannelName = "alipay";
    internal const string Yuan = "CNY";
    internal const string TimeForm = "yyyy-MM-dd HH:mm:ss";
    internal static readonly TimeSpan China = TimeSpan.FromHours(8);

    private const string NotThere = "ACQ.TRADE_NOT_EXIST";
    private const string SystemError = "ACQ.SYSTEM_ERROR";
    private const int NumberCharsMax = 64;
    private const int SubjectCharsMax = 128;
    private const int ReasonCharsMax = 200;
    private const string NotConfigured = "channel alipay is not configured for this app";
    private static readonly string[] Secrets = [AlipaySettings.PrivateKeyField];
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly AlipayGateway _gateway = new(http, clock);

    public string Name => ChannelName;

    public string Channel => ChannelName;

    public bool AsksByOrder => true;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => AlipaySettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt)
    {
        var fields = new Fields(receipt.Root);
        return receipt.UnityStore is null && (fields.Has("trade_no") || (fields.Has("out_trade_no") && !fields.Has("transaction_id")));
    }

    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken)
    {
        var fields = new Fields(receipt.Root);
        var (tradeNo, outTradeNo) = (fields.Text("trade_no", NumberCharsMax), fields.Text("out_trade_no", NumberCharsMax));
        if (fields.Faults.Count > 0 || (tradeNo ?? outTradeNo) is null)
        {
            return new Verdict.Rejected("the receipt must hold trade_no or out_trade_no as text");
        }
        return outTradeNo is null || outTradeNo == order.Id.Value
            ? await QueryAsync(app, order, tradeNo, cancellationToken)
            : new Verdict.Rejected("the receipt is for another order");
    }

    /// <summary>Asks by our own number: what Alipay knows under it is this order's and no other's. A number that somebody else named changes nothing.</summary>
    public ValueTask<Verdict> AskAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) => QueryAsync(app, order, tradeNo: null, cancellationToken);

    public ValueTask<PayStart> StartAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new(new PayStart.NotConfigured(NotConfigured));
        }
        if (!Currency.Same(order.Currency, Yuan))
        {
            return new(new PayStart.Refused($"currency must be {Yuan} for Alipay"));
        }
        if (!Fen.TryOf(order.Money, out var fen))
        {
            return new(new PayStart.Refused($"amount {Fen.Form}"));
        }
        var biz = Json(json =>
        {
            json.WriteString("out_trade_no", order.Id.Value);
            json.WriteString("total_amount", Fen.Text(fen));
            json.WriteString("subject", Subject(order));
            json.WriteString("product_code", settings.IsWap ? "QUICK_WAP_WAY" : "QUICK_MSECURITY_PAY");
            json.WriteString("time_expire", DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresMs).ToOffset(China).ToString(TimeForm));
        });
        var text = _gateway.OrderString(
            settings, settings.IsWap ? "alipay.trade.wap.pay" : "alipay.trade.app.pay", biz, settings.NotifyUrl ?? address.NotifyAt(ChannelName, app.GameId),
            settings.IsWap ? settings.ReturnUrl : null);
        var pay = Json(json =>
        {
            json.WriteString("orderString", text);
            if (settings.IsWap)
            {
                json.WriteString("url", new UriBuilder(settings.Gateway) { Query = text }.Uri.AbsoluteUri);
            }
        });
        using var document = JsonDocument.Parse(pay);
        return new(new PayStart.Ready(document.RootElement.Clone()));
    }

    public async ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        var reply = await _gateway.CallAsync(settings, "alipay.trade.close", Json(json => json.WriteString("out_trade_no", order.Id.Value)), cancellationToken);
        return reply.IsDone || reply.SubCode == NotThere ? null : reply.Words;
    }

    /// <summary>One refund an order: our order's number is also the refund's, so that asking again gives nothing back twice.</summary>
    public async ValueTask<RefundAnswer> RefundAsync(App app, Order order, Payment payment, string reason, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new RefundAnswer.Refused(NotConfigured);
        }
        if (!Fen.TryOf(payment.Money ?? order.Money, out var fen))
        {
            return new RefundAnswer.Refused($"amount {Fen.Form}");
        }
        var biz = Json(json =>
        {
            json.WriteString("trade_no", payment.TransactionId);
            json.WriteString("refund_amount", Fen.Text(fen));
            json.WriteString("refund_reason", reason.Length <= ReasonCharsMax ? reason : reason[..ReasonCharsMax]);
            json.WriteString("out_request_no", order.Id.Value);
        });
        var reply = await _gateway.CallAsync(settings, "alipay.trade.refund", biz, cancellationToken);
        if (reply.IsDone)
        {
            return new RefundAnswer.Done();
        }
        return reply.Fields is null || IsPassing(reply) ? new RefundAnswer.TryLater(reply.Words) : new RefundAnswer.Refused(reply.Words);
    }

    private async ValueTask<Verdict> QueryAsync(App app, Order order, string? tradeNo, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        var reply = await _gateway.CallAsync(settings, "alipay.trade.query", Json(json => json.WriteString("out_trade_no", order.Id.Value)), cancellationToken);
        if (!reply.IsDone)
        {
            return reply.SubCode == NotThere ? new Verdict.Rejected("not paid: Alipay knows no trade of this order yet") : new Verdict.TryLater(reply.Words);
        }
        if (Trade.Read(name => reply.Fields!.TextOrEmpty(name, 1024), out var fault) is not { } trade)
        {
            return new Verdict.TryLater($"Alipay's answer is not usable: {fault}");
        }
        if (trade.OutTradeNo != order.Id.Value)
        {
            return new Verdict.TryLater("Alipay answered for another order");
        }
        if (tradeNo is not null && tradeNo != trade.TradeNo)
        {
            return new Verdict.Rejected("the receipt's trade_no is not this order's");
        }
        if (trade.IsRefunded || !trade.IsPaid)
        {
            return new Verdict.Rejected(trade.IsRefunded ? "the payment was refunded" : $"not paid: the trade is in the state {trade.Status}");
        }
        var payment = trade.ToPayment(settings.Environment);
        if (payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId))
        {
            return new Verdict.Rejected("the payment is of Alipay's sandbox");
        }
        if (trade.Total != order.Money || !Currency.Same(order.Currency, Yuan))
        {
            return new Verdict.Contradicts(payment, $"{trade.Total} {Yuan} were paid, the order is over {order.Money} {order.Currency}");
        }
        return new Verdict.Paid(payment);
    }

    private static bool IsPassing(AlipayGateway.Reply reply) => reply.SubCode == SystemError || reply.Code == "20000" || reply.SubCode.StartsWith("aop.", StringComparison.Ordinal);

    /// <summary>Alipay refuses subjects that hold <c>/</c>, <c>=</c> or <c>&amp;</c>.</summary>
    private static string Subject(Order order)
    {
        var subject = string.Concat((order.ProductName.Length > 0 ? order.ProductName : order.ProductId).Select(character => character is '/' or '=' or '&' || char.IsControl(character) ? ' ' : character));
        return subject.Length <= SubjectCharsMax ? subject : subject[..SubjectCharsMax];
    }

    private static string Json(Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
