using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Tests.Callbacks;

/// <summary>An endpoint's room.</summary>
public sealed class EndpointGateTests
{
    [Theory]
    [InlineData(5, 3)]
    [InlineData(2, 2)]
    [InlineData(0, 0)]
    [InlineData(-4, 0)]
    public void It_gives_what_is_wanted_within_its_limit_and_nothing_where_less_than_nothing_is(int wanted, int given)
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        Assert.Equal(given, gate.Take(wanted, maxConcurrency: 3, nowMs: 0));
    }

    [Fact]
    public void A_check_may_pass_the_limit_and_the_next_one_waits_for_it()
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        Assert.Equal(1, gate.Take(1, maxConcurrency: 1, nowMs: 0));
        gate.TakeAnyway();
        Assert.Equal(0, gate.Take(1, maxConcurrency: 1, nowMs: 0));
        gate.GiveBack(2);
        Assert.Equal(1, gate.Take(1, maxConcurrency: 1, nowMs: 0));
    }

    [Fact]
    public void As_many_are_wanted_ahead_as_ended_and_what_is_kept_goes_out_first_come_first_as_room_comes_free()
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        Assert.Equal(2, gate.Take(2, maxConcurrency: 2, nowMs: 0));
        Assert.Equal(0, gate.WantedAhead(maxConcurrency: 2, nowMs: 0));
        foreach (var number in Enumerable.Range(1, 2))
        {
            gate.Leave(IdOf(number), isAccepted: true, nowMs: 1);
            Assert.Equal(1, gate.Take(1, maxConcurrency: 2, nowMs: 1));
        }
        Assert.Equal(2, gate.WantedAhead(maxConcurrency: 2, nowMs: 1));
        gate.Keep(DeliveryOf(1));
        gate.Keep(DeliveryOf(2));
        Assert.Equal((0, 0), (gate.WantedAhead(maxConcurrency: 2, nowMs: 1), gate.Take(1, maxConcurrency: 2, nowMs: 1)));
        Assert.Null(gate.TryNext(maxConcurrency: 2));

        // What is leased comes before what is not.
        gate.GiveBack(2);
        Assert.Equal(0, gate.Take(2, maxConcurrency: 2, nowMs: 1));
        Assert.Equal([1, 2], new[] { gate.TryNext(maxConcurrency: 2), gate.TryNext(maxConcurrency: 2) }.Select(delivery => delivery!.Callback.Id.Number));
        Assert.Null(gate.TryNext(maxConcurrency: 2));
    }

    [Fact]
    public void Eight_times_the_calls_are_wanted_ahead_at_most_and_none_once_nothing_has_ended_for_a_while()
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        for (var number = 1; number <= 20; number++)
        {
            Assert.Equal(1, gate.Take(1, maxConcurrency: 2, nowMs: 100));
            gate.Leave(IdOf(number), isAccepted: true, nowMs: 100);
        }
        Assert.Equal(16, gate.WantedAhead(maxConcurrency: 2, nowMs: 100));
        Assert.Equal(16, gate.WantedAhead(maxConcurrency: 2, nowMs: 149));
        Assert.Equal(0, gate.WantedAhead(maxConcurrency: 2, nowMs: 200));
    }

    [Fact]
    public void A_claim_is_wanted_for_a_quarter_of_what_may_be_leased_or_at_a_pace_while_calls_are_free()
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        Assert.False(gate.WantsClaim(maxConcurrency: 8, paceMs: 5, part: 4, nowMs: 0));
        gate.Lower(0);
        Assert.Equal(8, gate.Take(8, maxConcurrency: 8, nowMs: 0));
        gate.BeginClaim(nowMs: 0);
        gate.Lower(0);
        Assert.False(gate.WantsClaim(maxConcurrency: 8, paceMs: 5, part: 4, nowMs: 1000));
        gate.GiveBack(1);
        Assert.False(gate.WantsClaim(maxConcurrency: 8, paceMs: 5, part: 4, nowMs: 4));
        Assert.True(gate.WantsClaim(maxConcurrency: 8, paceMs: 5, part: 4, nowMs: 5));
        gate.GiveBack(1);
        Assert.True(gate.WantsClaim(maxConcurrency: 8, paceMs: 5, part: 4, nowMs: 1));
    }

    [Fact]
    public void An_open_breaker_lets_nothing_out_that_was_leased_ahead_and_gives_it_all_back()
    {
        var gate = new EndpointGate("1 http://game.example", 1);
        Assert.Equal(30, gate.Take(30, maxConcurrency: 30, nowMs: 0));
        gate.Keep(DeliveryOf(31));
        for (var number = 1; number <= 30; number++)
        {
            gate.Leave(IdOf(number), isAccepted: false, nowMs: 0);
        }
        Assert.True(gate.IsOpen);
        Assert.Equal(0, gate.WantedAhead(maxConcurrency: 30, nowMs: 0));
        Assert.Null(gate.TryNext(maxConcurrency: 30));
        Assert.Equal(31, Assert.Single(gate.TakeAhead()).Callback.Id.Number);
        Assert.Empty(gate.TakeAhead());
    }

    private static CallbackId IdOf(int number) => new(OrderId.FromStore("1"), number);

    private static Delivery DeliveryOf(int number) => new(
        new Callback
        {
            Id = IdOf(number), GameId = 1, Event = CallbackEvents.Paid, Url = "http://game.example/", Endpoint = "1 http://game.example", WaitsMs = [0], EventMs = 0,
            Status = CallbackStatus.Delivering, Attempts = 1, Lease = 1,
        },
        new OrderRow(new Order { Id = OrderId.FromStore("1"), GameId = 1, ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "u", CreatedMs = 0, ExpiresMs = 1 }, payment: null),
        LeaseUntilMs: 1000);
}
