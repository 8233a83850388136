using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Workers;

/// <summary>Background work beside the requests: one or several jobs, each in a loop of its own. A failure is logged once, until it
/// changes or the job succeeds again.</summary>
internal abstract partial class PeriodicWorker(TimeProvider clock, ILogger log) : BackgroundService
{
    protected abstract IReadOnlyList<PeriodicJob> Jobs { get; }

    /// <summary>Gives up what this node holds, once its jobs have stopped, so that another node continues at once.</summary>
    protected virtual Task ReleaseAsync() => Task.WhenAll(Jobs.Select(job => job.Lease?.ReleaseAsync() ?? Task.CompletedTask));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await ReleaseAsync().WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException or OperationCanceledException)
        {
            LogNotReleased(log, fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(Jobs.Select(job => RunAsync(job, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops. What is due is done after the next start, or by another node.
        }
    }

    private Task RunAsync(PeriodicJob job, CancellationToken stoppingToken)
    {
        string? failure = null;
        return job.RunAsync(
            clock,
            fault =>
            {
                // After a start that failed, everything is disposed of without a stop before.
                if (fault is ObjectDisposedException && stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                var text = $"{fault.GetType()}: {fault.Message}";
                if (text != failure)
                {
                    failure = text;
                    LogFailed(log, job.Name, fault);
                }
            },
            () =>
            {
                if (failure is not null)
                {
                    failure = null;
                    LogRecovered(log, job.Name);
                }
            },
            stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "background job failed and will run again: {Job}")]
    private static partial void LogFailed(ILogger logger, string job, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "background job succeeds again: {Job}")]
    private static partial void LogRecovered(ILogger logger, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a lease was not released at shutdown; other nodes wait until it expires")]
    private static partial void LogNotReleased(ILogger logger, Exception fault);
}
