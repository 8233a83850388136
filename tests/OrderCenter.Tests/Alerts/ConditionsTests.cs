using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>Every condition: the fault that it is about raises one alert, and its end ends it; every sink is told of both.</summary>
public sealed class ConditionsTests(AlarmedEverywhere service) : IClassFixture<AlarmedEverywhere>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exhausted_callbacks()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var game = await GameAsync(receiver, 0);
        var id = await PaidAsync(game);
        var alert = await service.ToldAsync("callbacks.exhausted", game.GameId);
        Assert.Equal(("warning", 1L), (alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetInt64()));
        receiver.SetDown("callback", false);
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.Accepted, (await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback}/redeliver")).Status);
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task A_breaker_that_is_open_and_the_oldest_callback_that_waits()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var game = await GameAsync(receiver, 0, 1, 1, 1, 1, 3600, 7200);
        for (var i = 0; i < 6; i++)
        {
            await PaidAsync(game);
        }
        var breaker = await service.ToldAsync("callbacks.breaker", game.GameId);
        Assert.Contains(receiver.Address, breaker.GetProperty("subject").GetString()!, StringComparison.Ordinal);
        service.Clock.Advance(TimeSpan.FromMinutes(30));
        var waiting = await service.ToldAsync("callbacks.waiting", game.GameId);
        receiver.SetDown("callback", false);
        service.Clock.Advance(TimeSpan.FromMinutes(40));
        await service.EndToldAsync(breaker);
        await service.EndToldAsync(waiting);
    }

    [Fact]
    public async Task Receipts_that_are_refused()
    {
        var game = await service.NewGameAsync();
        var order = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        for (var i = 0; i < 20; i++)
        {
            await game.ValidateAsync(order.PlatOrderId, $$"""{"signature":"x{{i}}","purchase":"forged"}""", Now);
        }
        var alert = await service.ToldAsync("receipts.refused", game.GameId);
        Assert.Equal(100, alert.GetProperty("value").GetInt64());
        service.Clock.Advance(TimeSpan.FromMinutes(16));
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task Differences_with_a_statement()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        var alert = await service.ToldAsync("reconciliation.differences", ledger.GameId);
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/1/repair", new { action = "ignore", reason = "x" });
        Assert.True((int)status < 300);
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task Cards_that_run_out_and_orders_that_wait_for_them()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p1", Enumerable.Range(0, 3).Select(i => merchant.NewCard($"a{i}")));
        var stock = await service.ToldAsync("cards.stock", merchant.GameId);
        Assert.Equal(3, stock.GetProperty("value").GetInt64());
        await merchant.ImportAsync("p1", Enumerable.Range(0, 20).Select(i => merchant.NewCard($"b{i}")));
        await service.EndToldAsync(stock);

        await merchant.PayAsync(await merchant.OrderedAsync("p2"));
        var backlog = await service.ToldAsync("cards.backlog", merchant.GameId);
        await merchant.ImportAsync("p2", Enumerable.Range(0, 30).Select(i => merchant.NewCard($"c{i}")));
        await service.EndToldAsync(backlog);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full()
    {
        service.Disk.FreePercent = 7;
        var alert = await service.ToldAsync("disk.space");
        Assert.Equal(7, alert.GetProperty("value").GetInt64());
        service.Disk.FreePercent = 60;
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task A_clock_that_differs_from_the_databases()
    {
        Assert.SkipUnless(service.Store.IsShared, "the file has no clock of its own");
        service.Clock.SetBy(TimeSpan.FromSeconds(5));
        var alert = await service.ToldAsync("clock.skew");
        service.Clock.SetBy(TimeSpan.FromSeconds(-5));
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task A_threshold_of_a_game_counts_for_that_game_only()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var (patient, other) = (await GameAsync(receiver, 0), await GameAsync(receiver, 0));
        var thresholds = new[] { new { condition = "callbacks.exhausted", gameId = long.Parse(patient.GameId, CultureInfo.InvariantCulture), threshold = 3 } };
        var (status, set) = await service.CallAsync(HttpMethod.Put, "/api/v1/alert-conditions", new { thresholds });
        Assert.True(status == HttpStatusCode.OK, set.GetRawText());
        await PaidAsync(patient);
        await PaidAsync(other);
        await service.RaisedAsync("callbacks.exhausted", other.GameId);
        Assert.Empty(await service.AlertsAsync("callbacks.exhausted", patient.GameId));
        await PaidAsync(patient);
        await PaidAsync(patient);
        Assert.Equal(3, (await service.RaisedAsync("callbacks.exhausted", patient.GameId)).GetProperty("threshold").GetInt64());
        foreach (var (wrong, field) in new (object, string)[]
        {
            (new { condition = "nothing", threshold = 1 }, "thresholds[0].condition"), (new { condition = "receipts.refused", threshold = 101 }, "thresholds[0].threshold"),
            (new { condition = "disk.space", gameId = 1, threshold = 5 }, "thresholds[0].gameId"), (new { condition = "receipts.refused" }, "thresholds[0].threshold"),
        })
        {
            var (refused, problem) = await service.CallAsync(HttpMethod.Put, "/api/v1/alert-conditions", new { thresholds = new[] { wrong } });
            Assert.Equal((HttpStatusCode.BadRequest, field), (refused, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
    }

    private Task<OrderApiGame> GameAsync(SinkReceiver receiver, params int[] retrySeconds) =>
        service.NewGameAsync(new { callbackUrl = receiver.Url("callback"), callback = new { retrySeconds } });

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        var (status, json) = await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" + id, money = "6.5", currency = "CNY" });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return id;
    }
}
