using OrderCenter.Domain;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay's bill (支付宝业务明细): comma separated, GBK or UTF-8, comments with <c>#</c> around it, blanks and tabs behind values. A
/// payment and each of its refunds is a line under the same trade number.</summary>
internal sealed class AlipayBill : StatementFormat
{
    private const string Trade = "支付宝交易号";
    private const string Order = "商户订单号";
    private const string Type = "业务类型";
    private const string Finished = "完成时间";
    private const string Total = "订单金额(元)";
    private const string Received = "商家实收(元)";
    private const string RefundNumber = "退款批次号/请求号";
    private const string Product = "商品名称";
    private const string Yuan = "CNY";

    public override string Name => "Alipay bill (支付宝业务明细)";

    public override IReadOnlyList<string[]> Columns =>
    [
        [Trade, "支付宝订单号", "交易号"], [Order, "商家订单号"], [Type], [Finished, "交易完成时间"], [Total, "交易金额"], [Received, "商家实收金额"],
        [RefundNumber], [Product],
    ];

    public override IReadOnlyList<string[]> Required => [[Trade], [Order], [Type], [Finished], [Total]];

    public override char? Comment => '#';

    public override bool MayBeGbk => true;

    public override LineOutcome Read(StatementRow row, App app)
    {
        LineKind? kind = row[Type] switch
        {
            "交易" => LineKind.Charge,
            "退款" => LineKind.Refund,
            _ => null,
        };
        if (kind is not { } what)
        {
            return LineOutcome.Skipped;
        }
        var (trade, order, finished, total) = (row[Trade], row[Order], row[Finished], row[Total]);
        if (!StatementText.IsKey(trade))
        {
            return Bad(Trade, trade, "a trade's number");
        }
        if (order.Length > StatementText.KeyMax)
        {
            return Bad(Order, order, $"at most {StatementText.KeyMax} characters");
        }
        if (!StatementText.TryAmount(total, out var amountE4))
        {
            return Bad("订单金额（元）", total, "an amount");
        }
        // A refund's amount is what the merchant gave; the order's amount may stand beside it unchanged.
        if (what == LineKind.Refund && StatementText.TryAmount(row[Received], out var backE4) && backE4 > 0)
        {
            amountE4 = backE4;
        }
        return BillLine.Read(what, trade, order, amountE4, Yuan, finished, row[Product], row[RefundNumber])
            ?? Bad(Finished, finished, BillLine.TimeForm);
    }
}
