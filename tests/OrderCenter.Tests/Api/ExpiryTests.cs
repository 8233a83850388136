using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Unpaid orders end when their time has run out; nothing else does.</summary>
public sealed class ExpiryTests(Service service) : IClassFixture<Service>
{
    private const int LooksMax = 500;

    [Fact]
    public async Task An_unpaid_order_past_its_time_is_closed_with_a_reason_and_a_paid_or_held_one_is_not()
    {
        var game = await service.NewGameAsync(new { unpaidExpiresMinutes = 1 });
        var patient = await service.NewGameAsync(new { unpaidExpiresMinutes = 60 });
        var unpaid = await service.CreateAsync(Native.NewOrder(game.GameId));
        var paid = await service.CreateAsync(Native.NewOrder(game.GameId));
        var held = await service.CreateAsync(Native.NewOrder(game.GameId));
        var waiting = await service.CreateAsync(Native.NewOrder(patient.GameId));
        await service.ActAsync(paid, "paid", new { channel = "bank", transactionId = "T-" + paid });
        await service.ActAsync(held, "paid", new { channel = "bank", transactionId = "T-" + held, money = "1" });
        Assert.Equal(service.Clock.GetUtcNow().AddMinutes(1), (await service.OrderAsync(unpaid)).GetProperty("expiresAt").GetDateTimeOffset());

        service.Clock.Advance(TimeSpan.FromSeconds(59));
        var later = await service.CreateAsync(Native.NewOrder(game.GameId));
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await UntilClosedAsync(unpaid);
        Assert.Equal("expired", (await service.OrderAsync(unpaid)).GetProperty("stateReason").GetString());
        Assert.Equal(("paid", "created"), Native.StateOf(await service.OrderAsync(paid)));
        Assert.Equal(("unpaid", "review"), Native.StateOf(await service.OrderAsync(held)));
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(waiting)));
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(later)));

        // What expired can still be paid: a late payment is never lost.
        await service.ActAsync(unpaid, "paid", new { channel = "bank", transactionId = "T-" + unpaid });
        Assert.Equal(("paid", "created"), Native.StateOf(await service.OrderAsync(unpaid)));
    }

    [Fact]
    public async Task Many_orders_expire_in_one_sweep_of_bounded_steps()
    {
        var game = await service.NewGameAsync(new { unpaidExpiresMinutes = 1 });
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(_ => service.CreateAsync(Native.NewOrder(game.GameId))));
        service.Clock.Advance(TimeSpan.FromSeconds(66));
        for (var looks = 0; looks < LooksMax; looks++)
        {
            if ((await service.GetAsync($"/orders?gameId={game.GameId}&state=created")).GetProperty("items").GetArrayLength() == 0)
            {
                return;
            }
        }
        Assert.Fail("the sweep left orders behind");
    }

    [Fact]
    public async Task A_key_is_kept_for_a_day_and_then_forgotten()
    {
        var game = await service.NewGameAsync();
        var key = "day-" + game.GameId;
        using var first = await service.SendAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { name = "first" }, ("Idempotency-Key", key));
        service.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(6));
        for (var looks = 0; looks < LooksMax; looks++)
        {
            using var other = await service.SendAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { name = "second" }, ("Idempotency-Key", key));
            if (other.IsSuccessStatusCode)
            {
                return;
            }
        }
        Assert.Fail("the key was not forgotten");
    }

    private async Task UntilClosedAsync(string id)
    {
        for (var looks = 0; looks < LooksMax; looks++)
        {
            if (Native.StateOf(await service.OrderAsync(id)).State == "closed")
            {
                return;
            }
        }
        Assert.Fail($"order {id} was not closed");
    }
}
