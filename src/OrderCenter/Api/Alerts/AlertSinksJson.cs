using OrderCenter.Alerts.Settings;

namespace OrderCenter.Api.Alerts;

/// <summary>The sinks of alerts, as they are shown, and as <c>PUT /alert-sinks</c> replaces them.</summary>
internal sealed record AlertSinksJson
{
    /// <summary>Secrets are shown as <c>***</c>; one that comes back so is kept.</summary>
    public IReadOnlyList<AlertSink>? Items { get; init; }
}
