using System.Net;
using OrderCenter.Orders.Refusals;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Orders;

public sealed class FailureLimitTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void An_IPv6_caller_is_its_network_and_a_mapped_IPv4_one_is_itself()
    {
        var limit = new FailureLimit(1, TimeSpan.FromMinutes(1), _clock);
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("2001:db8:0:1::1")));
        Assert.Equal(60, limit.CountFailure(IPAddress.Parse("2001:db8:0:1:ffff::2")));
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("2001:db8:0:2::1")));
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("203.0.113.1")));
        Assert.Equal(60, limit.CountFailure(IPAddress.Parse("::ffff:203.0.113.1")));
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("::ffff:203.0.113.2")));
    }

    [Fact]
    public void A_full_table_counts_all_further_addresses_as_one_and_has_room_again_after_the_window()
    {
        var limit = new FailureLimit(1, TimeSpan.FromMinutes(1), _clock);
        for (var i = 0; i < FailureLimit.AddressesMax; i++)
        {
            Assert.Equal(0, limit.CountFailure(new IPAddress(0x0A000000L + i)));
        }
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("203.0.113.1")));
        Assert.Equal(60, limit.CountFailure(IPAddress.Parse("203.0.113.2")));
        Assert.Equal(60, limit.SecondsBlocked(IPAddress.Parse("203.0.113.3")));
        Assert.Equal(0, limit.SecondsBlocked(new IPAddress(0x0A000000L)));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("203.0.113.2")));
        Assert.Equal(0, limit.CountFailure(IPAddress.Parse("203.0.113.3")));
        Assert.Equal(60, limit.CountFailure(IPAddress.Parse("203.0.113.3")));
    }

    [Fact]
    public void No_limit_counts_nothing()
    {
        var limit = new FailureLimit(0, TimeSpan.FromMinutes(1), _clock);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(0, limit.CountFailure(IPAddress.Loopback)));
        Assert.Equal(0, limit.SecondsBlocked(IPAddress.Loopback));
    }
}
