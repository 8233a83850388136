using OrderCenter.ProviderSync;

namespace OrderCenter.Hosting.Workers;

/// <summary>Processes notifications as soon as they are stored. Those that are left are claimed by
/// <see cref="ProviderSyncWorker"/>.</summary>
internal sealed class NotificationWorker(
    NotificationProcessor processor, TimeProvider clock, ILogger<NotificationWorker> log) : PeriodicWorker(
    clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
        [new("new notifications", TimeSpan.FromSeconds(1), processor.RunAsync, startsAtOnce: true)];
}
