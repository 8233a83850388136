using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>Background jobs of several nodes: one at a time looks for work.</summary>
public sealed class JobLeaseTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly ManualClock _clock = new();
    private Database _first = null!;
    private Database _second = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await OpenAsync();
        _second = _database.Engine == DatabaseOptions.Postgres ? await OpenAsync() : _first;
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task One_node_at_a_time_runs_the_steps_and_another_continues_when_it_dies_or_stops()
    {
        var (one, other, steps) = (new JobLease(_first, "job"), new JobLease(_second, "job"), new Steps());
        if (!_first.IsShared)
        {
            // Where one process has the database there is nothing to agree about, and nothing is written for it.
            await one.RunAsync(steps.Run(one), Now);
            await other.RunAsync(steps.Run(other), Now);
            Assert.Equal([one, other], steps.By);
            Assert.Equal(0, (await _first.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM node_leases", row => row.GetInt32(0)), Now))[0]);
            return;
        }

        // 1. As long as it comes back in time, the first keeps it.
        for (var turn = 0; turn < 5; turn++)
        {
            await one.RunAsync(steps.Run(one), Now);
            await other.RunAsync(steps.Run(other), Now);
            _clock.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.All(steps.By, by => Assert.Same(one, by));
        Assert.Equal(5, steps.By.Count);

        // 2. It dies: after its lease, and the difference that the nodes' clocks may have, the other continues, and keeps it.
        _clock.Advance(TimeSpan.FromMilliseconds(JobLease.LeaseMs - 5000 + NodeLease.ClockSkewMs - 1));
        Assert.False(await other.RunAsync(steps.Run(other), Now));
        Assert.Equal(5, steps.By.Count);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await other.RunAsync(steps.Run(other), Now);
        await one.RunAsync(steps.Run(one), Now);
        Assert.Same(other, steps.By[^1]);

        // 3. It stops: at once. A lease that is not its own is not ended.
        await one.ReleaseAsync();
        await one.RunAsync(steps.Run(one), Now);
        Assert.Equal(6, steps.By.Count);
        await other.ReleaseAsync();
        await one.RunAsync(steps.Run(one), Now);
        Assert.Same(one, steps.By[^1]);
    }

    [Fact]
    public async Task A_node_whose_step_fails_lets_another_one_try_and_other_jobs_have_leases_of_their_own()
    {
        if (!_first.IsShared)
        {
            return;
        }
        var (one, other, steps) = (new JobLease(_first, "job"), new JobLease(_second, "job"), new Steps());
        await Assert.ThrowsAsync<InvalidOperationException>(() => one.RunAsync(_ => throw new InvalidOperationException("no way to the store"), Now));
        Assert.False(await one.RunAsync(steps.Run(one), Now));
        await other.RunAsync(steps.Run(other), Now);
        Assert.Equal([other], steps.By);
        var third = new JobLease(_first, "other job");
        Assert.True(await third.RunAsync(steps.Run(third, hasMore: true), Now));

        // Alone, it tries again after a lease.
        await other.ReleaseAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(JobLease.LeaseMs));
        await one.RunAsync(steps.Run(one), Now);
        Assert.Same(one, steps.By[^1]);
    }

    private async Task<Database> OpenAsync()
    {
        var store = new Database(_database.Options.At(_clock), _clock, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return store;
    }

    private sealed class Steps
    {
        public List<JobLease> By { get; } = [];

        public Func<CancellationToken, Task<bool>> Run(JobLease by, bool hasMore = false) => _ =>
        {
            By.Add(by);
            return Task.FromResult(hasMore);
        };
    }
}
