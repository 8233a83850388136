using CsvHelper;

namespace OrderCenter.Payments.Statements;

/// <summary>The values of one line, by the names of their columns.</summary>
public readonly struct StatementRow(CsvReader csv, IReadOnlyDictionary<string, int> columns, StatementFormat format)
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
        var at = format.IsSeparatorFirst ? column + 1 : column;
        if (at >= csv.FieldCount)
        {
            return "";
        }
        var value = csv.GetString(at);
        return (format.IsSeparatorFirst && value.EndsWith(',') ? value[..^1] : value).Trim(' ', '\t', '\ufeff');
    }
}
