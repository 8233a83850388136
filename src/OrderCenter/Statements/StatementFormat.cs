using CsvHelper;
using OrderCenter.Model;

namespace OrderCenter.Statements;

/// <summary>A file that a store publishes: how its columns are found and what its lines say. Columns are found by name, never by position.</summary>
internal abstract class StatementFormat
{
    public static readonly IReadOnlyList<StatementFormat> All = [new GoogleEarnings(), new AppleSales(), new AppleFinancial(), new AlipayBill(), new WeChatBill()];

    /// <summary>What people call the file.</summary>
    public abstract string Name { get; }

    /// <summary>The channel's name in settings.</summary>
    public abstract string Channel { get; }

    /// <summary>The columns without which it is not this file. Each may have several names.</summary>
    public abstract IReadOnlyList<string[]> Required { get; }

    /// <summary>What stands between values.</summary>
    public virtual char Separator => ',';

    /// <summary>What stands between the columns' names.</summary>
    public virtual char HeaderSeparator => Separator;

    /// <summary>Whether the separator stands before every value, and a comma behind all but the last.</summary>
    public virtual bool IsBefore => false;

    /// <summary>Whether a value may stand in quotation marks.</summary>
    public virtual bool HasQuotes => true;

    /// <summary>Whether its lines are products and counts instead of transactions.</summary>
    public virtual bool IsAggregate => false;

    /// <summary>What comes before a comment; null: there is none.</summary>
    public virtual char? Comment => null;

    /// <summary>Whether China's older encoding may occur.</summary>
    public virtual bool MayBeGbk => false;

    public abstract LineOutcome Read(StatementRow row, App app);

    /// <summary>Where the columns stand, by their compared names; null: this line is not the header.</summary>
    public Dictionary<string, int>? ReadHeader(string line)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = line.Split(HeaderSeparator);
        for (var i = 0; i < names.Length; i++)
        {
            columns.TryAdd(StatementText.Column(names[i]), i);
        }
        return Required.All(names => names.Any(name => columns.ContainsKey(StatementText.Column(name)))) ? columns : null;
    }

    /// <summary>A text of the channel's settings, where it has one: which app of the account a line is about.</summary>
    protected static string? Setting(App app, string channel, string field) =>
        app.Channels.TryGetValue(channel, out var settings) && settings.ValueKind == System.Text.Json.JsonValueKind.Object
        && settings.TryGetProperty(field, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String
            ? value.GetString()
            : null;

    protected static LineOutcome Bad(string column, string value, string allowed) =>
        new LineOutcome.Bad($"{column} is '{(value.Length <= ValueShown ? value : value[..ValueShown] + "…")}'; it must be {allowed}");

    private const int ValueShown = 64;
}

/// <summary>The values of one line, by the names of their columns.</summary>
internal readonly struct StatementRow(CsvReader csv, IReadOnlyDictionary<string, int> columns, StatementFormat format)
{
    /// <summary>The value, trimmed; empty where the column or the value is not there. The first name that is a column counts.</summary>
    public string this[params ReadOnlySpan<string> names]
    {
        get
        {
            foreach (var name in names)
            {
                if (columns.TryGetValue(name, out var at))
                {
                    return At(at);
                }
            }
            return "";
        }
    }

    /// <summary>What the line begins with.</summary>
    public string First => csv.GetString(0).Trim(' ', '\t', '\ufeff');

    private string At(int column)
    {
        var at = format.IsBefore ? column + 1 : column;
        if (at >= csv.FieldCount)
        {
            return "";
        }
        var value = csv.GetString(at);
        return (format.IsBefore && value.EndsWith(',') ? value[..^1] : value).Trim(' ', '\t', '\ufeff');
    }
}
