using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderCenter.Domain;

namespace OrderCenter.Channels.Shared;

/// <summary>A channel's settings of each app, parsed once for each state of the app.</summary>
internal sealed class SettingsCache<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
    string channel, Func<JsonElement, T> read)
    where T : class, IChannelSettings
{
    private readonly ConditionalWeakTable<App, T> _settings = [];

    /// <summary>The app's settings; null where it has none, or none that are free of faults: such a channel is closed, not open.</summary>
    public T? Find(App app)
    {
        if (!app.Channels.ContainsKey(channel))
        {
            return null;
        }
        var settings = _settings.GetValue(app, app => read(app.Channels[channel]));
        return settings.Faults.Count == 0 ? settings : null;
    }
}
