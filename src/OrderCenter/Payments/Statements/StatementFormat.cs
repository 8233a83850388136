using OrderCenter.Domain;
using OrderCenter.Payments.Accounts;

namespace OrderCenter.Payments.Statements;

/// <summary>A file that a store publishes: how its columns are found and what its lines say. Columns are found by name, never by
/// position.</summary>
public abstract class StatementFormat
{
    /// <summary>The file's usual name.</summary>
    public abstract string Name { get; }

    /// <summary>Every column that is read: its name here, then the other names that stores have for it. The first one that is in the file
    /// counts.</summary>
    public abstract IReadOnlyList<string[]> Columns { get; }

    /// <summary>The columns without which it is not this file, by their names here; of each list one is enough.</summary>
    public abstract IReadOnlyList<string[]> Required { get; }

    /// <summary>What stands between values.</summary>
    public virtual char Separator => ',';

    /// <summary>What stands between the columns' names.</summary>
    public virtual char HeaderSeparator => Separator;

    /// <summary>Whether the separator stands before every value, and a comma behind all but the last.</summary>
    public virtual bool IsSeparatorFirst => false;

    /// <summary>Whether a value may stand in quotation marks.</summary>
    public virtual bool HasQuotes => true;

    /// <summary>Whether its lines are products and counts instead of transactions.</summary>
    public virtual bool IsAggregate => false;

    /// <summary>Whether amounts are in the buyer's currency, whatever the order's is: then they prove nothing about the order's
    /// amount.</summary>
    public virtual bool IsInBuyersCurrency => false;

    /// <summary>Whether <see cref="StatementLine.Product"/> is the product's id, not a title.</summary>
    public virtual bool HasProductIds => false;

    /// <summary>The mark before a comment; null: there is none.</summary>
    public virtual char? Comment => null;

    /// <summary>Whether China's older encoding may occur.</summary>
    public virtual bool MayBeGbk => false;

    /// <summary>A file of this format without lines: what stands for the statement of a period in which nothing was sold.</summary>
    public string EmptyFile => string.Join(HeaderSeparator, Columns.Select(names => names[0])) + "\n";

    public abstract LineOutcome Read(StatementRow row, App app);

    /// <summary>Where the columns stand, by their names here; null: this line is not the header.</summary>
    public Dictionary<string, int>? ReadHeader(string line)
    {
        var inFile = new Dictionary<string, int>(StringComparer.Ordinal);
        var titles = line.Split(HeaderSeparator);
        for (var i = 0; i < titles.Length; i++)
        {
            inFile.TryAdd(StatementText.NormalizeColumn(titles[i]), i);
        }
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var names in Columns)
        {
            if (names.FirstOrDefault(name => inFile.ContainsKey(StatementText.NormalizeColumn(name))) is { } found)
            {
                columns.Add(names[0], inFile[StatementText.NormalizeColumn(found)]);
            }
        }
        return Required.All(names => names.Any(columns.ContainsKey)) ? columns : null;
    }

    /// <summary>Whether a line is about something else than what the channel's accounts in this app name in that field.</summary>
    protected static bool IsOfOther(App app, string channel, string field, string value)
    {
        if (value.Length == 0 || !app.Channels.TryGetValue(channel, out var settings))
        {
            return false;
        }
        var named = (ChannelAccounts.AreIn(settings) ? ChannelAccounts.Read(settings).Select(account => account.Settings) : [settings])
            .Select(account => new JsonFieldReader(account).AnyText(field, ValueMax)).OfType<string>().ToList();
        return named.Count > 0 && !named.Contains(value, StringComparer.Ordinal);
    }

    protected static LineOutcome Bad(string column, string value, string allowed) =>
        new LineOutcome.Bad($"{column} is '{(value.Length <= ValueShown ? value : value[..ValueShown] + "…")}'; it must be {allowed}");

    private const int ValueMax = 256;
    private const int ValueShown = 64;
}
