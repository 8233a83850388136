using System.Globalization;
using OrderCenter.Model;

namespace OrderCenter.Statements;

/// <summary>App Store Connect's Summary Sales Report: tab separated, one line for a product, a country and a price with the number sold. There is no
/// transaction in it, so that products are matched by count and amount.</summary>
internal sealed class AppleSales : StatementFormat
{
    private const string Product = "SKU";
    private const string Type = "PRODUCT TYPE IDENTIFIER";
    private const string Units = "UNITS";
    private const string Begin = "BEGIN DATE";
    private const string End = "END DATE";
    private const string CustomerCurrency = "CUSTOMER CURRENCY";
    private const string CustomerPrice = "CUSTOMER PRICE";

    public override string Name => "App Store summary sales report";

    public override string Channel => "apple";

    public override IReadOnlyList<string[]> Required => [[Product], [Type], [Units], [Begin], [End], [CustomerCurrency], [CustomerPrice]];

    public override char Separator => '\t';

    public override bool HasQuotes => false;

    public override bool IsAggregate => true;

    /// <summary>In-app purchases are IA1, IA9, IAY, IAC and FI1; the rest is downloads and updates of apps.</summary>
    public override LineOutcome Read(StatementRow row, App app) =>
        row[Type] is ['I', 'A', ..] or "FI1"
            ? AppleLine.Read(row[Product], "SKU", row[Units], row[CustomerPrice], row[CustomerCurrency], row[Begin], row[End], isReturn: false)
            : LineOutcome.NoMatter;
}

/// <summary>App Store Connect's financial report: what is paid out for a fiscal month, one line for a product and a country, sales and returns apart.</summary>
internal sealed class AppleFinancial : StatementFormat
{
    private const string Product = "VENDOR IDENTIFIER";
    private const string Quantity = "QUANTITY";
    private const string Start = "START DATE";
    private const string End = "END DATE";
    private const string Sale = "SALE OR RETURN";
    private const string OldSale = "SALES OR RETURN";
    private const string CustomerCurrency = "CUSTOMER CURRENCY";
    private const string CustomerPrice = "CUSTOMER PRICE";
    private const string Total = "Total_";

    public override string Name => "App Store financial report";

    public override string Channel => "apple";

    public override IReadOnlyList<string[]> Required => [[Product], [Quantity], [Start], [End], [Sale, OldSale], [CustomerCurrency], [CustomerPrice]];

    public override char Separator => '\t';

    public override bool HasQuotes => false;

    public override bool IsAggregate => true;

    public override LineOutcome Read(StatementRow row, App app) =>
        row.First.StartsWith(Total, StringComparison.Ordinal)
            ? LineOutcome.TheEnd
            : AppleLine.Read(row[Product], "Vendor Identifier", row[Quantity], row[CustomerPrice], row[CustomerCurrency], row[Start], row[End], isReturn: row[Sale, OldSale] == "R");
}

internal static class AppleLine
{
    private const long UnitsMax = 10_000_000;

    /// <summary>More than anybody sells of a product in a country; with the bound of lines, sums stay within 64 bits.</summary>
    private const long AmountE4Max = 40_000_000_000_000;
    private static readonly string[] DayForms = ["MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-dd"];

    public static LineOutcome Read(string product, string productColumn, string units, string price, string currency, string first, string last, bool isReturn)
    {
        if (!StatementText.IsKey(product))
        {
            return Bad(productColumn, "a product");
        }
        var whole = units.EndsWith(".00", StringComparison.Ordinal) ? units[..^3] : units;
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) || count is > UnitsMax or < -UnitsMax)
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
            return LineOutcome.NoMatter;
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

    private static bool TryDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
