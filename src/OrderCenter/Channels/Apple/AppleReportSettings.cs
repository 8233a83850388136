using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>How an app's sales reports are fetched from App Store Connect.</summary>
/// <param name="VendorNumber">The account's number, from Payments and Financial Reports.</param>
/// <param name="Key">A team key of the App Store Connect API with the role Finance or Sales and Reports.</param>
/// <param name="IsDaily">Whether a report a day is fetched instead of one a month.</param>
/// <param name="ApiBase">The App Store Connect API.</param>
internal sealed record AppleReportSettings(string VendorNumber, ApiKey Key, bool IsDaily, Uri ApiBase)
{
    public const string PrivateKeyField = "reportsPrivateKey";
    public const string AppSkuField = "appSku";
    private const string VendorField = "vendorNumber";
    private const string KeyIdField = "reportsKeyId";
    private const string PeriodField = "reportsPeriod";
    private const string ApiBaseField = "connectApiBase";
    private const string Month = "month";
    private const string Day = "day";
    private const int TextCharsMax = 256;
    private const int AddressCharsMax = 1024;
    private static readonly Uri ApiDefault = new("https://api.appstoreconnect.apple.com");

    /// <summary>The fields that are read here.</summary>
    public static readonly string[] Known = [VendorField, KeyIdField, PrivateKeyField, PeriodField, AppSkuField, ApiBaseField];

    /// <returns>Null: no reports are fetched.</returns>
    public static AppleReportSettings? Read(JsonFieldReader fields, string? issuerId)
    {
        var vendor = fields.Text(VendorField, TextCharsMax);
        var keyId = fields.Text(KeyIdField, TextCharsMax);
        var privateKey = ApiKey.ReadPrivateKey(fields, PrivateKeyField);
        var period = fields.Text(PeriodField, TextCharsMax) ?? Month;
        var apiBase = fields.Address(ApiBaseField, AddressCharsMax) ?? ApiDefault;
        fields.Text(AppSkuField, TextCharsMax);
        if (period is not (Month or Day))
        {
            fields.AddFault($"{PeriodField} must be {Month} or {Day}");
        }
        if (vendor is null)
        {
            return null;
        }
        if (vendor.Any(character => !char.IsAsciiDigit(character)))
        {
            fields.AddFault($"{VendorField} must be digits");
        }
        if (issuerId is null || keyId is null || privateKey is null)
        {
            fields.AddFault($"{VendorField} needs issuerId, {KeyIdField} and {PrivateKeyField} beside it");
            return null;
        }
        return new AppleReportSettings(vendor, new ApiKey(issuerId, keyId, privateKey), period == Day, apiBase);
    }
}
