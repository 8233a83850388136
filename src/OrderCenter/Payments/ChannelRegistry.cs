using System.Diagnostics.CodeAnalysis;
using OrderCenter.Payments.Accounts;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Payments;

/// <summary>The installed channels by name, each for one account of an app or several. There is no other list of channels.</summary>
public sealed class ChannelRegistry(IEnumerable<IChannel> channels)
{
    private readonly OrderedDictionary<string, IChannel> _channels =
        new(channels.Select(channel => KeyValuePair.Create(channel.Name, (IChannel)new AccountsChannel(channel))), StringComparer.Ordinal);

    /// <summary>In the order of their installation.</summary>
    public IEnumerable<IChannel> All => _channels.Values;

    /// <summary>The names of the channels whose statements can be reconciled.</summary>
    public IEnumerable<string> WithStatements => All.Where(channel => channel.StatementFormats.Count > 0).Select(channel => channel.Name);

    /// <summary>The channel of that name; null: none is installed, or no name is given.</summary>
    public IChannel? Find(string? name) => name is null ? null : _channels.GetValueOrDefault(name);

    public bool TryFind(string name, [NotNullWhen(true)] out IChannel? channel) => _channels.TryGetValue(name, out channel);

    /// <summary>The first channel whose receipts have this shape; null: none.</summary>
    public IChannel? FindByReceipt(Receipt receipt) => All.FirstOrDefault(channel => channel.Recognises(receipt));

    /// <summary>The format of that name, whichever channel has it; null: none has.</summary>
    public StatementFormat? FindFormat(string name) =>
        All.SelectMany(channel => channel.StatementFormats).FirstOrDefault(format => format.Name == name);
}
