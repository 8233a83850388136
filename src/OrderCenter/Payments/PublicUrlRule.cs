using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>Finds the channels of an app that do not work because the setting <c>PublicUrl</c> is missing: their platforms are told, with
/// each payment, to notify an address that they cannot reach.</summary>
public static class PublicUrlRule
{
    /// <summary>The names of these channels; empty: there is none.</summary>
    public static IEnumerable<string> FindUnreachable(App app, ChannelRegistry channels, PublicAddress address) =>
        address.IsSet
            ? []
            : channels.All.Where(channel => app.Channels.ContainsKey(channel.Name) && channel.IsToldNotifyAddress(app))
                .Select(channel => channel.Name);

    /// <summary>What is wrong with such a channel, and what to do.</summary>
    public static string Warning(string channel) =>
        $"channels.{channel}: the platform cannot notify this installation of payments, because the setting PublicUrl is missing; "
        + $"set PublicUrl, or channels.{channel}.notifyUrl of the app";
}
