using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Has this node see within two seconds what another one changed in an app: a secret, a callback address, the lock.</summary>
internal sealed partial class AppRefresh(AppCatalog apps, TimeProvider clock, ILogger<AppRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RepeatAsync(
        async cancellationToken =>
        {
            await apps.RefreshAsync(cancellationToken);
            return false;
        },
        Period, clock, fault => LogSkipped(log, fault.Message), stoppingToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the apps could not be read again: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string reason);
}
