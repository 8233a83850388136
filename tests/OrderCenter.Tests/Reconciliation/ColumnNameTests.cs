using System.Text;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>Stores rename their columns, and spreadsheets change their case, blanks and brackets: the file is the same.</summary>
public sealed class ColumnNameTests(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("Product id", "Package ID")]
    [InlineData("Product id", "Package ID", "Sku Id", "SKU ID")]
    [InlineData("Product id", "package id", "Sku Id", "sku id")]
    [InlineData("Product id", "Product ID")]
    [InlineData("Transaction Date", "Transaction  Date", "Buyer Currency", " buyer\u00a0currency ", "Amount (Buyer Currency)", "Amount（Buyer Currency）")]
    [InlineData("Description", "\ufeff\"Description\"", "Transaction Type", "TRANSACTION_TYPE")]
    public async Task Google_is_read_under_every_spelling_and_says_what_was_sold(params string[] renames)
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("google");
        var lost = Ledger.NewNumber("GPA.77");
        var file = Renamed(StatementFiles.Google([ledger.Sale(paid.Transaction), ledger.Sale(lost)], Service.GooglePackage), renames);
        var found = await ledger.ReconcileAsync("google", file);
        Assert.Equal((1, 1, 0, 0), (found["matched"], found["missingHere"], found["bad"], found["otherGames"]));
        Assert.Equal("gems.60", found.Only("missingHere").GetProperty("productId").GetString());
    }

    [Fact]
    public async Task A_google_line_of_another_package_is_another_games_under_the_new_name_too()
    {
        var ledger = await Ledger.NewAsync(service);
        var file = Renamed(StatementFiles.Google([ledger.Sale("GPA.foreign")], "com.example.other"), ["Product id", "Package ID", "Sku Id", "Product ID"]);
        Assert.Equal(1, (await ledger.ReconcileAsync("google", file))["otherGames"]);
    }

    [Theory]
    [InlineData("订单金额（元）", "订单金额", "商家实收（元）", "商家实收")]
    [InlineData("订单金额（元）", "订单金额 (元)", "支付宝交易号", "\ufeff支付宝交易号 ")]
    [InlineData("支付宝交易号", "交易号", "商户订单号", "商家订单号", "完成时间", "交易完成时间")]
    public async Task Alipay_is_read_under_every_spelling(params string[] renames)
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("alipay");
        var file = Renamed(StatementFiles.Alipay([ledger.Sale(paid.Transaction), ledger.Sale("9999")], ledger.Day), renames);
        var found = await ledger.ReconcileAsync("alipay", file);
        Assert.Equal((1, 1, 0), (found["matched"], found["missingHere"], found["bad"]));
        Assert.EndsWith("the statement calls it gems.60 元宝", found.Only("missingHere").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("公众账号ID", "公众账号id", "微信订单号", "微信支付订单号")]
    [InlineData("公众账号ID", "应用ID", "货币种类", "货币类型", "订单金额", "订单金额（元）")]
    [InlineData("交易时间", "\ufeff交易 时间", "订单金额", "总金额")]
    public async Task WeChat_is_read_under_every_spelling(params string[] renames)
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("wechat");
        var file = Renamed(StatementFiles.WeChat([ledger.Sale(paid.Transaction)], "wx123", "1900000109"), renames, separator: ',');
        var found = await ledger.ReconcileAsync("wechat", file);
        Assert.Equal((1, 0), (found["matched"], found["bad"]));
    }

    [Theory]
    [InlineData("SKU", "sku", "Product Type Identifier", "product type  identifier", "Units", "Quantity")]
    [InlineData("SKU", "Vendor Identifier", "Begin Date", "Start Date", "Provider\t", "\ufeffProvider\t")]
    public async Task Apple_sales_are_read_under_every_spelling(params string[] renames)
    {
        var ledger = await Ledger.NewAsync(service);
        await ledger.PayAsync("apple", "6");
        var file = Renamed(StatementFiles.AppleSales([("gems.60", 1, 6m, "CNY")], ledger.Day), renames, separator: '\t');
        var found = await ledger.ReconcileAsync("apple", file);
        Assert.Equal((0, 0), (found.Differences.Count, found["bad"]));
    }

    [Theory]
    [InlineData("Vendor Identifier", "SKU", "Sale or Return", "Sales or Return")]
    [InlineData("Quantity", "Units", "Start Date", "Begin Date", "Sale or Return", "sale_or_return")]
    public async Task Apple_finance_is_read_under_every_spelling(params string[] renames)
    {
        var ledger = await Ledger.NewAsync(service);
        await ledger.PayAsync("apple", "6");
        var file = Renamed(StatementFiles.AppleFinancial([("gems.60", 1, 6m, "CNY")], ledger.Day, ledger.Day), renames, separator: '\t');
        var found = await ledger.ReconcileAsync("apple", file);
        Assert.Equal((0, 0, "App Store financial report"), (found.Differences.Count, found["bad"], found.Json.GetProperty("format").GetString()));
    }

    /// <summary>The same file with other names in its header: whole names only.</summary>
    private static byte[] Renamed(IEnumerable<string> lines, string[] renames, char separator = ',')
    {
        var all = lines.ToList();
        var at = all.FindIndex(line => line.Contains(renames[0].Trim('\t'), StringComparison.Ordinal));
        var titles = all[at].Split(separator);
        for (var i = 0; i < renames.Length; i += 2)
        {
            var place = Array.IndexOf(titles, renames[i].Trim('\t'));
            Assert.True(place >= 0, renames[i]);
            titles[place] = renames[i + 1].Trim('\t');
        }
        all[at] = string.Join(separator, titles);
        return all.Bytes(new UTF8Encoding(false));
    }
}
