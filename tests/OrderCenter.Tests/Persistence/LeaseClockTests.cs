using OrderCenter.Persistence;
using OrderCenter.Persistence.Postgres;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>The time of leases, whatever is done to the clocks.</summary>
public sealed class LeaseClockTests
{
    private const long Hour = 3_600_000;

    private readonly ManualClock _clock = new();
    private readonly LeaseClock _leases;
    private long _serverAheadMs;

    public LeaseClockTests() => _leases = new LeaseClock(_clock);

    [Theory]
    [InlineData(1)]
    [InlineData(-3)]
    public void Where_one_process_owns_the_file_it_goes_on_with_the_monotonic_clock(int hours)
    {
        var before = _leases.NowMs;
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds(), before);
        _clock.SetBy(TimeSpan.FromHours(hours));
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((before + 7000, before + 7000, true, 0), (_leases.NowMs, _leases.OverMs, _leases.IsClockSynchronized, _leases.SkewMs));
    }

    [Fact]
    public void It_is_the_databases_clock_where_there_is_one_and_goes_on_between_its_samples()
    {
        _serverAheadMs = -2 * Hour;
        Sample();
        var before = _leases.NowMs;
        Assert.Equal(_clock.SteadyMs() - (2 * Hour), before);
        Assert.Equal(2 * Hour, _leases.SkewMs);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((before + 300_000, true, 0), (_leases.NowMs, _leases.IsClockSynchronized, _leases.TakeServerJump()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-3)]
    public void A_wall_clock_that_is_set_moves_nothing_and_lets_nothing_begin_before_the_next_sample(int hours)
    {
        Sample();
        var before = _leases.NowMs;
        _clock.SetBy(TimeSpan.FromHours(hours));
        Assert.Equal((before, before, false), (_leases.NowMs, _leases.OverMs, _leases.IsClockSynchronized));
        Sample();
        Assert.Equal((before, before, true, 0), (_leases.NowMs, _leases.OverMs, _leases.IsClockSynchronized, _leases.TakeServerJump()));
    }

    [Fact]
    public void A_machine_that_slept_begins_nothing_and_learns_the_time_without_blaming_the_database()
    {
        Sample();
        var before = _leases.NowMs;

        // The monotonic clock stood still meanwhile.
        _clock.SetBy(TimeSpan.FromHours(1));
        _serverAheadMs = Hour;
        Assert.False(_leases.IsClockSynchronized);
        Sample();
        Assert.Equal((before + Hour, before + Hour, true, 0), (_leases.NowMs, _leases.OverMs, _leases.IsClockSynchronized, _leases.TakeServerJump()));
    }

    [Fact]
    public void A_database_whose_clock_is_set_forward_ends_no_lease_that_was_written_before()
    {
        Sample();
        var before = _leases.NowMs;
        _serverAheadMs = Hour;
        Sample();
        Assert.Equal((before + Hour, before, Hour, 0), (_leases.NowMs, _leases.OverMs, _leases.TakeServerJump(), _leases.TakeServerJump()));
        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(before + 119_000, _leases.OverMs);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(_leases.NowMs, _leases.OverMs);
    }

    [Fact]
    public void A_database_whose_clock_is_set_back_is_noticed()
    {
        Sample();
        var before = _leases.NowMs;
        _serverAheadMs = -3 * Hour;
        Sample();
        Assert.Equal((before - (3 * Hour), before - (3 * Hour), -3 * Hour), (_leases.NowMs, _leases.OverMs, _leases.TakeServerJump()));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9_999, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    [InlineData(9_994_000, 1000)]
    public void The_wait_for_the_next_sample_is_never_nothing(long ticks, int ms) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ms), PostgresListener.WholeMilliseconds(TimeSpan.FromTicks(ticks)));

    private void Sample() => _leases.Sample(_clock.SteadyMs() + _serverAheadMs, _clock.GetTimestamp());
}
