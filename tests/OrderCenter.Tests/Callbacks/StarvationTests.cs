using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>One game's receivers that hang take room from that game only.</summary>
public sealed class StarvationTests(StarvationTests.Delivering service) : IClassFixture<StarvationTests.Delivering>
{
    private const int Hosts = 400;
    private const int PerHost = 11;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => service.Services.GetRequiredService<Database>();

    public sealed class Delivering : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task Four_hundred_hosts_that_hang_hold_up_no_other_game()
    {
        await using var hangs = new HoldingReceiver();
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["B8899E2039DF87E2"], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        var (greedy, honest) = (await service.NewGameAsync(), await service.NewGameAsync(new { callbackUrl = receiver.OrderApi }));
        var due = service.Services.GetRequiredService<CallbackOutbox>();
        await Task.WhenAll(Enumerable.Range(0, Hosts * PerHost).Select(i => Store.WriteAsync(transaction => QueueAsync(transaction, due, long.Parse(greedy.GameId), hangs.Port, i), Now)));

        // The clock stands still: no call of the greedy game ends by its time-out. It has its share, and no more.
        await hangs.UntilAsync(512, Now);
        for (var i = 0; i < 4; i++)
        {
            var created = await honest.CreateAsync(honest.NewOrder("p", "6.5", "u"), Now);
            await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{created.PlatOrderId}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") });
            await receiver.Ledger.WaitAsync(ledger => ledger.HasGoods(created.PlatOrderId), Now);
        }
        Assert.Equal(512, hangs.Count);

        // Where it has room again, the hosts that had none have their turn.
        hangs.Answer(200);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (hangs.Count < Hosts * PerHost)
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public void An_app_has_its_share_of_a_node_and_an_endpoint_all_that_it_may_have()
    {
        var held = new LeasedCallbackCount();
        var (small, large, other) = (AppOf(1, 32), AppOf(2, 1000), AppOf(3, 32));
        Assert.Equal((512, 2048, false), (held.AvailableFor(small), held.AvailableFor(large), held.IsFull));
        held.Add(1, 512);
        Assert.Equal((0, 512), (held.AvailableFor(small), held.AvailableFor(other)));
        Assert.True(held.HasAtMostOneFree(small));
        Assert.False(held.HasAtMostOneFree(other));
        held.Add(2, 2048);
        held.Add(4, 1500);
        Assert.Equal(36, held.AvailableFor(other));
        held.Add(3, 36);
        Assert.True(held.IsFull);
        Assert.Equal(3584, held.Remove(1, 512));
        Assert.Equal(512, held.AvailableFor(small));
    }

    [Fact]
    public async Task An_endpoint_that_nothing_goes_to_is_forgotten_and_known_again_when_something_does()
    {
        await using var hangs = new HoldingReceiver();
        hangs.Answer(500);
        string At(string host) => $"http://{host}:{hangs.Port}/";
        var game = await service.NewGameAsync(new { callbackUrl = At("127.1.0.1"), callback = new { retrySeconds = new[] { 0, 3600 } } });
        var once = await service.NewGameAsync(new { callbackUrl = At("127.1.0.2"), callback = new { retrySeconds = new[] { 0 } } });
        var held = await service.NewGameAsync(new { callbackUrl = At("127.1.0.3"), callback = new { retrySeconds = new[] { 0, 5 } } });
        var (waiting, exhausted, kept) = (await PaidAsync(game), await PaidAsync(once), await PaidAsync(held));
        await UntilAsync(waiting, "pending");
        var lateMs = service.Clock.GetUtcNow().AddDays(60).ToUnixTimeMilliseconds();
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE callbacks SET due_ms = $2 WHERE order_id = $1", waiting, lateMs), Now);
        await UntilAsync(exhausted, "exhausted");
        await UntilAsync(kept, "pending");
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + held.GameId, new { disabled = true });
        service.Clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(kept, "held");
        Assert.Equal(3, await EndpointsAsync(hangs.Port, "127.1.%"));

        service.Clock.Advance(TimeSpan.FromDays(31));
        await service.Services.GetRequiredService<CallbackAdministration>().PruneAsync(Now);
        Assert.Equal(1, await EndpointsAsync(hangs.Port, "127.1.%"));
        Assert.Equal(1, await EndpointsAsync(hangs.Port, "127.1.0.1"));

        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + held.GameId, new { disabled = false });
        await UntilAsync(kept, "exhausted");
        var id = (await service.OrderAsync(exhausted)).GetProperty("callbacks")[0].GetProperty("id").GetString();
        await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{id}/redeliver");
        Assert.Equal(3, await EndpointsAsync(hangs.Port, "127.1.%"));
    }

    private static App AppOf(long gameId, int maxConcurrency) =>
        new() { GameId = gameId, Name = "game", Protocol = "OrderApi", Secrets = [], Callback = new CallbackSettings { MaxConcurrency = maxConcurrency } };

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var created = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{created.PlatOrderId}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") });
        Assert.Equal(HttpStatusCode.OK, status);
        return created.PlatOrderId;
    }

    private async Task UntilAsync(string orderId, string status)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await service.OrderAsync(orderId)).GetProperty("callbacks")[0].GetProperty("status").GetString() != status)
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    private async Task<long> EndpointsAsync(int port, string host) =>
        (await Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT count(*) FROM callback_endpoints WHERE endpoint LIKE $1", row => row.GetInt64(0), $"%http://{host}:{port}"), Now))[0];

    /// <summary>A paid order whose callback goes to one of many hosts.</summary>
    private async ValueTask<bool> QueueAsync(Transaction transaction, CallbackOutbox due, long gameId, int port, int i)
    {
        var nowMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var id = OrderId.FromStore(string.Create(CultureInfo.InvariantCulture, $"{gameId}{nowMs / 1000}{i:D6}"));
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.{i % Hosts / 200}.{(i % Hosts % 200) + 1}:{port}/");
        var order = new Order
        {
            Id = id, GameId = gameId, ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "u", CreatedMs = nowMs, ExpiresMs = nowMs + 1_000_000,
            State = new OrderState(PayState.Paid, Progress.Delivering), PaidMs = nowMs, NotifyUrl = url,
        };
        await OrderTable.InsertAsync(transaction, order);
        await transaction.ExecuteAsync(
            "UPDATE orders SET pay_state = 1, progress = 2, paid_ms = 1, payment = '{\"channel\":\"c\",\"environment\":\"e\",\"transactionId\":\"t\"}' WHERE order_id = $1", id.Value);
        await due.QueueAsync(transaction, order, null, CallbackEvents.Paid, new CallbackPlan(url, [0, 60_000]), nowMs);
        return true;
    }
}
