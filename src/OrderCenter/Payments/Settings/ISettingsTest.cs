using OrderCenter.Domain;

namespace OrderCenter.Payments.Settings;

/// <summary>A channel that can ask its store whether an app's settings work.</summary>
public interface ISettingsTest
{
    /// <summary>Asks the store about something that changes nothing. It is called for an app that has the channel configured.</summary>
    ValueTask<SettingsTestResult> TestAsync(App app, CancellationToken cancellationToken);
}
