using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments.Accounts;
using OrderCenter.Payments.Described;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Payments;

/// <summary>The installed channels by name, each for one account of an app or several, and those that apps describe. There is no other list
/// of channels.</summary>
public sealed class ChannelRegistry(IEnumerable<IChannel> channels, IDescribedChannels? described = null)
{
    private readonly OrderedDictionary<string, IChannel> _channels =
        new(channels.Select(channel => KeyValuePair.Create(channel.Name, (IChannel)new AccountsChannel(channel))), StringComparer.Ordinal);

    /// <summary>The installed ones, in the order of their installation.</summary>
    public IEnumerable<IChannel> All => _channels.Values;

    /// <summary>The names of the channels whose statements can be reconciled.</summary>
    public IEnumerable<string> WithStatements => All.Where(channel => channel.StatementFormats.Count > 0).Select(channel => channel.Name);

    /// <summary>Descriptions of channels that come with the program.</summary>
    public IReadOnlyList<ChannelTemplate> Templates => described?.Templates ?? [];

    /// <summary>What an app's <c>channels</c> may name, for messages.</summary>
    public string Form =>
        string.Join(", ", _channels.Keys) + (described is null ? "" : $"; or one with {described.Field}, named by {described.NameForm}");

    /// <summary>The channel of that name; null: none is installed and the name is of none that an app may describe, or no name is given.
    /// A described one is closed for every app that does not describe it.</summary>
    public IChannel? Find(string? name) => name is null ? null : _channels.GetValueOrDefault(name) ?? described?.Find(name);

    /// <summary>The channel of that name as an app may use it: installed, or described by its settings.</summary>
    public IChannel? Find(App app, string name) => app.Channels.TryGetValue(name, out var settings)
        && TryFind(name, settings, out var channel)
            ? channel
            : _channels.GetValueOrDefault(name);

    /// <summary>The channel that settings of that name are for: an installed one, or the one that they describe.</summary>
    public bool TryFind(string name, JsonElement settings, [NotNullWhen(true)] out IChannel? channel)
    {
        channel = _channels.GetValueOrDefault(name);
        if (channel is null && described is not null && new JsonFieldReader(settings).Has(described.Field))
        {
            channel = described.Find(name);
        }
        return channel is not null;
    }

    /// <summary>The first installed channel whose receipts have this shape; null: none.</summary>
    public IChannel? FindByReceipt(Receipt receipt) => All.FirstOrDefault(channel => channel.Recognises(receipt));

    /// <summary>The format of that name, whichever channel has it; null: none has.</summary>
    public StatementFormat? FindFormat(string name) =>
        All.SelectMany(channel => channel.StatementFormats).FirstOrDefault(format => format.Name == name);
}
