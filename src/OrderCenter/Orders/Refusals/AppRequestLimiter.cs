using System.Threading.RateLimiting;

namespace OrderCenter.Orders.Refusals;

/// <summary>Bounds how many requests of an app are taken: a second, and at once. So a game that floods the service is refused before it
/// fills the queues that all games share.</summary>
public sealed class AppRequestLimiter(AppRequestLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<AppRequests>? _rates = limits.PerSecond == 0
        ? null
        : PartitionedRateLimiter.Create<AppRequests, AppRequests>(requests =>
            RateLimitPartition.GetTokenBucketLimiter(requests, _ => RequestRate.PerSecond(limits.PerSecond)));

    private readonly PartitionedRateLimiter<AppRequests>? _atOnce = limits.AtOnce == 0
        ? null
        : PartitionedRateLimiter.Create<AppRequests, AppRequests>(requests =>
            RateLimitPartition.GetConcurrencyLimiter(requests, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.AtOnce }));

    /// <summary>Takes one request.</summary>
    /// <param name="requests">What it is one of.</param>
    /// <param name="inProgress">To be disposed of when the request has ended; null: nothing is counted.</param>
    /// <returns>False: too many; try again in a second.</returns>
    public bool TryBegin(AppRequests requests, out IDisposable? inProgress)
    {
        inProgress = null;
        var place = _atOnce?.AttemptAcquire(requests);
        using var taken = place?.IsAcquired == false ? place : _rates?.AttemptAcquire(requests);
        if (taken?.IsAcquired == false)
        {
            place?.Dispose();
            return false;
        }
        inProgress = place;
        return true;
    }

    public void Dispose()
    {
        _rates?.Dispose();
        _atOnce?.Dispose();
    }
}
