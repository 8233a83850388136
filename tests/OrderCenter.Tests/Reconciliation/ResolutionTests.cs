using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>What is done about a difference: once, with who and why, and only what fits.</summary>
public sealed class ResolutionTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Paid_there_and_not_here_is_marked_paid_once_however_often_it_is_asked_for()
    {
        var ledger = await Ledger.NewAsync(service);
        var unpaid = await ledger.CreateAsync();
        var lost = Ledger.NewNumber("5");
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(lost, orderNumber: unpaid)]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RepairAsync(found, 1, "markPaid")));

        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Json.GetRawText()));
        var order = await service.OrderAsync(unpaid);
        Assert.Equal(("paid", lost), (order.GetProperty("payState").GetString(), order.GetProperty("payment").GetProperty("transactionId").GetString()));
        var act = Assert.Single(order.GetProperty("acts").EnumerateArray());
        Assert.Equal(("li.na", "paid"), (act.GetProperty("actor").GetString(), act.GetProperty("action").GetString()));
        Assert.Equal($"the bill says so (reconciliation {found.Id}, difference 1)", act.GetProperty("reason").GetString());
        var repair = (await service.GetAsync($"/reconciliations/{found.Id}/differences")).GetProperty("items")[0].GetProperty("repair");
        Assert.Equal(("done", "markPaid", "li.na", "paid"), (repair.GetProperty("state").GetString(), repair.GetProperty("action").GetString(), repair.GetProperty("actor").GetString(), repair.GetProperty("outcome").GetString()));
        Assert.Equal(HttpStatusCode.Conflict, (await RepairAsync(found, 1, "ignore")).Status);
    }

    [Fact]
    public async Task Where_no_order_is_known_it_has_to_be_named_and_must_be_the_games()
    {
        var ledger = await Ledger.NewAsync(service);
        var other = await Ledger.NewAsync(service);
        var (unpaid, foreign) = (await ledger.CreateAsync(), await other.CreateAsync());
        var found = await ledger.ReconcileAsync("google", ledger.Statement("google", [ledger.Sale(Ledger.NewNumber("GPA.55"))]));
        Assert.Equal(HttpStatusCode.Conflict, (await RepairAsync(found, 1, "markPaid")).Status);
        var refused = await RepairAsync(found, 1, "markPaid", foreign);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("has no order", refused.Json.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal("unpaid", (await service.OrderAsync(foreign)).GetProperty("payState").GetString());
        // Refused, it is open again; another order may be named.
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, 1, "markPaid", unpaid)).Status);
        Assert.Equal("paid", (await service.OrderAsync(unpaid)).GetProperty("payState").GetString());
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, 1, "markPaid", unpaid)).Status);
    }

    [Fact]
    public async Task Another_amount_than_the_orders_is_held_for_review_and_not_delivered()
    {
        var ledger = await Ledger.NewAsync(service, new { unpaidExpiresMinutes = 100_000 });
        var unpaid = await ledger.CreateAsync();
        var found = await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", [ledger.Sale(Ledger.NewNumber("4"), 1m, unpaid)]));
        var (status, json) = await RepairAsync(found, 1, "markPaid");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("held for review", json.GetProperty("repair").GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal("review", (await service.OrderAsync(unpaid)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Paid_here_and_not_there_is_held_before_its_goods_are_out_and_marked_after()
    {
        var ledger = await Ledger.NewAsync(service);
        var waiting = await ledger.PayAsync("alipay");
        var out_ = await ledger.PayAsync("alipay");
        Assert.Equal(0, (await new OrderApiGame(service.Http, ledger.GameId, "B8899E2039DF87E2", service.Clock).SendProductAsync(out_.OrderId, TestContext.Current.CancellationToken)).ResultCode);
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", []));
        Assert.Equal(2, found.Differences.Count);
        foreach (var difference in found.Differences)
        {
            var number = difference.GetProperty("number").GetInt64();
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RepairAsync(found, number, "review"))), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        }
        var (held, marked) = (await service.OrderAsync(waiting.OrderId), await service.OrderAsync(out_.OrderId));
        Assert.Equal((("paid", "review"), ("paid", "delivered")), (Native.StateOf(held), Native.StateOf(marked)));
        Assert.Equal(["paid", "hold"], held.GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("action").GetString()));
        Assert.Equal(["paid", "payment doubted"], marked.GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("action").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(waiting.OrderId, "release", new { reason = "found in the bill of the day after" })).Status);
    }

    [Fact]
    public async Task A_refund_there_is_recorded_here()
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("google");
        var found = await ledger.ReconcileAsync("google", ledger.Statement("google", [ledger.Sale(paid.Transaction), ledger.Sale(paid.Transaction, isRefund: true)]));
        Assert.Equal(HttpStatusCode.Conflict, (await RepairAsync(found, 1, "review")).Status);
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, 1, "refund")).Status);
        Assert.Equal(("refunded", "closed"), Native.StateOf(await service.OrderAsync(paid.OrderId)));
        Assert.Equal(HttpStatusCode.OK, (await RepairAsync(found, 1, "refund")).Status);
    }

    [Fact]
    public async Task What_is_ignored_is_kept_with_the_difference_and_its_order()
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("google");
        var found = await ledger.ReconcileAsync("google", ledger.Statement("google", [ledger.Sale(paid.Transaction, 5m), ledger.Sale("GPA.nobody")]));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => RepairAsync(found, 1 + (i % 2), "ignore")));
        Assert.Equal(["paid", "difference ignored"], (await service.OrderAsync(paid.OrderId)).GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("action").GetString()));
        var list = (await service.GetAsync($"/reconciliations/{found.Id}/differences")).GetProperty("items").EnumerateArray().ToList();
        Assert.All(list, difference => Assert.Equal("done", difference.GetProperty("repair").GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("""{"action":"markPaid"}""", 400)]
    [InlineData("""{"action":"pay","reason":"r"}""", 400)]
    [InlineData("""{"reason":"r"}""", 400)]
    [InlineData("""{"action":"ignore","reason":"r","orderId":"not a number"}""", 400)]
    [InlineData("""{"action":"ignore","reason":"r","more":1}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"action":"ignore","reason":"r"}""", 404)]
    public async Task A_repair_that_is_asked_for_wrongly_is_refused(string body, int status)
    {
        using var response = await service.RawAsync(HttpMethod.Post, "/api/v1/reconciliations/rec0/differences/1/repair", body);
        await Native.AssertProblemAsync(response, (HttpStatusCode)status);
    }

    [Fact]
    public async Task Differences_are_paged_in_the_order_of_their_numbers()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", Enumerable.Range(0, 25).Select(i => ledger.Sale(Ledger.NewNumber("3")))));
        var (numbers, cursor) = (new List<long>(), "");
        do
        {
            var page = await service.GetAsync($"/reconciliations/{found.Id}/differences?kind=missingHere&limit=10{cursor}");
            numbers.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("number").GetInt64()));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(Enumerable.Range(1, 25).Select(number => (long)number), numbers);
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> RepairAsync(Reconciled found, long number, string action, string? orderId = null) =>
        service.CallAsync(
            HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/{number}/repair",
            orderId is null ? new { action, reason = "the bill says so" } : new { action, reason = "the bill says so", orderId }, ("X-Actor", "li.na"));
}
