using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.Settings;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>WeChat's virtual payment in mini programs and mini games (docs/channels/wechat-virtual.md): the payment begins here, WeChat
/// pushes a message, and is queried about what it says. A client's receipt is never believed: it only causes a query.</summary>
internal sealed partial class WeChatVirtualChannel(StoreHttp http, TimeProvider clock) : IChannel, IPaymentInitiator,
    INotificationHandler, IPaymentQuery, IRefunder, ISettingsTest
{
    internal const string ChannelName = "wechat-virtual";
    internal const string Yuan = "CNY";

    private const string NumberField = "wx_order_id";
    private const int NumberCharsMax = 64;
    private const string NotConfigured = "channel wechat-virtual is not configured for this app";
    private const string NoQuery =
        "WeChat answers for a mini game only with the player's session; its delivery message pays the order";

    private static readonly string[] Secrets = [
        WeChatVirtualSettings.AppSecretField, WeChatVirtualSettings.AppKeyField, WeChatVirtualSettings.PushTokenField,
        WeChatVirtualSettings.AesKeyField];

    private readonly XPayApi _api = new(http, clock);

    public string Name => ChannelName;

    public bool FindsByOrderId => true;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => WeChatVirtualSettings.Read(settings).Faults;

    public string? IdentityOf(JsonElement settings)
    {
        var fields = new JsonFieldReader(settings);
        return $"{fields.AnyText("appId", NumberCharsMax)} {fields.AnyText("environment", NumberCharsMax) ?? Payment.Production}";
    }

    public bool Recognises(Receipt receipt) => receipt.UnityStore is null && new JsonFieldReader(receipt.Root).Has(NumberField);

    public ClaimedPurchase? ReadClaim(Receipt receipt) => NumberReceipt.ReadClaim(receipt, NumberField);

    /// <summary>Queries by our order id: what WeChat has under it is this order's and no other's. A number that a caller claims is not
    /// used.</summary>
    public ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) =>
        QueryByOrderIdAsync(app, order, number: null, cancellationToken);

    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        NumberReceipt.Read(receipt, NumberField, order, out var number) is { } fault
            ? new Verdict.Rejected(fault)
            : await QueryByOrderIdAsync(app, order, number, cancellationToken);

    private async ValueTask<Verdict> QueryByOrderIdAsync(App app, Order order, string? number, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        if (OrderExtra.Find(order, OrderExtra.PayerField) is not { } payer)
        {
            return new Verdict.Rejected($"WeChat cannot be asked: the order has no {OrderExtra.PayerField}");
        }
        var (found, reply, fault) = await FindAsync(settings, order.Id.Value, payer, cancellationToken);
        if (found is null)
        {
            return reply is { IsNotThere: true }
                ? new Verdict.Rejected("not paid: WeChat knows no such order yet")
                : new Verdict.TryLater(fault);
        }
        if (!found.IsPaid)
        {
            return new Verdict.Rejected($"not paid: the order is in the state {found.Status}");
        }
        var payment = found.ToPayment();
        if (number is not null && number != payment.TransactionId)
        {
            return new Verdict.Rejected($"the receipt's {NumberField} is not this order's");
        }
        if (found.RefundedFen >= found.TotalFen)
        {
            return new Verdict.Rejected("the payment was refunded") { Payment = payment };
        }
        if (payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId))
        {
            return new Verdict.Rejected("the payment is of WeChat's sandbox") { Payment = payment };
        }
        if (found.RefundedFen > 0)
        {
            // A part went back before the payment was known: a person decides about the rest.
            return new Verdict.Contradicts(payment, $"WeChat gave {CnyMinorUnits.ToMoney(found.RefundedFen)} of {payment.Money} back");
        }
        return payment.Money != order.Money || !Currency.Same(order.Currency, Yuan)
            ? new Verdict.Contradicts(payment, $"{payment.Money} {Yuan} were paid, the order is over {order.Money} {order.Currency}")
            : new Verdict.Paid(payment);
    }

    /// <summary>Asks for an order that cannot be: that it is not there proves the access token and our signature.</summary>
    public async ValueTask<SettingsTestResult> TestAsync(App app, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new SettingsTestResult(false, NotConfigured);
        }
        if (settings.IsMiniGame)
        {
            return new SettingsTestResult(true, "a mini game's settings are tried by WeChat's own simulated push (模拟推送)");
        }
        var (_, reply, fault) = await FindAsync(settings, Guid.NewGuid().ToString("N"), settings.AppId, cancellationToken);
        return reply is { IsNotThere: true }
            ? new SettingsTestResult(true, "WeChat accepts appId, appSecret and appKey")
            : new SettingsTestResult(false, fault);
    }

    /// <summary>Asks WeChat for an order of ours.</summary>
    /// <returns>The order; or null, WeChat's answer and why it says nothing.</returns>
    private async Task<(XPayOrder? Found, XPayReply? Reply, string Fault)> FindAsync(
        WeChatVirtualSettings settings, string orderId, string payer, CancellationToken cancellationToken)
    {
        if (settings.IsMiniGame)
        {
            return (null, null, NoQuery);
        }
        var reply = await QueryAsync(settings, orderId, payer, cancellationToken);
        if (!reply.IsDone || reply.IsNotThere)
        {
            return (null, reply, reply.Message);
        }
        if (XPayOrder.Read(reply.Fields!, out var fault) is not { } order)
        {
            return (null, reply, $"WeChat's answer is not usable: {fault}");
        }
        return order.OrderId == orderId && order.IsSandbox == (settings.Env == 1)
            ? (order, reply, "")
            : (null, reply, "WeChat answered for another order or environment");
    }

    /// <summary>Asks for an order, or for a refund by its number.</summary>
    private Task<XPayReply> QueryAsync(WeChatVirtualSettings settings, string number, string payer, CancellationToken cancellationToken) =>
        _api.CallAsync(
            settings, "/xpay/query_order",
            JsonBytes.WriteReadable(json =>
            {
                json.WriteString("openid", payer);
                json.WriteNumber("env", settings.Env);
                json.WriteString("order_id", number);
            }),
            cancellationToken);
}
