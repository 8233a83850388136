using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Apple;

/// <summary>App Store Connect's Summary Sales Report: tab separated, one line for a product, a country and a price with the number sold.
/// There is no transaction in it, so that products are matched by count and amount.</summary>
internal sealed class AppleSales : StatementFormat
{
    private const string Product = "SKU";
    private const string Type = "PRODUCT TYPE IDENTIFIER";
    private const string Units = "UNITS";
    private const string Begin = "BEGIN DATE";
    private const string End = "END DATE";
    private const string CustomerCurrency = "CUSTOMER CURRENCY";
    private const string CustomerPrice = "CUSTOMER PRICE";

    private const string Parent = "PARENT IDENTIFIER";

    public override string Name => "App Store summary sales report";

    public override IReadOnlyList<string[]> Columns =>
        [[Product, "VENDOR IDENTIFIER"], [Type], [Units, "QUANTITY"], [Begin, "START DATE"], [End], [CustomerCurrency], [CustomerPrice],
            [Parent]];

    public override IReadOnlyList<string[]> Required => [[Product], [Type], [Units], [Begin], [End], [CustomerCurrency], [CustomerPrice]];

    public override char Separator => '\t';

    public override bool HasQuotes => false;

    public override bool IsAggregate => true;

    /// <summary>In-app purchases are IA1, IA9, IAY, IAC and FI1; the rest is downloads and updates of apps. A report is about all apps of
    /// the account; the parent of a purchase is its app's SKU.</summary>
    public override LineOutcome Read(StatementRow row, App app) =>
        row[Type] is not (['I', 'A', ..] or "FI1") ? LineOutcome.Skipped
        : IsOfOther(app, AppleChannel.ChannelName, AppleReportSettings.AppSkuField, row[Parent]) ? LineOutcome.OfOtherGame
        : AppleReportLine.Read(
                row[Product], "SKU", row[Units], row[CustomerPrice], row[CustomerCurrency], row[Begin], row[End], isReturn: false);
}
