using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Orders;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ChangeFeed;

/// <summary>Whatever moves an order is in its game's feed, once and in its place.</summary>
public sealed class LifeTests(LifeTests.Delivering service) : IClassFixture<LifeTests.Delivering>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private ProviderEventHandler Events => service.Services.GetRequiredService<ProviderEventHandler>();

    public sealed class Delivering : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task Every_way_of_an_order_through_its_life_is_told_move_by_move()
    {
        var game = await service.NewGameAsync(new { unpaidExpiresMinutes = 1 });
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await service.CreateAsync(Native.NewOrder(game.GameId, "own-" + i)));
        }
        var by = new AuditContext("test", "because");
        async Task ActAsync(int order, string act, object body) => Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(ids[order], act, body)).Status);
        Task PayAsync(int order) => ActAsync(order, "paid", new { channel = "bank", transactionId = "T-" + ids[order] });

        // Delivered, refunded by the store, which takes it back.
        var payment = new Payment { Channel = "apple", Environment = Payment.Production, TransactionId = "A-" + ids[0] };
        await Events.ApplyAsync(app, "apple", new ProviderEvent.Paid(OrderId.FromStore(ids[0]), payment) { ReportedMs = 1 }, Now);
        await game.SendProductAsync(ids[0], Now);
        await game.SendProductAsync(ids[0], Now);
        await Events.ApplyAsync(app, "apple", new ProviderEvent.Refunded(payment, "r") { ReportedMs = 2 }, Now);
        await Events.ApplyAsync(app, "apple", new ProviderEvent.RefundReversed(payment, "v") { ReportedMs = 3 }, Now);

        // Held for a wrong amount, released, paid, refunded.
        await service.ActAsync(ids[1], "paid", new { channel = "bank", transactionId = "W-" + ids[1], money = "1" });
        await ActAsync(1, "release", new { reason = "r" });
        await PayAsync(1);
        await ActAsync(1, "refund", new { reason = "r" });

        // Closed, and paid all the same.
        await ActAsync(2, "close", new { reason = "r" });
        await PayAsync(2);

        // Held by hand, released, delivered.
        await PayAsync(3);
        Assert.IsType<OperationOutcome.Done>(await service.Services.GetRequiredService<ManualActions>().HoldAsync(app, OrderId.FromStore(ids[3]), by, Now));
        await ActAsync(3, "release", new { reason = "r" });
        await game.SendProductAsync(ids[3], Now);

        // Closed by time; refunded before it was delivered, and that taken back; nothing at all.
        await PayAsync(5);
        await ActAsync(5, "refund", new { reason = "r" });
        await PayAsync(6);
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        await service.Services.GetRequiredService<OrderExpiry>().ExpireAsync(Now);
        Assert.Equal("closed", (await service.OrderAsync(ids[4])).GetProperty("state").GetString());

        var items = await service.AssertReplaysAsync(game.GameId, ids.Count);
        Assert.Equal(
            [
                "created paid delivered refunded refundReversed", "created held released paid refunded", "created closed paid", "created paid held released delivered", "created closed",
                "created paid refunded", "created paid",
            ],
            ids.Select(id => items.Events(id)));
    }

    [Fact]
    public async Task What_becomes_of_callbacks_is_told()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        var game = await service.NewGameAsync(new { callback = new { retrySeconds = new[] { 0 } } }, protocol: "H5Sdk");
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var order = Native.NewOrder(game.GameId, "own-" + i);
            order["notifyUrl"] = receiver.H5Sdk;
            ids.Add(await service.CreateAsync(order));
        }
        Task PayAsync(string id) => service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });

        // The first one is refused and waits for a person; the others are taken, many at once.
        receiver.Faults.Always(OrderCenter.Simulator.Games.Fault.Http(404));
        await PayAsync(ids[0]);
        await UntilAsync(ids[0], "failed");
        receiver.Faults.Clear();
        await Task.WhenAll(ids.Skip(1).Select(PayAsync));
        foreach (var id in ids.Skip(1))
        {
            await UntilAsync(id, "delivered");
        }
        Assert.Equal("created paid failed", (await service.AssertReplaysAsync(game.GameId, ids.Count)).Events(ids[0]));
        var callback = (await service.OrderAsync(ids[0])).GetProperty("callbacks")[0].GetProperty("id").GetString();
        using var again = await service.SendAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback}/redeliver");
        await UntilAsync(ids[0], "delivered");
        var items = await service.AssertReplaysAsync(game.GameId, ids.Count);
        Assert.Equal("created paid failed delivered", items.Events(ids[0]));
        Assert.All(ids.Skip(1), id => Assert.Equal("created paid delivered", items.Events(id)));
    }

    [Fact]
    public async Task Results_of_recharges_are_told_and_so_is_what_they_were_not_given()
    {
        var game = await service.NewGameAsync(protocol: "CardRecharge");
        var merchant = new CardRechargeMerchant(service.Http, long.Parse(game.GameId), Secret, service.Clock);
        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            ids.Add((await merchant.OrderAsync(new CardRechargeMerchant.Order { CustomerOrderNo = "r" + i, ProductId = "p", Money = "1", ChargeAccount = "13800000000" }, Now)).OrderNo);
        }
        await service.ActAsync(ids[0], "result", new { status = "success" });
        await service.ActAsync(ids[1], "result", new { status = "failed", reason = "no such number" });
        var items = await service.AssertReplaysAsync(game.GameId, 2);
        Assert.Equal(["created delivered", "created failed"], ids.Select(id => items.Events(id)));
    }

    [Fact]
    public async Task An_order_number_that_is_sent_many_times_at_once_is_created_once()
    {
        var game = await service.NewGameAsync();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => game.CreateAsync(game.NewOrder("p", "6.5", "u", "own-" + (i % 3)), Now)));
        var items = await service.AssertReplaysAsync(game.GameId, 3);
        Assert.Equal(3, items.Count);
    }

    [Fact]
    public void Every_legal_move_has_a_name()
    {
        Assert.All(OrderState.LegalMoves, move => Assert.StartsWith("order.", ChangeEvents.Name(ChangeEvents.Of(move.From, move.To)), StringComparison.Ordinal));
        Assert.Equal(Enum.GetValues<ChangeEvent>().Length, Enum.GetValues<ChangeEvent>().Select(ChangeEvents.Name).Distinct().Count());
    }

    private async Task UntilAsync(string id, string state)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await service.OrderAsync(id)).GetProperty("state").GetString() != state)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
