using OrderCenter.Alerts.Settings;

namespace OrderCenter.Api.Alerts;

/// <summary>Body of <c>PUT /alert-conditions</c>.</summary>
internal sealed record AlertThresholdsJson
{
    /// <summary>Replaces all that was set.</summary>
    public IReadOnlyList<AlertThreshold>? Thresholds { get; init; }
}
