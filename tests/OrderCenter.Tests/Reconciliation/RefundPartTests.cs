using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>Refunds in part, as the bills of Alipay and WeChat Pay list them, against what is known of them here.</summary>
public sealed class RefundPartTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await platforms.StopRoundsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Each_part_is_compared_by_itself_and_what_is_missing_is_recorded_once_and_as_a_part(string channel)
    {
        var ledger = await NewLedgerAsync();
        var (equal, missing, other, recorded) = (await PayAsync(ledger, channel), await PayAsync(ledger, channel), await PayAsync(ledger, channel), await PayAsync(ledger, channel));
        foreach (var (id, money, atStore) in new[] { (equal, "1", true), (equal, "2", true), (other, "1", true), (recorded, "2", false) })
        {
            var (asked, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "r", atStore, money });
            Assert.True(asked == HttpStatusCode.OK, json.GetRawText());
        }
        var found = await ReconcileAsync(
            ledger, channel,
            [
                .. new[] { equal, missing, other, recorded }.Select(id => Sale(ledger, channel, id)),
                Part(ledger, channel, equal, 2m, equal + "R2"), Part(ledger, channel, equal, 1m, equal + "R1"), Part(ledger, channel, missing, 2m, "portal-1" + missing),
                Part(ledger, channel, missing, 0.5m, "portal-2" + missing), Part(ledger, channel, other, 1.5m, other + "R1"), Part(ledger, channel, recorded, 2m, "portal-3"),
            ]);
        Assert.Equal("amountDiffers,refundedThere,refundedThere", found.Kinds);
        Assert.Equal((4, 2, 2, 1), (found["matched"], found["refundsMatched"], found["refundedThere"], found["amountDiffers"]));
        var differs = found.Only("amountDiffers");
        Assert.Equal(
            (other, "1.5", "1", $"refund {other}R1 is over another amount"),
            (Text(differs, "orderId"), Text(differs.GetProperty("theirs"), "money"), Text(differs.GetProperty("ours"), "money"), Text(differs, "detail")));
        Assert.Equal(HttpStatusCode.Conflict, (await RepairAsync(found, differs)).Status);
        await IsAsync(other, "paid", "1", refunds: 1);
        var parts = found.Differences.Where(difference => Text(difference, "kind") == "refundedThere").ToList();
        Assert.Equal(["0.5", "2"], parts.Select(part => Text(part.GetProperty("theirs"), "money")).Order(StringComparer.Ordinal));
        Assert.All(parts, part => Assert.Equal((missing, "a part was given back"), (Text(part, "orderId"), Text(part, "detail"))));

        // However often and by however many it is asked for, each part is recorded once, and the order stays paid.
        var answers = await Task.WhenAll(parts.Concat(parts).Concat(parts).Select(part => RepairAsync(found, part)));
        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Json.GetRawText()));
        await IsAsync(missing, "paid", "2.5", refunds: 2);

        // The store tells of them after all; then the rest goes back too.
        await TellAsync(channel, missing, (200, "portal-1"), (50, "portal-2"));
        await IsAsync(missing, "paid", "2.5", refunds: 2);
        await TellAsync(channel, missing, (400, "portal-4"));
        await IsAsync(missing, "refunded", "6.5");
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, parts[0])).Status);
    }

    /// <summary>Two statements, or a statement and the store's notification, may tell of one refund: it is recorded once.</summary>
    [Theory]
    [InlineData("alipay", HttpStatusCode.Conflict)]
    [InlineData("wechat", HttpStatusCode.OK)]
    public async Task A_part_that_became_known_meanwhile_is_not_recorded_again(string channel, HttpStatusCode whenTold)
    {
        var ledger = await NewLedgerAsync();
        var (twice, told) = (await PayAsync(ledger, channel), await PayAsync(ledger, channel));
        StatementSale[] bill =
        [
            Sale(ledger, channel, twice), Sale(ledger, channel, told), Part(ledger, channel, twice, 2m, "portal-1" + twice), Part(ledger, channel, told, 2m, "portal-1" + told),
            Part(ledger, channel, told, 0m, "portal-0"),
        ];
        var (found, again) = (await ReconcileAsync(ledger, channel, bill), await ReconcileAsync(ledger, channel, [.. bill.Reverse()]));
        Assert.Equal("refundedThere,refundedThere", found.Kinds);
        Assert.Equal("refundedThere,refundedThere", again.Kinds);
        await TellAsync(channel, told, (200, "portal-1"));
        await IsAsync(told, "paid", "2");
        foreach (var one in new[] { found, again })
        {
            var of = one.Differences.ToDictionary(difference => Text(difference, "orderId"));
            Assert.Equal(whenTold, (await RepairAsync(one, of[told])).Status);
            var (status, json) = await RepairAsync(one, of[twice]);
            Assert.True(status == HttpStatusCode.OK, json.GetRawText());
            await IsAsync(told, "paid", "2");
            await IsAsync(twice, "paid", "2");
        }
    }

    /// <summary>Alipay tells the sum of all refunds: what it told is known, and what went back since is missing, though the amounts are equal.</summary>
    [Fact]
    public async Task A_part_of_Alipays_whose_notification_was_lost_is_found_in_the_bill_beside_one_that_was_told()
    {
        var ledger = await NewLedgerAsync();
        var id = await PayAsync(ledger, "alipay");
        await TellAsync("alipay", id, (100, "portal-1"));
        platforms.Alipay.Refund(platforms.Alipay.Find(id)!, 1m);
        await IsAsync(id, "paid", "1");
        var bill = new[] { Sale(ledger, "alipay", id), Part(ledger, "alipay", id, 1m, "portal-1"), Part(ledger, "alipay", id, 1m, "portal-2") };
        var found = await ReconcileAsync(ledger, "alipay", bill);
        Assert.Equal("1", Text(found.Only("refundedThere").GetProperty("theirs"), "money"));
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, found.Differences[0])).Status);
        await IsAsync(id, "paid", "2");
        Assert.Equal("refunded in part: 1", Text((await platforms.CallAsync(HttpMethod.Get, $"/api/v1/reconciliations/{found.Id}/differences")).Json.GetProperty("items")[0].GetProperty("repair"), "outcome"));

        // The same bill again, now that it is known; then a part that is told holds all before it.
        var again = await ReconcileAsync(ledger, "alipay", [.. bill.Reverse()]);
        Assert.Empty(again.Differences);
        Assert.Equal(1, again["refundsMatched"]);
        await TellAsync("alipay", id, (50, "portal-3"));
        await IsAsync(id, "paid", "2.5");
    }

    /// <summary>Google's report is in the buyer's currency: what is a part is told by the charge beside it, and how much it is of the order only in the same currency.</summary>
    [Fact]
    public async Task A_part_in_Googles_report_is_recorded_as_a_part_or_left_to_a_person()
    {
        var ledger = await Ledger.NewAsync(platforms);
        var (part, abroad, whole) = (await ledger.PayAsync("google"), await ledger.PayAsync("google"), await ledger.PayAsync("google"));
        var found = await ledger.ReconcileAsync(
            "google", ledger.Statement(
                "google",
                [
                    ledger.Sale(part.Transaction), ledger.Sale(part.Transaction, 2m, isRefund: true), ledger.Sale(abroad.Transaction, 130m, currency: "JPY"),
                    ledger.Sale(abroad.Transaction, 40m, isRefund: true, currency: "JPY"), ledger.Sale(whole.Transaction, 6m), ledger.Sale(whole.Transaction, 6m, isRefund: true),
                ]));
        var of = found.Differences.Where(difference => Text(difference, "kind") == "refundedThere").ToDictionary(difference => Text(difference, "orderId"));
        Assert.Equal(3, of.Count);
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, of[part.OrderId])).Status);
        await IsAsync(part.OrderId, "paid", "2", refunds: 1);
        var (status, json) = await RepairAsync(found, of[abroad.OrderId]);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("another currency", json.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("paid", Text(await platforms.OrderAsync(abroad.OrderId), "payState"));
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, of[whole.OrderId])).Status);
        await IsAsync(whole.OrderId, "refunded", "6.5");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private Task<Ledger> NewLedgerAsync() => Ledger.NewAsync(
        platforms, new JsonObject { ["channels"] = new JsonObject { ["alipay"] = JsonSerializer.SerializeToNode(platforms.Alipay.Settings()), ["wechat"] = JsonSerializer.SerializeToNode(platforms.WeChat.Settings()) } });

    private async Task<string> PayAsync(Ledger ledger, string channel)
    {
        var (id, pay) = await platforms.NewOrderAsync(ledger.GameId, channel);
        if (channel == "alipay")
        {
            Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(Text(pay, "orderString")), platforms.NotifyAt(channel, ledger.GameId), cancellationToken: Now));
        }
        else
        {
            Assert.Equal(204, await platforms.WeChat.NotifyAsync(platforms.WeChat.Pay(id), platforms.NotifyAt(channel, ledger.GameId), cancellationToken: Now));
        }
        await platforms.UntilAsync(id, "paid");
        return id;
    }

    /// <summary>The merchant gives money back in the store's own pages, and the store tells of it.</summary>
    private async Task TellAsync(string channel, string id, params (long Fen, string Number)[] refunds)
    {
        var gameId = (await platforms.OrderAsync(id)).GetProperty("gameId").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (fen, number) in refunds)
        {
            if (channel == "alipay")
            {
                var told = platforms.Alipay.Refund(platforms.Alipay.Find(id)!, fen / 100m);
                Assert.True(await platforms.Alipay.NotifyAsync(told, platforms.NotifyAt(channel, gameId), cancellationToken: Now));
                continue;
            }
            var transaction = platforms.WeChat.Find(id)!;
            var refund = platforms.WeChat.Refund(transaction.TransactionId, fen, number + id)!;
            Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(transaction, refund, platforms.NotifyAt(channel, gameId), cancellationToken: Now));
        }
        await platforms.DoRoundAsync();
    }

    private string TransactionOf(string channel, string id) => channel == "alipay" ? platforms.Alipay.Find(id)!.TradeNo : platforms.WeChat.Find(id)!.TransactionId;

    private StatementSale Sale(Ledger ledger, string channel, string id) => ledger.Sale(TransactionOf(channel, id), orderNumber: id);

    private StatementSale Part(Ledger ledger, string channel, string id, decimal amount, string number) =>
        ledger.Sale(TransactionOf(channel, id), amount, id, isRefund: true) with { RefundNumber = number };

    private Task<Reconciled> ReconcileAsync(Ledger ledger, string channel, StatementSale[] sales) => ledger.ReconcileAsync(
        channel, channel == "alipay" ? ledger.Statement(channel, sales) : StatementFiles.WeChat(sales, platforms.WeChat.AppId, platforms.WeChat.MchId).Bytes(new UTF8Encoding(true)));

    private Task<(HttpStatusCode Status, JsonElement Json)> RepairAsync(Reconciled found, JsonElement difference) => platforms.CallAsync(
        HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/{difference.GetProperty("number").GetInt64()}/repair", new { action = "refund", reason = "the bill says so" });

    private async Task IsAsync(string id, string payState, string back, int? refunds = null)
    {
        var order = await platforms.UntilAsync(id, payState);
        Assert.Equal(back, Text(order, "refundedMoney"));
        if (refunds is { } count)
        {
            Assert.Equal(count, order.GetProperty("refunds").GetArrayLength());
        }
    }
}
