using System.Collections.Concurrent;
using OrderCenter.Domain;

namespace OrderCenter.Callbacks;

/// <summary>Counts the callbacks that are leased to this node (waiting, being sent or being recorded), in all and for each app. An app
/// whose endpoints hang uses up its own share and not that of other apps. Safe for concurrent use.</summary>
internal sealed class LeasedCallbackCount
{
    public const int TotalMax = 4096;

    /// <summary>One app's share at least. It is (1 + <see cref="EndpointLimiter.PrefetchFactorMax"/>) times the app's MaxConcurrency if
    /// that is more, but at most half of the node's limit.</summary>
    private const int AppShareMin = 512;

    private readonly ConcurrentDictionary<long, Counter> _apps = new();
    private int _total;

    public int Total => Volatile.Read(ref _total);

    public bool IsFull => Total >= TotalMax;

    /// <summary>How many more callbacks of an app this node may lease; zero or less: none.</summary>
    public int AvailableFor(App app) =>
        Math.Min(TotalMax - Total, ShareOf(app) - (_apps.TryGetValue(app.GameId, out var counter) ? Volatile.Read(ref counter.Total) : 0));

    public void Add(long gameId, int count)
    {
        Interlocked.Add(ref _total, count);
        Interlocked.Add(ref _apps.GetOrAdd(gameId, static _ => new Counter()).Total, count);
    }

    /// <returns>How many are still leased to this node.</returns>
    public int Remove(long gameId, int count)
    {
        Interlocked.Add(ref _apps.GetOrAdd(gameId, static _ => new Counter()).Total, -count);
        return Interlocked.Add(ref _total, -count);
    }

    /// <summary>Whether at most one more fits. Asked after a callback has ended: the dispatcher may be waiting at the limit and must then
    /// be woken.</summary>
    public bool HasAtMostOneFree(App? app) => Total >= TotalMax - 1 || (app is not null && AvailableFor(app) <= 1);

    private static int ShareOf(App app) =>
        Math.Min(TotalMax / 2, Math.Max(AppShareMin, (1 + EndpointLimiter.PrefetchFactorMax) * app.Callback.MaxConcurrency));

    private sealed class Counter
    {
        public int Total;
    }
}
