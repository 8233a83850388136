using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Apple;

internal static class AppleReportLine
{
    private const long UnitsMax = 10_000_000;

    /// <summary>More than anybody sells of a product in a country; with the bound of lines, sums stay within 64 bits.</summary>
    private const long AmountE4Max = 40_000_000_000_000;
    private static readonly string[] DayForms = ["MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-dd"];

    public static LineOutcome Read(
        string product, string productColumn, string units, string price, string currency, string first, string last, bool isReturn)
    {
        if (!StatementText.IsKey(product))
        {
            return Bad(productColumn, "a product");
        }
        var whole = units.EndsWith(".00", StringComparison.Ordinal) ? units[..^3] : units;
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            || count is > UnitsMax or < -UnitsMax)
        {
            return Bad("the number of units", "a whole number");
        }
        if (!StatementText.TryAmount(price, out var priceE4))
        {
            return Bad("Customer Price", "an amount");
        }
        if (!StatementText.IsCurrency(currency))
        {
            return Bad("Customer Currency", "a currency");
        }
        if (!TryDay(first, out var from) || !TryDay(last, out var to) || to < from)
        {
            return Bad("the dates", "days such as 11/21/2026, the first before the last");
        }
        if (count == 0)
        {
            return LineOutcome.Skipped;
        }
        var pieces = Math.Abs(count);
        if (priceE4 > AmountE4Max / pieces)
        {
            return Bad("the amount", $"at most {new Money(AmountE4Max)}");
        }
        return new LineOutcome.Found(new StatementLine
        {
            Kind = isReturn || count < 0 ? LineKind.Refund : LineKind.Charge,
            Key = product,
            AmountE4 = priceE4 * pieces,
            Currency = currency,
            Units = pieces,
            Days = (from, to),
        });
    }

    private static LineOutcome.Bad Bad(string column, string allowed) => new($"{column} must be {allowed}");

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
