using OrderCenter.Apps;
using OrderCenter.Payments;

namespace OrderCenter.Alerts.Facts;

/// <summary>Channels whose platform is told an address that it cannot reach, because <c>PublicUrl</c> is not set.</summary>
internal sealed class PublicUrlSource(AppCatalog apps, ChannelRegistry channels, PublicAddress address, AlertOptions options) : IAlertSource
{
    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.ChannelPublicUrl];

    public TimeSpan Period => options.SlowPeriod;

    public Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlertFact>>(
        [
            .. from app in apps.All.Select(entry => entry.App)
               where !app.Disabled
               from channel in PublicUrlRule.FindUnreachable(app, channels, address)
               select new AlertFact(
                   AlertConditions.ChannelPublicUrl, $"game {app.GameId}, {channel}", app.GameId, Value: 1, PublicUrlRule.Warning(channel)),
        ]);
}
