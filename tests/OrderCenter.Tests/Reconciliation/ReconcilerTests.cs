using System.Net;
using System.Text;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>What a statement and the orders say of each other, for every store.</summary>
public sealed class ReconcilerTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("google")]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Every_way_in_which_two_sides_differ_is_found_and_named(string channel)
    {
        var ledger = await Ledger.NewAsync(service);
        var same = await ledger.PayAsync(channel);
        var refundedBoth = await ledger.PayAsync(channel);
        await ledger.RefundAsync(refundedBoth.OrderId);
        var cheaper = await ledger.PayAsync(channel);
        var refundedThere = await ledger.PayAsync(channel);
        var onlyHere = await ledger.PayAsync(channel);
        var unpaid = await ledger.CreateAsync();
        var lost = Ledger.NewNumber(channel == "google" ? "GPA.3399-" : "9");
        var stranger = Ledger.NewNumber(channel == "google" ? "GPA.4499-" : "8");
        var file = ledger.Statement(
            channel,
            [
                ledger.Sale(same.Transaction, orderNumber: same.OrderId), ledger.Sale(refundedBoth.Transaction, orderNumber: refundedBoth.OrderId),
                ledger.Sale(refundedBoth.Transaction, orderNumber: refundedBoth.OrderId, isRefund: true), ledger.Sale(cheaper.Transaction, 6m, cheaper.OrderId),
                ledger.Sale(refundedThere.Transaction, orderNumber: refundedThere.OrderId), ledger.Sale(refundedThere.Transaction, orderNumber: refundedThere.OrderId, isRefund: true),
                ledger.Sale(lost, orderNumber: unpaid), ledger.Sale(stranger),
            ]);

        var found = await ledger.ReconcileAsync(channel, file);

        Assert.Equal("amountDiffers,missingHere,missingHere,missingThere,refundedThere", found.Kinds);
        Assert.Equal((3, 1, 2, 1, 1, 1), (found["matched"], found["refundsMatched"], found["missingHere"], found["missingThere"], found["amountDiffers"], found["refundedThere"]));
        Assert.Equal((5, 0, 0), (found["payments"], found["bad"], found["otherDays"]));
        Assert.Equal((5, 100, "wang.li"), (found.Json.GetProperty("differences").GetInt64(), found.Json.GetProperty("progress").GetInt32(), found.Json.GetProperty("actor").GetString()));

        var missingHere = found.Differences.Single(difference => difference.GetProperty("transactionId").GetString() == lost);
        Assert.Equal(("6.5", "CNY"), (missingHere.GetProperty("theirs").GetProperty("money").GetString(), missingHere.GetProperty("theirs").GetProperty("currency").GetString()));
        Assert.Equal(channel == "google" ? null : unpaid, missingHere.GetProperty("orderId").GetString());
        Assert.Equal(onlyHere.OrderId, found.Only("missingThere").GetProperty("orderId").GetString());
        var differs = found.Only("amountDiffers");
        Assert.Equal((cheaper.OrderId, "6", "6.5"), (differs.GetProperty("orderId").GetString(), differs.GetProperty("theirs").GetProperty("money").GetString(), differs.GetProperty("ours").GetProperty("money").GetString()));
        Assert.Equal(refundedThere.OrderId, found.Only("refundedThere").GetProperty("orderId").GetString());
        Assert.Equal(["review", "refund", "ignore"], differs.GetProperty("actions").EnumerateArray().Select(action => action.GetString()));
    }

    [Fact]
    public async Task A_google_receipt_is_found_by_its_order_number_and_counts_once()
    {
        var game = await service.NewGameAsync();
        var at = service.Clock.GetUtcNow();
        var purchase = new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gems.60" };
        var id = (await game.CreateAsync(game.NewOrder("gems.60", "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);
        var ledger = await Ledger.NewAsync(service);
        ledger.End();
        var (sale, day) = (new StatementSale(purchase.OrderId!, "gems.60", 6.5m, "CNY", at), ledger.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var there = await DoneAsync(ledger, $"channel=google&gameId={game.GameId}&day={day}", ledger.Statement("google", [sale]));
        Assert.Equal((1, 1, 0), (there["matched"], there["payments"], there.Differences.Count));
        var gone = await DoneAsync(ledger, $"channel=google&gameId={game.GameId}&day={day}&lastDay={day}", ledger.Statement("google", [sale with { Transaction = "GPA.other" }]));
        Assert.Equal("missingHere", gone.Kinds);
    }

    [Fact]
    public async Task What_a_statement_of_the_day_beside_holds_is_not_missing_there()
    {
        var ledger = await Ledger.NewAsync(service);
        // Bought before midnight, told of after it.
        var late = await ledger.PayAsync("wechat");
        var before = new StatementSale(late.Transaction, "gems.60", 6.5m, "CNY", ledger.At.AddDays(-1));
        Assert.Equal("missingThere", (await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", []))).Kinds);
        var yesterday = await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", [before]), ledger.Day.AddDays(-1));
        Assert.Equal((1, 0), (yesterday["matched"], yesterday.Differences.Count));
        var other = Ledger.NewNumber("7");
        Assert.Equal("missingHere", (await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", [ledger.Sale(other)]))).Kinds);
    }

    [Fact]
    public async Task Lines_of_other_days_and_other_games_are_counted_and_left()
    {
        var ledger = await Ledger.NewAsync(service);
        var other = await Ledger.NewAsync(service);
        var theirs = await other.PayAsync("google");
        var sales = new[] { ledger.Sale("GPA.next") with { At = ledger.At.AddDays(9) }, ledger.Sale(theirs.Transaction) };
        var found = await ledger.ReconcileAsync("google", ledger.Statement("google", sales));
        Assert.Equal((1, 1, 0), (found["otherDays"], found["otherGames"], found.Differences.Count));
        var foreign = StatementFiles.Google([ledger.Sale("GPA.foreign")], "com.example.other").Bytes(Encoding.UTF8);
        var apart = await ledger.ReconcileAsync("google", foreign);
        Assert.Equal((1, 1, 0), (apart["otherGames"], apart["other"], apart.Differences.Count));
    }

    [Fact]
    public async Task Days_together_are_one_reconciliation()
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("google");
        var earlier = ledger.Sale("GPA.earlier") with { At = ledger.At.AddDays(-3) };
        ledger.End();
        var found = await ledger.ReconcileAsync(
            "google", ledger.Statement("google", [ledger.Sale(paid.Transaction), earlier]), ledger.Day.AddDays(-5), "&lastDay=" + ledger.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((1, "missingHere"), (found["matched"], found.Kinds));
    }

    [Fact]
    public async Task A_buyer_who_paid_in_another_currency_or_with_tax_matches_at_google()
    {
        var ledger = await Ledger.NewAsync(service);
        var (abroad, taxed) = (await ledger.PayAsync("google"), await ledger.PayAsync("google"));
        var lines = StatementFiles.Google([ledger.Sale(abroad.Transaction, 130m, currency: "JPY"), ledger.Sale(taxed.Transaction, 6m)], Service.GooglePackage).ToList();
        lines.Add(lines[3].Replace(",Charge,", ",Tax,", StringComparison.Ordinal).Replace(",6,1.000000,CNY,6", ",0.5,1.000000,CNY,0.5", StringComparison.Ordinal));
        var found = await ledger.ReconcileAsync("google", lines.Bytes(Encoding.UTF8));
        Assert.Equal((2, 1, 0), (found["matched"], found["otherCurrency"], found.Differences.Count));
    }

    [Fact]
    public async Task Apple_is_matched_by_product_count_and_amount()
    {
        var ledger = await Ledger.NewAsync(service);
        foreach (var product in new[] { "gems.60", "gems.60", "gems.300", "gems.680" })
        {
            await ledger.PayAsync("apple", product == "gems.60" ? "6" : "30", product);
        }
        var file = StatementFiles.AppleSales(
            [("gems.60", 1, 6m, "CNY"), ("gems.60", 1, 1m, "USD"), ("gems.300", 2, 30m, "CNY"), ("gems.680", 1, 25m, "CNY"), ("gems.60", -1, 6m, "CNY")], ledger.Day).Bytes(Encoding.UTF8);

        var found = await ledger.ReconcileAsync("apple", file);

        Assert.Equal("amountDiffers,missingHere", found.Kinds);
        Assert.Equal((1, 1, 1), (found["missingHere"], found["amountDiffers"], found["returnedUnits"]));
        var more = found.Only("missingHere");
        Assert.Equal(("gems.300", 2, 1), (more.GetProperty("productId").GetString(), more.GetProperty("theirs").GetProperty("units").GetInt64(), more.GetProperty("ours").GetProperty("units").GetInt64()));
        Assert.Equal(["ignore"], more.GetProperty("actions").EnumerateArray().Select(action => action.GetString()));
        Assert.Equal("gems.680", found.Only("amountDiffers").GetProperty("productId").GetString());

        var day = ledger.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var month = StatementFiles.AppleFinancial([("gems.60", 2, 6m, "CNY"), ("gems.300", 1, 30m, "CNY")], ledger.Day.AddDays(-20), ledger.Day).Bytes(Encoding.UTF8);
        var fiscal = await ledger.ReconcileAsync("apple", month, ledger.Day.AddDays(-20), "&lastDay=" + day);
        Assert.Equal("missingThere", fiscal.Kinds);
        Assert.Equal(("gems.680", "App Store financial report"), (fiscal.Only("missingThere").GetProperty("productId").GetString(), fiscal.Json.GetProperty("format").GetString()));
    }

    [Fact]
    public async Task The_same_file_is_the_same_reconciliation_and_another_days_is_not()
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("alipay");
        var file = ledger.Statement("alipay", [ledger.Sale(paid.Transaction), ledger.Sale(Ledger.NewNumber("6"))]);
        var first = await ledger.ReconcileAsync("alipay", file);
        var (status, again) = await ledger.SendAsync("alipay", file);
        Assert.Equal((HttpStatusCode.OK, first.Id), (status, again.GetProperty("id").GetString()));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), again.GetProperty("sha256").GetString());
        var before = await ledger.ReconcileAsync("alipay", file, ledger.Day.AddDays(-1));
        Assert.NotEqual(first.Id, before.Id);
        var ids = (await service.CallAsync(HttpMethod.Get, $"/api/v1/reconciliations?gameId={ledger.GameId}&channel=alipay")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
        Assert.Equal(new[] { first.Id, before.Id }.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));

        var at = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ledger.SendAsync("alipay", ledger.Statement("alipay", [ledger.Sale("once")]))));
        Assert.Single(at.Select(answer => answer.Json.GetProperty("id").GetString()).Distinct());
    }

    private async Task<Reconciled> DoneAsync(Ledger ledger, string query, byte[] file)
    {
        var (status, json) = await Ledger.SendAsync(service, query, file);
        Assert.True(status == HttpStatusCode.Accepted, json.GetRawText());
        return await ledger.DoneAsync(json.GetProperty("id").GetString()!);
    }
}
