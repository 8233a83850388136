namespace OrderCenter.Payments.Described;

/// <summary>Channels that an app's document describes, and that no code is installed for.</summary>
public interface IDescribedChannels
{
    /// <summary>What must be in an app's settings of such a channel, so that they are read as its description.</summary>
    string Field { get; }

    /// <summary>What their names look like, for messages.</summary>
    string NameForm { get; }

    /// <summary>Descriptions that come with the program, by name.</summary>
    IReadOnlyList<ChannelTemplate> Templates { get; }

    /// <summary>The channel of that name, whichever apps describe it; null: the name is not of that form.</summary>
    IChannel? Find(string name);
}
