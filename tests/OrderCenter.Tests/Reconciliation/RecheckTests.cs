using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>A difference that the store itself can clear up: it is asked, and its word is applied.</summary>
public sealed class RecheckTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    // A day ends in these tests: nobody asks the store meanwhile but the test.
    public async ValueTask InitializeAsync() => await platforms.StopRoundsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_payment_that_is_missing_here_is_asked_for_and_applied_when_the_store_confirms_it()
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var ledger = await NewLedgerAsync(alipay);
        var (id, _) = await platforms.NewOrderAsync(ledger.GameId, "alipay");
        var trade = alipay.Pay(id, 6.5m);
        alipay.Fault = PlatformFault.Down;
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(trade.TradeNo, orderNumber: id)]));
        Assert.Equal(["recheck", "markPaid", "ignore"], Actions(found.Only("missingHere")));

        // Nothing is known yet: the difference stays open, with why.
        var down = await RepairAsync(found, 1);
        Assert.Equal(HttpStatusCode.Conflict, down.Status);
        Assert.StartsWith("not known yet", down.Json.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());

        alipay.Fault = PlatformFault.None;
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RepairAsync(found, 1)));
        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Json.GetRawText()));
        var order = await platforms.OrderAsync(id);
        Assert.Equal(("paid", trade.TradeNo), (order.GetProperty("payState").GetString(), order.GetProperty("payment").GetProperty("transactionId").GetString()));
    }

    [Fact]
    public async Task A_payment_that_is_missing_there_is_confirmed_by_the_store_or_stays_a_difference()
    {
        await using var alipay = await Alipay.StartAsync(platforms.Clock, Now);
        var ledger = await NewLedgerAsync(alipay);
        var (real, _) = await platforms.NewOrderAsync(ledger.GameId, "alipay");
        var trade = alipay.Pay(real, 6.5m);
        Assert.True(await alipay.NotifyAsync(trade, platforms.NotifyAt("alipay", ledger.GameId), cancellationToken: Now));
        await platforms.UntilAsync(real, "paid");
        var (said, _) = await platforms.NewOrderAsync(ledger.GameId, "alipay");
        Assert.Equal(HttpStatusCode.OK, (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{said}/paid", new { channel = "alipay", transactionId = "x" + said })).Status);

        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", []));
        Assert.Equal(2, found.Differences.Count);
        Assert.All(found.Differences, difference => Assert.Equal(["recheck", "review", "refund", "ignore"], Actions(difference)));
        long NumberOf(string id) => found.Differences.Single(difference => difference.GetProperty("orderId").GetString() == id).GetProperty("number").GetInt64();
        var confirmed = await RepairAsync(found, NumberOf(real));
        Assert.Equal((HttpStatusCode.OK, "the store confirms the payment"), (confirmed.Status, confirmed.Json.GetProperty("repair").GetProperty("outcome").GetString()));
        var unknown = await RepairAsync(found, NumberOf(said));
        Assert.Equal((HttpStatusCode.Conflict, "not paid: Alipay knows no trade of this order yet"), (unknown.Status, unknown.Json.GetProperty("title").GetString()));
    }

    private static IEnumerable<string?> Actions(JsonElement difference) => difference.GetProperty("actions").EnumerateArray().Select(action => action.GetString());

    private Task<Ledger> NewLedgerAsync(Alipay alipay) => Ledger.NewAsync(platforms, new { unpaidExpiresMinutes = 100_000, channels = new { alipay = alipay.Settings() } });

    private Task<(HttpStatusCode Status, JsonElement Json)> RepairAsync(Reconciled found, long number) => platforms.CallAsync(
        HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/{number}/repair", new { action = "recheck", reason = "the bill says so" }, ("X-Actor", "li.na"));
}
