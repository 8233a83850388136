using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Google;

/// <summary>Google Play's earnings report (<c>PlayApps_YYYYMM.csv</c>): one line for the charge, the tax, the fee and the refund of an
/// order, in the buyer's currency and in ours. The description is the order's number, <c>GPA.…</c>; the package is called <c>Package ID</c>
/// or, in older files, <c>Product id</c>.</summary>
internal sealed class GoogleEarnings : StatementFormat
{
    private const string Order = "DESCRIPTION";
    private const string Date = "TRANSACTION DATE";
    private const string Time = "TRANSACTION TIME";
    private const string Type = "TRANSACTION TYPE";
    private const string Package = "PACKAGE ID";
    private const string Product = "SKU ID";
    private const string BuyerCurrency = "BUYER CURRENCY";
    private const string Amount = "AMOUNT (BUYER CURRENCY)";

    private static readonly string[] TimeForms =
        ["MMM d, yyyy h:mm:ss tt", "MMM d, yyyy H:mm:ss", "yyyy-MM-dd h:mm:ss tt", "yyyy-MM-dd H:mm:ss", "MMM d, yyyy", "yyyy-MM-dd"];

    /// <summary>Google's reports were in the Pacific's time for long and are in UTC by now; a time says which.</summary>
    private static readonly (string Name, int Hours)[] Zones = [("PST", -8), ("PDT", -7), ("UTC", 0), ("GMT", 0)];

    public override string Name => "Google Play earnings report";

    public override IReadOnlyList<string[]> Columns =>
    [
        [Order, "ORDER NUMBER", "ORDER ID"], [Date], [Time], [Type], [Package, "PACKAGE NAME", "PRODUCT ID"],
        [Product, "SKU", "PRODUCT ID"],
        [BuyerCurrency, "CURRENCY OF SALE"], [Amount, "BUYER AMOUNT"],
    ];

    public override IReadOnlyList<string[]> Required => [[Order], [Date], [Type], [Package], [BuyerCurrency], [Amount]];

    public override bool IsInBuyersCurrency => true;

    public override bool HasProductIds => true;

    public override LineOutcome Read(StatementRow row, App app)
    {
        LineKind? kind = row[Type].ToUpperInvariant() switch
        {
            "CHARGE" => LineKind.Charge,
            "CHARGE REFUND" => LineKind.Refund,
            "TAX" => LineKind.Tax,
            _ => null,
        };
        if (kind is not { } what)
        {
            return LineOutcome.Skipped;
        }
        if (IsOfOther(app, GoogleChannel.ChannelName, "packageName", row[Package]))
        {
            return LineOutcome.OfOtherGame;
        }
        var (number, amount, currency) = (row[Order], row[Amount], row[BuyerCurrency]);
        if (!StatementText.IsKey(number))
        {
            return Bad("Description", number, "an order's number, such as GPA.1234-5678-9012-34567");
        }
        if (!StatementText.TryAmount(amount, out var amountE4))
        {
            return Bad("Amount (Buyer Currency)", amount, "an amount");
        }
        if (!StatementText.IsCurrency(currency))
        {
            return Bad("Buyer Currency", currency, "a currency");
        }
        // Where the package stands in the older column, that column is no product.
        var product = row[Product] is var named && named == row[Package] ? null : StatementText.Shorten(named);
        var when = $"{row[Date]} {row[Time]}".Trim();
        return TryTime(when, out var atMs)
            ? new LineOutcome.Found(new StatementLine
            {
                Kind = what,
                Key = number,
                AmountE4 = amountE4,
                Currency = currency,
                AtMs = atMs,
                Product = product,
            })
            : Bad("Transaction Date", when, "a date such as Nov 21, 2026, the time one such as 4:01:59 PM PST");
    }

    private static bool TryTime(string text, out long unixMs)
    {
        // Newer libraries put a narrow blank before AM and PM.
        text = text.Replace('\u202f', ' ').Replace('\u00a0', ' ');
        var hours = 0;
        foreach (var (name, zoneHours) in Zones)
        {
            if (text.EndsWith(" " + name, StringComparison.OrdinalIgnoreCase))
            {
                (text, hours) = (text[..^(name.Length + 1)], zoneHours);
                break;
            }
        }
        var good = DateTime.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var time)
            && time.Year is > 2000 and < 9999;
        unixMs = good ? new DateTimeOffset(time, TimeSpan.FromHours(hours)).ToUnixTimeMilliseconds() : 0;
        return good;
    }
}
