using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Apple;

/// <summary>App Store Connect's financial report: what is paid out for a fiscal month, one line for a product and a country, sales and
/// returns apart.</summary>
internal sealed class AppleFinancial : StatementFormat
{
    private const string Product = "VENDOR IDENTIFIER";
    private const string Quantity = "QUANTITY";
    private const string Start = "START DATE";
    private const string End = "END DATE";
    private const string Sale = "SALE OR RETURN";
    private const string CustomerCurrency = "CUSTOMER CURRENCY";
    private const string CustomerPrice = "CUSTOMER PRICE";
    private const string Total = "Total_";

    public override string Name => "App Store financial report";

    public override IReadOnlyList<string[]> Columns =>
    [
        [Product, "SKU"], [Quantity, "UNITS"], [Start, "BEGIN DATE"], [End],
        [Sale, "SALES OR RETURN", "SALES OR RETURNS", "SALE OR RETURNS"], [CustomerCurrency], [CustomerPrice],
    ];

    public override IReadOnlyList<string[]> Required =>
        [[Product], [Quantity], [Start], [End], [Sale], [CustomerCurrency], [CustomerPrice]];

    public override char Separator => '\t';

    public override bool HasQuotes => false;

    public override bool IsAggregate => true;

    public override LineOutcome Read(StatementRow row, App app) =>
        row.First.StartsWith(Total, StringComparison.Ordinal)
            ? LineOutcome.AtEnd
            : AppleReportLine.Read(
                row[Product], "Vendor Identifier", row[Quantity], row[CustomerPrice], row[CustomerCurrency], row[Start], row[End],
            isReturn: row[Sale] == "R");
}
