using System.Globalization;
using System.Text;

namespace OrderCenter.Simulator.Stores;

/// <summary>A purchase, or the refund of one, as a store's statement tells it.</summary>
/// <param name="Transaction">The store's number: Google's order id, Alipay's trade, WeChat's transaction. Apple tells none.</param>
/// <param name="Product">The product.</param>
/// <param name="Amount">In the currency's main unit.</param>
/// <param name="Currency">The buyer's currency.</param>
/// <param name="At">When it happened.</param>
/// <param name="OrderNumber">The merchant's own number, where the store knows it.</param>
/// <param name="IsRefund">Whether the money went back.</param>
/// <param name="RefundNumber">The merchant's number of the refund; null: the store's own.</param>
public sealed record StatementSale(string Transaction, string Product, decimal Amount, string Currency, DateTimeOffset At, string OrderNumber = "", bool IsRefund = false, string? RefundNumber = null);

/// <summary>Statements in the form in which stores publish them, line by line, so that one of a million lines costs no more memory than one of ten.</summary>
public static class StatementFiles
{
    private const string AlipayHeader =
        "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）," +
        "券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

    private const string WeChatHeader =
        "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额," +
        "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";

    private const string GoogleHeader =
        "Description,Transaction Date,Transaction Time,Tax Type,Transaction Type,Refund Type,Product Title,Product id,Product Type,Sku Id,Hardware,Buyer Country,Buyer State,Buyer Postal Code," +
        "Buyer Currency,Amount (Buyer Currency),Currency Conversion Rate,Merchant Currency,Amount (Merchant Currency)";

    private const string AppleSalesHeader =
        "Provider\tProvider Country\tSKU\tDeveloper\tTitle\tVersion\tProduct Type Identifier\tUnits\tDeveloper Proceeds\tBegin Date\tEnd Date\tCustomer Currency\tCountry Code\tCurrency of Proceeds\t" +
        "Apple Identifier\tCustomer Price\tPromo Code\tParent Identifier\tSubscription\tPeriod\tCategory\tCMB\tDevice\tSupported Platforms\tProceeds Reason\tPreserved Pricing\tClient\tOrder Type";

    private const string AppleFinancialHeader =
        "Start Date\tEnd Date\tUPC\tISRC/ISBN\tVendor Identifier\tQuantity\tPartner Share\tExtended Partner Share\tPartner Share Currency\tSale or Return\tApple Identifier\t" +
        "Artist/Show/Developer/Author\tTitle\tLabel/Studio/Network/Developer/Publisher\tGrid\tProduct Type Identifier\tISAN/Other Identifier\tCountry Of Sale\tPre-order Flag\tPromo Code\t" +
        "Customer Price\tCustomer Currency";

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>Google Play's earnings report, with the fee that stands beside every charge.</summary>
    public static IEnumerable<string> Google(IEnumerable<StatementSale> sales, string package)
    {
        yield return GoogleHeader;
        foreach (var sale in sales)
        {
            var at = sale.At.ToUniversalTime();
            var (type, fee, sign) = sale.IsRefund ? ("Charge refund", "Google fee refund", "-") : ("Charge", "Google fee", "");
            yield return Line(type, sign, sale.Amount);
            yield return Line(fee, sale.IsRefund ? "" : "-", decimal.Round(sale.Amount * 0.15m, 2));

            string Line(string what, string mark, decimal amount) => string.Create(
                CultureInfo.InvariantCulture,
                $"{sale.Transaction},\"{at:MMM d, yyyy}\",{at:h:mm:ss tt} UTC,,{what},{(sale.IsRefund ? "Full" : "")},\"A pouch of gems (game)\",{package},2,{sale.Product},panther,CN,,,{sale.Currency},{mark}{amount},1.000000,{sale.Currency},{mark}{amount}");
        }
    }

    /// <summary>App Store Connect's summary sales report: one line for a product, however many were sold.</summary>
    public static IEnumerable<string> AppleSales(IEnumerable<(string Product, long Units, decimal Price, string Currency)> sold, DateOnly day)
    {
        yield return AppleSalesHeader;
        var date = day.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture);
        yield return $"APPLE\tUS\tcom.example.app\tExample Ltd\tThe game\t1.0\t1F\t25\t0\t{date}\t{date}\tCNY\tCN\tCNY\t1234567890\t0\t\t\t\t\tGames\t\tiPhone\tiOS\t\t\t\t";
        foreach (var (product, units, price, currency) in sold)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"APPLE\tUS\t{product}\tExample Ltd\tGems \"60\"\t1.0\tIA1\t{units}\t{decimal.Round(price * 0.7m, 2)}\t{date}\t{date}\t{currency}\tCN\t{currency}\t1234567891\t{price}\t\tcom.example.app\t\t\tGames\t\tiPhone\tiOS\t\t\t\t");
        }
    }

    /// <summary>App Store Connect's financial report for a fiscal month.</summary>
    public static IEnumerable<string> AppleFinancial(IEnumerable<(string Product, long Units, decimal Price, string Currency)> sold, DateOnly first, DateOnly last)
    {
        yield return AppleFinancialHeader;
        var (from, to) = (first.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture), last.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture));
        var rows = 0;
        foreach (var (product, units, price, currency) in sold)
        {
            var share = decimal.Round(price * 0.7m, 2);
            rows++;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{from}\t{to}\t\t\t{product}\t{units}\t{share}\t{share * units}\t{currency}\t{(units < 0 ? "R" : "S")}\t1234567891\tExample Ltd\tGems\t\t\tIA1\t\tCN\t\t\t{price}\t{currency}");
        }
        yield return $"Total_Rows\t{rows}";
    }

    /// <summary>Alipay's bill: comments around it, tabs behind the numbers.</summary>
    public static IEnumerable<string> Alipay(IEnumerable<StatementSale> sales, DateOnly day)
    {
        var date = day.ToString("yyyy年MM月dd日", CultureInfo.InvariantCulture);
        yield return "#支付宝业务明细查询";
        yield return "#账号：[20881234567890120156]";
        yield return $"#起始日期：[{date} 00:00:00]   终止日期：[{date} 24:00:00]";
        yield return "#-----------------------------------------业务明细列表----------------------------------------";
        yield return AlipayHeader;
        var count = 0;
        foreach (var sale in sales)
        {
            count++;
            var at = sale.At.ToOffset(China);
            var back = sale.IsRefund ? "-" : "";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{sale.Transaction}\t,{sale.OrderNumber}\t,{(sale.IsRefund ? "退款" : "交易")}\t,{sale.Product} 元宝,{at:yyyy-MM-dd HH:mm:ss},{at:yyyy-MM-dd HH:mm:ss},\t,\t,\t,\t,**佳(156******89)\t,{back}{sale.Amount:0.00},{back}{sale.Amount:0.00},0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,{(sale.IsRefund ? sale.RefundNumber ?? "R" + sale.Transaction : "")}\t,0.00,0.00,");
        }
        yield return "#-----------------------------------------业务明细列表结束------------------------------------";
        yield return $"#交易合计：{count}笔";
    }

    /// <summary>WeChat Pay's trade bill: a backtick before every value, a comma in the product's name, a summary behind the lines.</summary>
    public static IEnumerable<string> WeChat(IEnumerable<StatementSale> sales, string appId, string merchant)
    {
        yield return WeChatHeader;
        var (count, total, back) = (0, 0m, 0m);
        foreach (var sale in sales)
        {
            count++;
            total += sale.IsRefund ? 0 : sale.Amount;
            back += sale.IsRefund ? sale.Amount : 0;
            var at = sale.At.ToOffset(China).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var (paid, returned) = sale.IsRefund ? ("0.00", sale.Amount.ToString("0.00", CultureInfo.InvariantCulture)) : (sale.Amount.ToString("0.00", CultureInfo.InvariantCulture), "0.00");
            var (refund, own) = sale.IsRefund ? ("R" + sale.Transaction, sale.RefundNumber ?? "R" + sale.Transaction) : ("0", "0");
            yield return "`" + string.Join(
                ",`", at, appId, merchant, "0", "", sale.Transaction, sale.OrderNumber, "oUser", "APP", sale.IsRefund ? "REFUND" : "SUCCESS", "OTHERS", sale.Currency, paid, "0.00", refund, own,
                returned, "0.00", sale.IsRefund ? "ORIGINAL" : "", sale.IsRefund ? "SUCCESS" : "", $"{sale.Product}, \"元宝\"", "", "0.00000", "0.60%", paid, returned, "");
        }
        yield return "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
        yield return string.Create(CultureInfo.InvariantCulture, $"`{count},`{total:0.00},`{back:0.00},`0.00,`0.00000,`{total:0.00},`{back:0.00}");
    }

    /// <summary>A small statement as bytes.</summary>
    public static byte[] Bytes(this IEnumerable<string> lines, Encoding encoding) => encoding.GetBytes(string.Concat(lines.Select(line => line + "\r\n")));

    /// <summary>Writes a statement of any length.</summary>
    public static async Task WriteAsync(this IEnumerable<string> lines, Stream to, Encoding encoding, CancellationToken cancellationToken)
    {
        var text = new StreamWriter(to, encoding, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await using (text)
        {
            foreach (var line in lines)
            {
                await text.WriteLineAsync(line.AsMemory(), cancellationToken);
            }
        }
    }
}
