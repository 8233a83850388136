using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>WeChat Pay (anchors/payments.md, "WeChat Pay APIv3"): the payment begins here, WeChat notifies, and is asked where it does not. A receipt of the
/// client is never believed: it only makes us ask.</summary>
internal sealed partial class WeChatChannel(StoreHttp http, PublicAddress address, TimeProvider clock) : IChannel, IPayStarter, INotified, IAsked, IRefunds
{
    internal const string ChannelName = "wechat";
    internal const string Yuan = "CNY";

    private const int NumberCharsMax = 64;
    private const string NotConfigured = "channel wechat is not configured for this app";
    private static readonly string[] Secrets = [WeChatSettings.PrivateKeyField, WeChatSettings.ApiV3KeyField];

    private readonly WeChatApi _api = new(http, clock);

    public string Name => ChannelName;

    public string Channel => ChannelName;

    public bool AsksByOrder => true;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => WeChatSettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt) => receipt.UnityStore is null && new Fields(receipt.Root).Has("transaction_id");

    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken)
    {
        var fields = new Fields(receipt.Root);
        var (transactionId, outTradeNo) = (fields.Text("transaction_id", NumberCharsMax), fields.Text("out_trade_no", NumberCharsMax));
        if (fields.Faults.Count > 0 || (transactionId ?? outTradeNo) is null)
        {
            return new Verdict.Rejected("the receipt must hold transaction_id or out_trade_no as text");
        }
        return outTradeNo is null || outTradeNo == order.Id.Value
            ? await QueryAsync(app, order, transactionId, cancellationToken)
            : new Verdict.Rejected("the receipt is for another order");
    }

    /// <summary>Asks by our own number: what WeChat knows under it is this order's and no other's. A number that somebody else named changes nothing.</summary>
    public ValueTask<Verdict> AskAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) => QueryAsync(app, order, transactionId: null, cancellationToken);

    private async ValueTask<Verdict> QueryAsync(App app, Order order, string? transactionId, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        var reply = await _api.CallAsync(settings, HttpMethod.Get, $"{OrderPath(order)}?mchid={Uri.EscapeDataString(settings.MchId)}", "", cancellationToken);
        if (!reply.IsDone || reply.Fields is not { } fields)
        {
            return reply is { Status: 404, IsSigned: true, Code: "ORDER_NOT_EXIST" or "ORDERNOTEXIST" }
                ? new Verdict.Rejected("not paid: WeChat Pay knows no transaction of this order")
                : new Verdict.TryLater(reply.Words);
        }
        if (Transaction.Read(fields, out var fault) is not { } transaction)
        {
            return new Verdict.TryLater($"WeChat Pay's answer is not usable: {fault}");
        }
        if (transaction.OutTradeNo != order.Id.Value || transaction.MchId != settings.MchId || transaction.AppId != settings.AppId)
        {
            return new Verdict.TryLater("WeChat Pay answered for another order, merchant or app");
        }
        if (transaction.State != Transaction.Success)
        {
            // NOTPAY is not final: the player may pay until the order expires.
            return new Verdict.Rejected(transaction.State == "REFUND" ? "the payment was refunded, in whole or in part" : $"not paid: the transaction is in the state {transaction.State}");
        }
        if (transaction.ToPayment() is not { } payment)
        {
            return new Verdict.TryLater("WeChat Pay's answer does not say what was paid");
        }
        if (transactionId is not null && transactionId != payment.TransactionId)
        {
            return new Verdict.Rejected("the receipt's transaction_id is not this order's");
        }
        return payment.Money != order.Money || !Currency.Same(payment.Currency!, order.Currency)
            ? new Verdict.Contradicts(payment, $"{payment.Money} {payment.Currency} were paid, the order is over {order.Money} {order.Currency}")
            : new Verdict.Paid(payment);
    }

    private static string OrderPath(Order order) => $"/v3/pay/transactions/out-trade-no/{order.Id}";
}
