using OrderCenter.Apps;

namespace OrderCenter.Hosting.Workers;

/// <summary>Reads the apps that another node changed (secret, callback address, lock), so that this node follows within two
/// seconds.</summary>
internal sealed class AppRefreshWorker(AppCatalog apps, TimeProvider clock, ILogger<AppRefreshWorker> log) : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } = [new("refresh of the apps", TimeSpan.FromSeconds(1), apps.RefreshAsync)];
}
