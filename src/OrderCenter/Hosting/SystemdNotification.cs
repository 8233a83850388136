using Microsoft.Extensions.Hosting.Systemd;

namespace OrderCenter.Hosting;

/// <summary>Tells systemd (<c>Type=notify</c>) when the service listens and when it stops, so that an upgrade, and units that need it, wait
/// for as long as it takes. Nothing is sent where <c>NOTIFY_SOCKET</c> is not set. Only the notifier of the package is used: its host
/// lifetime would change the form of the log.</summary>
internal sealed class SystemdNotification(ISystemdNotifier notifier, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => notifier.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
