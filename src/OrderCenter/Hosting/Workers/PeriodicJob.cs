using System.Threading.Channels;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Workers;

/// <summary>One thing that a <see cref="PeriodicWorker"/> does at every tick.</summary>
/// <param name="name">What the log calls it.</param>
/// <param name="period">From tick to tick.</param>
/// <param name="stepAsync">One bounded step; true: more may be left, and the next step follows at once.</param>
/// <param name="startsAtOnce">Whether the first step runs at the start of the service; otherwise after one period.</param>
internal sealed class PeriodicJob(string name, TimeSpan period, Func<CancellationToken, Task<bool>> stepAsync, bool startsAtOnce = false)
{
    private readonly Channel<bool> _ticks = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public PeriodicJob(string name, TimeSpan period, Func<CancellationToken, Task> runAsync, bool startsAtOnce = false)
        : this(name, period, async cancellationToken =>
        {
            await runAsync(cancellationToken);
            return false;
        }, startsAtOnce)
    {
    }

    public string Name => name;

    /// <summary>Lets one node at a time run the steps; null: every node runs them.</summary>
    public JobLease? Lease { get; init; }

    /// <summary>Runs the job now; where it runs already, once more afterwards.</summary>
    public void Wake() => _ticks.Writer.TryWrite(true);

    /// <summary>Runs every step of every tick until the service stops.</summary>
    /// <param name="clock">Gives the ticks.</param>
    /// <param name="onFailure">Is called after a step that failed; the rest of the tick is left to the next one.</param>
    /// <param name="onSuccess">Is called after a tick whose steps all succeeded.</param>
    /// <param name="stoppingToken">The service stops.</param>
    public async Task RunAsync(TimeProvider clock, Action<Exception> onFailure, Action onSuccess, CancellationToken stoppingToken)
    {
        await using var timer = clock.CreateTimer(_ => Wake(), null, period, period);
        if (startsAtOnce)
        {
            Wake();
        }
        await foreach (var _ in _ticks.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                while (await (Lease is null ? stepAsync(stoppingToken) : Lease.RunAsync(stepAsync, stoppingToken)))
                {
                }
                onSuccess();
            }
#pragma warning disable CA1031 // A failure of one tick, even a bug, must end neither the later ticks nor the service.
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                onFailure(fault);
            }
        }
    }
}
