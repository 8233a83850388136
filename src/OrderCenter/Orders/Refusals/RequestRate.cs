using System.Threading.RateLimiting;

namespace OrderCenter.Orders.Refusals;

/// <summary>A rate of requests as the options of a token bucket.</summary>
public static class RequestRate
{
    /// <summary>At most so many a second, and as many at once after a pause. The bucket is filled up to ten times a second: a flood then
    /// comes through evenly and not all at the beginning of each second, before everyone else.</summary>
    public static TokenBucketRateLimiterOptions PerSecond(int requests)
    {
        var parts = requests % 10 == 0 ? 10 : requests % 5 == 0 ? 5 : requests % 2 == 0 ? 2 : 1;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = requests, TokensPerPeriod = requests / parts, ReplenishmentPeriod = TimeSpan.FromSeconds(1) / parts,
        };
    }
}
