using System.Globalization;
using CsvHelper;
using OrderCenter.Domain;

namespace OrderCenter.Api.Exports;

/// <summary>Writes the cells of a CSV document. A text that a spreadsheet would run as a formula, and one that begins with a control
/// character, gets an apostrophe in front, which makes it a text.</summary>
internal sealed class CsvCells(CsvWriter csv)
{
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public void Text(string? text)
    {
        if (text is { Length: > 0 } && MayRun(text[0]))
        {
            csv.WriteField("'" + text, CsvQuoting.Always);
        }
        else
        {
            csv.WriteField(text);
        }
    }

    public void Number(long? number) => csv.WriteField(number);

    public void Money(Money? money) => csv.WriteField(money?.ToString());

    /// <summary>RFC 3339 with milliseconds, UTC; null: an empty cell.</summary>
    public void Time(long? unixMs)
    {
        if (unixMs is { } ms)
        {
            csv.WriteField(Rfc3339Time.Of(ms), TimeForm, CultureInfo.InvariantCulture);
        }
        else
        {
            csv.WriteField((string?)null);
        }
    }

    public void Flag(bool value) => csv.WriteField(value ? "true" : "false");

    /// <summary>The full-width characters too: a spreadsheet in Chinese or Japanese reads them as the others.</summary>
    private static bool MayRun(char first) =>
        first is '=' or '+' or '-' or '@' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20' || char.IsControl(first);
}
