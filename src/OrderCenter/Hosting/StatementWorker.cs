using OrderCenter.Statements;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Matches statements in the background, a step at a time, and clears what nobody needs any more. Every node looks; a lease has one of them work.</summary>
internal sealed partial class StatementWorker(Matching matching, StatementImport import, TimeProvider clock, ILogger<StatementWorker> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _wake = new(0, 1);

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        import.Imported = Wake;
        using var timer = clock.CreateTimer(_ => Wake(), null, TimeSpan.Zero, Period);
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    while (await matching.StepAsync(stoppingToken) || await matching.ClearAsync(stoppingToken))
                    {
                    }
                }
#pragma warning disable CA1031 // As in Rounds: a fault of one must not end all that come after it.
                catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogSkipped(log, fault);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; whoever has the lease next goes on.
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception fault) when (fault is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or the service stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a step of a reconciliation failed and will be taken again")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
