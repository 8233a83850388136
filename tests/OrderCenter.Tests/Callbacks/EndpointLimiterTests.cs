using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Tests.Callbacks;

/// <summary>The limits of an endpoint on one node.</summary>
public sealed class EndpointLimiterTests
{
    [Theory]
    [InlineData(5, 3)]
    [InlineData(2, 2)]
    [InlineData(0, 0)]
    [InlineData(-4, 0)]
    public void It_reserves_what_is_wanted_within_its_limit_and_nothing_where_zero_or_less_is(int wanted, int reserved)
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.Equal(reserved, limiter.ReserveSlots(wanted, maxConcurrency: 3, nowMs: 0));
    }

    [Fact]
    public void An_unchecked_call_passes_the_limit_and_the_next_one_waits_for_it()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.Equal(1, limiter.ReserveSlots(1, maxConcurrency: 1, nowMs: 0));
        limiter.ReserveSlotUnchecked();
        Assert.Equal(0, limiter.ReserveSlots(1, maxConcurrency: 1, nowMs: 0));
        limiter.ReleaseSlots(2);
        Assert.Equal(1, limiter.ReserveSlots(1, maxConcurrency: 1, nowMs: 0));
    }

    [Fact]
    public void As_many_are_prefetched_as_ended_and_they_start_in_order_as_calls_end()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.Equal(2, limiter.ReserveSlots(2, maxConcurrency: 2, nowMs: 0));
        Assert.Equal(0, limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 0));
        foreach (var number in Enumerable.Range(1, 2))
        {
            limiter.EndRequest(IdOf(number), isAccepted: true, nowMs: 1);
            Assert.Equal(1, limiter.ReserveSlots(1, maxConcurrency: 2, nowMs: 1));
        }
        Assert.Equal(2, limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 1));
        limiter.Prefetch(LeasedOf(1));
        limiter.Prefetch(LeasedOf(2));
        Assert.Equal((0, 0), (limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 1), limiter.ReserveSlots(1, maxConcurrency: 2, nowMs: 1)));
        Assert.Null(limiter.TryStartNext(maxConcurrency: 2));

        // Prefetched callbacks come first.
        limiter.ReleaseSlots(2);
        Assert.Equal(0, limiter.ReserveSlots(2, maxConcurrency: 2, nowMs: 1));
        Assert.Equal([1, 2], new[] { limiter.TryStartNext(maxConcurrency: 2), limiter.TryStartNext(maxConcurrency: 2) }.Select(delivery => delivery!.Callback.Id.Number));
        Assert.Null(limiter.TryStartNext(maxConcurrency: 2));
    }

    [Fact]
    public void At_most_eight_times_the_calls_are_prefetched_and_none_once_nothing_has_ended_for_a_while()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        for (var number = 1; number <= 20; number++)
        {
            Assert.Equal(1, limiter.ReserveSlots(1, maxConcurrency: 2, nowMs: 100));
            limiter.EndRequest(IdOf(number), isAccepted: true, nowMs: 100);
        }
        Assert.Equal(16, limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 100));
        Assert.Equal(16, limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 149));
        Assert.Equal(0, limiter.PrefetchCapacity(maxConcurrency: 2, nowMs: 200));
    }

    [Fact]
    public void A_claim_is_made_when_a_quarter_of_what_may_be_leased_is_free_or_at_an_interval_while_calls_are_free()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.False(limiter.ShouldClaim(maxConcurrency: 8, wallMs: 0, nowMs: 0));
        limiter.NoteDue(0);
        Assert.Equal(8, limiter.ReserveSlots(8, maxConcurrency: 8, nowMs: 0));
        limiter.BeginClaim(nowMs: 0);
        limiter.NoteDue(0);
        Assert.False(limiter.ShouldClaim(maxConcurrency: 8, wallMs: 1000, nowMs: 1000));
        limiter.ReleaseSlots(1);
        Assert.False(limiter.ShouldClaim(maxConcurrency: 8, wallMs: 4, nowMs: 4));
        Assert.True(limiter.ShouldClaim(maxConcurrency: 8, wallMs: 5, nowMs: 5));
        limiter.ReleaseSlots(1);
        Assert.True(limiter.ShouldClaim(maxConcurrency: 8, wallMs: 1, nowMs: 1));
    }

    [Fact]
    public void An_open_breaker_starts_no_prefetched_callback_and_returns_all_of_them()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.Equal(30, limiter.ReserveSlots(30, maxConcurrency: 30, nowMs: 0));
        limiter.Prefetch(LeasedOf(31));
        for (var number = 1; number <= 30; number++)
        {
            limiter.EndRequest(IdOf(number), isAccepted: false, nowMs: 0);
        }
        Assert.True(limiter.IsBreakerOpen);
        Assert.Equal(0, limiter.PrefetchCapacity(maxConcurrency: 30, nowMs: 0));
        Assert.Null(limiter.TryStartNext(maxConcurrency: 30));
        Assert.Equal(31, Assert.Single(limiter.TakePrefetched()).Callback.Id.Number);
        Assert.Empty(limiter.TakePrefetched());
    }

    [Fact]
    public void A_breaker_waits_by_the_monotonic_clock_whatever_the_wall_clock_says()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.Equal(30, limiter.ReserveSlots(30, maxConcurrency: 30, nowMs: 0));
        for (var number = 1; number <= 30; number++)
        {
            limiter.EndRequest(IdOf(number), isAccepted: false, nowMs: 0);
        }
        limiter.NoteDue(1_000_000);
        Assert.Equal(10_000, limiter.WaitMs(wallMs: 1_000_000, nowMs: 0));
        Assert.Equal(0, limiter.ReserveSlots(1, maxConcurrency: 30, nowMs: 9_999));
        Assert.Equal(1, limiter.ReserveSlots(1, maxConcurrency: 30, nowMs: 10_000));
        Assert.Equal(500, limiter.WaitMs(wallMs: 999_500, nowMs: 10_000));
    }

    [Fact]
    public void A_limiter_is_retired_once_nothing_was_in_flight_or_due_for_a_while()
    {
        var limiter = new EndpointLimiter("1 http://game.example", 1);
        Assert.True(limiter.TryTouch(nowMs: 0));
        limiter.ReserveSlots(1, maxConcurrency: 1, nowMs: 0);
        Assert.False(limiter.TryRetire(idleMs: 100, nowMs: 1000));
        limiter.ReleaseSlots(1);
        limiter.NoteDue(5);
        Assert.False(limiter.TryRetire(idleMs: 100, nowMs: 1000));
        limiter.BeginClaim(nowMs: 1000);
        Assert.True(limiter.TryTouch(nowMs: 950));
        Assert.False(limiter.TryRetire(idleMs: 100, nowMs: 1000));
        Assert.True(limiter.TryRetire(idleMs: 100, nowMs: 1050));
        Assert.False(limiter.TryTouch(nowMs: 1060));
    }

    private static CallbackId IdOf(int number) => new(OrderId.FromStore("1"), number);

    private static LeasedCallback LeasedOf(int number) => new(
        new Callback
        {
            Id = IdOf(number), GameId = 1, Event = CallbackEvents.Paid, Url = "http://game.example/", Endpoint = "1 http://game.example", WaitsMs = [0], EventMs = 0,
            Status = CallbackStatus.Delivering, Attempts = 1, Lease = 1,
        },
        new OrderRow(new Order { Id = OrderId.FromStore("1"), GameId = 1, ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "u", CreatedMs = 0, ExpiresMs = 1 }, payment: null),
        LeaseUntilMs: 1000);
}
