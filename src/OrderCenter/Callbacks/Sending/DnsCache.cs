using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Resolves the names of receivers and caches the addresses. The system's resolver blocks a thread while a
/// name server does not respond and cannot be cancelled, so it runs on a bounded number of own threads, of which each
/// app has a share. An expired entry is used while it is resolved again.</summary>
internal sealed class DnsCache(TimeProvider clock, Func<string, IPAddress[]> resolve) : IDisposable
{
    private const int LookupsMax = 64;
    private const int AppLookupsMax = 4;

    /// <summary>As many names as one app may have callbacks leased: half of <see cref="LeasedCallbackCount.TotalMax"/>.</summary>
    private const int AppHostsMax = 2048;

    private static readonly TimeSpan PositiveTtl = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NegativeTtl = TimeSpan.FromSeconds(5);

    /// <summary>How long an address is used that cannot be resolved again.</summary>
    private static readonly TimeSpan StaleMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan IdleMax = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _lookups = new(LookupsMax);
    private readonly ConcurrentDictionary<long, AppHosts> _apps = new();
    private long _prunedAt = clock.GetTimestamp();

    /// <param name="gameId">The app: nothing is shared between apps, so that names of one that hang do not delay
    /// another.</param>
    /// <param name="host">A name, not an address.</param>
    /// <param name="cancellationToken">Stops the wait; the lookup continues and its result is cached.</param>
    /// <exception cref="SocketException">There is no such name, no name server responded, or the app has too many
    /// names.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(long gameId, string host, CancellationToken cancellationToken)
    {
        Prune();
        var app = _apps.GetOrAdd(gameId, static _ => new AppHosts());
        Task<Result> lookup;
        lock (app)
        {
            app.UsedAt = clock.GetTimestamp();
            var entry = GetOrAddEntry(app, host);
            if (entry.Cached is { } cached && !IsOlder(cached, cached.Fault is null ? PositiveTtl : NegativeTtl))
            {
                return Addresses(cached);
            }
            if (entry.Cached is { Fault: null } stale && !IsOlder(stale, StaleMax))
            {
                if (entry.FailedAt is not { } failed || clock.GetElapsedTime(failed) >= NegativeTtl)
                {
                    entry.Lookup ??= StartLookupAsync(app, entry, host);
                }
                return stale.Addresses;
            }
            lookup = entry.Lookup ??= StartLookupAsync(app, entry, host);
        }
        return Addresses(await lookup.WaitAsync(cancellationToken));
    }

    public void Dispose() => _lookups.Dispose();

    private static IPAddress[] Addresses(Result result) =>
        result.Fault is { } fault ? throw new SocketException((int)fault) : result.Addresses;

    private bool IsOlder(Result result, TimeSpan age) => clock.GetElapsedTime(result.At) >= age;

    /// <summary>Finds or adds a host, under the app's lock. If the app has too many, the oldest that are not being resolved are
    /// removed.</summary>
    private static HostEntry GetOrAddEntry(AppHosts app, string host)
    {
        if (app.Hosts.TryGetValue(host, out var cached))
        {
            return cached;
        }
        if (app.Hosts.Count >= AppHostsMax)
        {
            var idle = app.Hosts.Where(item => item.Value.Lookup is null);
            foreach (var (old, _) in idle.OrderBy(item => item.Value.Cached?.At ?? 0).Take(AppHostsMax / 4).ToList())
            {
                app.Hosts.Remove(old);
            }
        }
        if (app.Hosts.Count >= AppHostsMax)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
        var entry = new HostEntry();
        app.Hosts.Add(host, entry);
        return entry;
    }

    private async Task<Result> StartLookupAsync(AppHosts app, HostEntry entry, string host)
    {
        // Leaves the caller's lock.
        await Task.Yield();
        await app.Lookups.WaitAsync();
        await _lookups.WaitAsync();
        Result result;
        try
        {
            result = await Task.Factory.StartNew(
                () => TryResolve(host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _lookups.Release();
            app.Lookups.Release();
        }
        lock (app)
        {
            entry.Lookup = null;
            if (result.Fault is SocketError.TryAgain or SocketError.NoRecovery or SocketError.TimedOut
                && entry.Cached is { Fault: null } stale && !IsOlder(stale, StaleMax))
            {
                // No name server responded: the address may still be right.
                entry.FailedAt = clock.GetTimestamp();
                return stale;
            }
            (entry.Cached, entry.FailedAt) = (result, null);
        }
        return result;
    }

    private Result TryResolve(string host)
    {
        try
        {
            return new Result(resolve(host), null, clock.GetTimestamp());
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            return new Result([], (fault as SocketException)?.SocketErrorCode ?? SocketError.HostNotFound, clock.GetTimestamp());
        }
    }

    /// <summary>Removes apps that have not been used for a while.</summary>
    private void Prune()
    {
        var prunedAt = Volatile.Read(ref _prunedAt);
        if (clock.GetElapsedTime(prunedAt) < IdleMax
            || Interlocked.CompareExchange(ref _prunedAt, clock.GetTimestamp(), prunedAt) != prunedAt)
        {
            return;
        }
        foreach (var (gameId, app) in _apps)
        {
            if (clock.GetElapsedTime(app.UsedAt) >= IdleMax)
            {
                _apps.TryRemove(gameId, out _);
            }
        }
    }

    private sealed class AppHosts
    {
        public SemaphoreSlim Lookups { get; } = new(AppLookupsMax);

        public Dictionary<string, HostEntry> Hosts { get; } = new(StringComparer.OrdinalIgnoreCase);

        public long UsedAt { get; set; }
    }

    private sealed class HostEntry
    {
        public Result? Cached { get; set; }

        public Task<Result>? Lookup { get; set; }

        /// <summary>When no name server responded for a cached address; null: one did.</summary>
        public long? FailedAt { get; set; }
    }

    private sealed record Result(IPAddress[] Addresses, SocketError? Fault, long At);
}
