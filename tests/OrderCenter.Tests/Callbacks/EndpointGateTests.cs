using OrderCenter.Callbacks;

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
        Assert.Equal(given, gate.InFlight);
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
}
