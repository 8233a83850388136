using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Has this node see within two seconds what another one changed in an app: a secret, a callback address, the lock.</summary>
internal sealed partial class AppRefresh(AppCatalog apps, TimeProvider clock, ILogger<AppRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await apps.RefreshAsync(stoppingToken);
                }
                catch (Exception fault) when (fault is StoreBusyException or StoreUnavailableException or System.Data.Common.DbException)
                {
                    LogSkipped(log, fault.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the apps could not be read again: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string reason);
}
