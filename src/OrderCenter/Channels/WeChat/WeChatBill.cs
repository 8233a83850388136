using OrderCenter.Domain;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.WeChat;

/// <summary>WeChat Pay's trade bill (交易账单, of the types ALL, SUCCESS and REFUND): every value has a backtick before it, so that a product's
/// name may hold a comma; after the lines comes a summary. A payment and its refunds are lines of their own under the same
/// transaction.</summary>
internal sealed class WeChatBill : StatementFormat
{
    private const string Time = "交易时间";
    private const string AppId = "公众账号ID";
    private const string Transaction = "微信订单号";
    private const string Order = "商户订单号";
    private const string State = "交易状态";
    private const string Currency = "货币种类";
    private const string Total = "订单金额";
    private const string Settled = "应结订单金额";
    private const string OldTotal = "总金额";
    private const string BackAsked = "申请退款金额";
    private const string Back = "退款金额";
    private const string BackTime = "退款申请时间";
    private const string RefundNumber = "商户退款单号";
    private const string Product = "商品名称";
    private const string Summary = "总交易单数";

    public override string Name => "WeChat Pay trade bill (交易账单)";

    public override IReadOnlyList<string[]> Columns =>
    [
        [Time], [AppId, "公众号ID", "应用ID", "APPID"], [Transaction, "微信支付订单号", "微信支付单号"], [Order], [State], [Currency, "货币类型", "币种"], [Total],
        [Settled], [OldTotal],
        [BackAsked], [Back], [BackTime], [RefundNumber], [Product],
    ];

    public override IReadOnlyList<string[]> Required =>
        [[Time], [AppId], [Transaction], [Order], [State], [Currency], [Total, Settled, OldTotal]];

    public override char Separator => '`';

    public override char HeaderSeparator => ',';

    public override bool IsSeparatorFirst => true;

    public override bool HasQuotes => false;

    public override bool MayBeGbk => true;

    public override LineOutcome Read(StatementRow row, App app)
    {
        if (row.First.StartsWith(Summary, StringComparison.Ordinal))
        {
            return LineOutcome.AtEnd;
        }
        LineKind? kind = row[State] switch
        {
            "SUCCESS" => LineKind.Charge,
            "REFUND" or "REVOKED" => LineKind.Refund,
            _ => null,
        };
        if (kind is not { } what)
        {
            return Bad(State, row[State], "SUCCESS, REFUND or REVOKED");
        }
        if (IsOfOther(app, WeChatChannel.ChannelName, "appId", row[AppId]))
        {
            return LineOutcome.OfOtherGame;
        }
        var (transaction, order, currency) = (row[Transaction], row[Order], row[Currency]);
        if (!StatementText.IsKey(transaction))
        {
            return Bad(Transaction, transaction, "a transaction's number");
        }
        if (order.Length > StatementText.KeyMax)
        {
            return Bad(Order, order, $"at most {StatementText.KeyMax} characters");
        }
        if (!StatementText.IsCurrency(currency))
        {
            return Bad(Currency, currency, "a currency");
        }
        var amount = what == LineKind.Charge ? row[Total, OldTotal, Settled] : row[BackAsked, Back];
        if (!StatementText.TryAmount(amount, out var amountE4))
        {
            return Bad(what == LineKind.Charge ? Total : Back, amount, "an amount");
        }
        var time = what == LineKind.Refund && row[BackTime] is { Length: > 0 } asked ? asked : row[Time];
        return BillLine.Read(what, transaction, order, amountE4, currency, time, row[Product], row[RefundNumber])
            ?? Bad(Time, time, BillLine.TimeForm);
    }
}
