using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.Settings;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay (anchors/payments.md, "Alipay"): the payment begins here, Alipay notifies, and is queried where it does not. A client's
/// receipt is never believed: it only causes a query.</summary>
internal sealed partial class AlipayChannel(StoreHttp http, PublicAddress address, TimeProvider clock) : IChannel, IPaymentInitiator,
    INotificationHandler, IPaymentQuery, IRefunder, ISettingsTest
{
    private const string NumberField = "trade_no";
    internal const string ChannelName = "alipay";
    internal const string Yuan = "CNY";
    internal const string TimeForm = "yyyy-MM-dd HH:mm:ss";
    internal static readonly TimeSpan China = TimeSpan.FromHours(8);

    private const string NotThere = "ACQ.TRADE_NOT_EXIST";
    private const int NumberCharsMax = 64;
    private const int NumberCharsMin = 16;
    private const int SubjectCharsMax = 128;
    private const string NotConfigured = "channel alipay is not configured for this app";
    private static readonly string[] Secrets = [AlipaySettings.PrivateKeyField];

    private readonly AlipayGateway _gateway = new(http, clock);

    public string Name => ChannelName;

    public IReadOnlyList<StatementFormat> StatementFormats { get; } = [new AlipayBill()];

    public IStatementSource StatementSource => field ??= new AlipayBills(_gateway, http);

    public bool FindsByOrderId => true;

    /// <summary>A trade_no: digits, 28 as a rule.</summary>
    public bool IsTransactionId(string transaction) =>
        transaction.Length is >= NumberCharsMin and <= NumberCharsMax && !transaction.AsSpan().ContainsAnyExceptInRange('0', '9');

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => AlipaySettings.Read(settings).Faults;

    public bool IsToldNotifyAddress(App app) => AlipaySettings.Of(app) is { NotifyUrl: null };

    public string? IdentityOf(JsonElement settings) =>
        $"{new JsonFieldReader(settings).AnyText("appId", NumberCharsMax)} {WayOf(settings)}";

    /// <summary>A bill is a seller's, whichever of its apps was paid by; its lines name no app.</summary>
    public string? StatementIdentityOf(JsonElement settings)
    {
        var fields = new JsonFieldReader(settings);
        return fields.AnyText("sellerId", NumberCharsMax) ?? $"app {fields.AnyText("appId", NumberCharsMax)}";
    }

    public string? WayOf(JsonElement settings) => new JsonFieldReader(settings).AnyText("way", NumberCharsMax) ?? "app";

    public bool Recognises(Receipt receipt)
    {
        var fields = new JsonFieldReader(receipt.Root);
        return receipt.UnityStore is null && (fields.Has("trade_no") || (fields.Has("out_trade_no") && !fields.Has("transaction_id")));
    }

    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        NumberReceipt.Read(receipt, NumberField, order, out var tradeNo) is { } fault
            ? new Verdict.Rejected(fault)
            : await QueryByOrderIdAsync(app, order, tradeNo, cancellationToken);

    public ClaimedPurchase? ReadClaim(Receipt receipt) => NumberReceipt.ReadClaim(receipt, NumberField);

    /// <summary>Queries by our order id: what Alipay has under it is this order's and no other's. A trade number that a caller claims is
    /// not used.</summary>
    public ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) =>
        QueryByOrderIdAsync(app, order, tradeNo: null, cancellationToken);

    public async ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        var reply = await _gateway.CallAsync(
            settings, "alipay.trade.close", JsonBytes.WriteReadable(json => json.WriteString("out_trade_no", order.Id.Value)),
            cancellationToken);

        // A trade that nobody opened is not there yet. It cannot be opened any more: it was given the time at which the order expires.
        return reply.IsDone || reply.SubCode == NotThere ? null : reply.Message;
    }

    private async ValueTask<Verdict> QueryByOrderIdAsync(App app, Order order, string? tradeNo, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        var reply = await _gateway.CallAsync(
            settings, "alipay.trade.query", JsonBytes.WriteReadable(json => json.WriteString("out_trade_no", order.Id.Value)),
            cancellationToken);
        if (!reply.IsDone)
        {
            return reply.SubCode == NotThere
                ? new Verdict.Rejected("not paid: Alipay knows no trade of this order yet")
                : new Verdict.TryLater(reply.Message);
        }
        if (AlipayTrade.Read(name => reply.Fields!.AnyScalar(name, 1024), out var fault) is not { } trade)
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
        var payment = trade.ToPayment(settings.Environment);
        if (trade.IsRefunded)
        {
            return new Verdict.Rejected("the payment was refunded") { Payment = payment };
        }
        if (!trade.IsPaid)
        {
            return new Verdict.Rejected($"not paid: the trade is in the state {trade.Status}");
        }
        if (payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId))
        {
            return new Verdict.Rejected("the payment is of Alipay's sandbox") { Payment = payment };
        }
        if (trade.Total != order.Money || !Currency.Same(order.Currency, Yuan))
        {
            return new Verdict.Contradicts(payment, $"{trade.Total} {Yuan} were paid, the order is over {order.Money} {order.Currency}");
        }
        return new Verdict.Paid(payment);
    }

    /// <summary>Alipay refuses subjects that hold <c>/</c>, <c>=</c> or <c>&amp;</c>.</summary>
    private static string Subject(Order order)
    {
        var name = order.ProductName.Length > 0 ? order.ProductName : order.ProductId;
        var subject = string.Concat(name.Select(mark => mark is '/' or '=' or '&' || char.IsControl(mark) ? ' ' : mark));
        return subject.Length <= SubjectCharsMax ? subject : subject[..SubjectCharsMax];
    }
}
