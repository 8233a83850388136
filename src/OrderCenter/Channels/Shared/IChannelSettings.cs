namespace OrderCenter.Channels.Shared;

/// <summary>An app's settings for a channel.</summary>
internal interface IChannelSettings
{
    /// <summary>One sentence a fault; the settings are used only where there is none.</summary>
    IReadOnlyList<string> Faults { get; }
}
