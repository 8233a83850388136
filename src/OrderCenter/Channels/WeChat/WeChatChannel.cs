using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.Settings;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.WeChat;

/// <summary>WeChat Pay (anchors/payments.md, "WeChat Pay APIv3"): the payment begins here, WeChat notifies, and is queried where it does
/// not. A client's receipt is never believed: it only causes a query.</summary>
internal sealed partial class WeChatChannel(StoreHttp http, PublicAddress address, TimeProvider clock) : IChannel, IPaymentInitiator,
    INotificationHandler, IPaymentQuery, IRefunder, ISettingsTest
{
    private const string NumberField = "transaction_id";
    internal const string ChannelName = "wechat";
    internal const string Yuan = "CNY";

    private const int NumberCharsMax = 64;
    private const int TransactionCharsMin = 16;
    private const int TransactionCharsMax = 32;
    private const string MoneyWentBack = "paid, and money of it went back (REFUND); how much is in WeChat Pay's merchant platform and bill";
    private const string NotConfigured = "channel wechat is not configured for this app";
    private static readonly string[] Secrets = [WeChatSettings.PrivateKeyField, WeChatSettings.ApiV3KeyField];

    private readonly WeChatApi _api = new(http, clock);

    public string Name => ChannelName;

    public IReadOnlyList<StatementFormat> StatementFormats { get; } = [new WeChatBill()];

    public IStatementSource StatementSource => field ??= new WeChatBills(_api, http, clock);

    public bool FindsByOrderId => true;

    /// <summary>A transaction_id: digits, 28 as a rule and at most 32.</summary>
    public bool IsTransactionId(string transaction) =>
        transaction.Length is >= TransactionCharsMin and <= TransactionCharsMax && !transaction.AsSpan().ContainsAnyExceptInRange('0', '9');

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => WeChatSettings.Read(settings).Faults;

    public bool IsToldNotifyAddress(App app) => WeChatSettings.Of(app) is { NotifyUrl: null };

    public string? IdentityOf(JsonElement settings)
    {
        var fields = new JsonFieldReader(settings);
        return $"{fields.AnyText("mchId", NumberCharsMax)} {fields.AnyText("appId", NumberCharsMax)} {WayOf(settings)}";
    }

    /// <summary>A bill is a merchant's; of its lines, those of the app are read.</summary>
    public string? StatementIdentityOf(JsonElement settings)
    {
        var fields = new JsonFieldReader(settings);
        return $"{fields.AnyText("mchId", NumberCharsMax)} {fields.AnyText("appId", NumberCharsMax)}";
    }

    public string? WayOf(JsonElement settings) =>
        new JsonFieldReader(settings).AnyText("way", NumberCharsMax)?.ToLowerInvariant() ?? "native";

    public bool Recognises(Receipt receipt) => receipt.UnityStore is null && new JsonFieldReader(receipt.Root).Has("transaction_id");

    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        NumberReceipt.Read(receipt, NumberField, order, out var transactionId) is { } fault
            ? new Verdict.Rejected(fault)
            : await QueryByOrderIdAsync(app, order, transactionId, cancellationToken);

    public ClaimedPurchase? ReadClaim(Receipt receipt) => NumberReceipt.ReadClaim(receipt, NumberField);

    /// <summary>Queries by our order id: what WeChat has under it is this order's and no other's. A transaction id that a caller claims is
    /// not used.</summary>
    public ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) =>
        QueryByOrderIdAsync(app, order, transactionId: null, cancellationToken);

    private async ValueTask<Verdict> QueryByOrderIdAsync(App app, Order order, string? transactionId, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        var reply = await _api.CallAsync(
            settings, HttpMethod.Get, $"{OrderPath(order)}?mchid={Uri.EscapeDataString(settings.MchId)}", "", cancellationToken);
        if (!reply.IsDone || reply.Fields is not { } fields)
        {
            return IsNotThere(reply)
                ? new Verdict.Rejected("not paid: WeChat Pay knows no transaction of this order")
                : new Verdict.TryLater(reply.Message);
        }
        if (WeChatTransaction.Read(fields, out var fault) is not { } transaction)
        {
            return new Verdict.TryLater($"WeChat Pay's answer is not usable: {fault}");
        }
        if (transaction.OutTradeNo != order.Id.Value || transaction.MchId != settings.MchId || transaction.AppId != settings.AppId)
        {
            return new Verdict.TryLater("WeChat Pay answered for another order, merchant or app");
        }
        if (transaction.State is not (WeChatTransaction.Success or WeChatTransaction.Refunded))
        {
            // NOTPAY is not final: the player may pay until the order expires.
            return new Verdict.Rejected($"not paid: the transaction is in the state {transaction.State}");
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
            ? new Verdict.Contradicts(
                payment, $"{payment.Money} {payment.Currency} were paid, the order is over {order.Money} {order.Currency}")
            // It was paid, and some of it or all went back: WeChat does not say how much, and tells of a refund by its number only. What
            // was paid before is known here with its refunds; for what was not, nothing is delivered before a person has looked.
            : transaction.State == WeChatTransaction.Refunded && order.State.Pay == PayState.Unpaid
                ? new Verdict.Contradicts(payment, MoneyWentBack)
                : new Verdict.Paid(payment);
    }

    private static bool IsNotThere(WeChatApi.Reply reply) =>
        reply is { Status: 404, IsSigned: true, Code: "ORDER_NOT_EXIST" or "ORDERNOTEXIST" };

    private static string OrderPath(Order order) => $"/v3/pay/transactions/out-trade-no/{order.Id}";
}
