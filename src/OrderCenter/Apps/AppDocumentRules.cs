using System.Text.RegularExpressions;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Products;
using OrderCenter.Payments;

namespace OrderCenter.Apps;

/// <summary>What the values of an app's settings may be.</summary>
internal static partial class AppDocumentRules
{
    private const int TextMax = 256;
    private const int ListMax = 1000;
    private const int NetworksMax = 16;
    private const int RetriesMax = 200;
    private const decimal RetrySecondsMax = 30 * 86_400;
    private const string NetworkForm = "addresses or networks such as 10.0.0.0/8";

    /// <summary>Every fault of a document: the field, and what is allowed.</summary>
    public static IReadOnlyList<Fault> Faults(
        AppDocument app, IReadOnlyCollection<string> protocols, ChannelRegistry channels)
    {
        var faults = new List<Fault>();
        void Check(bool isGood, string field, string allowed)
        {
            if (!isGood)
            {
                faults.Add(new Fault(field, allowed));
            }
        }

        Check(app.Name is { Length: > 0 and <= TextMax }, "name", $"must be 1 to {TextMax} characters");
        Check(
            app.Alias is null || AliasForm().IsMatch(app.Alias), "alias",
            "must begin with a letter and be at most 64 letters, digits, '_', '-' or '.'");
        Check(app.Protocol is not null && protocols.Contains(app.Protocol), "protocol", $"must be one of {string.Join(", ", protocols)}");
        foreach (var (field, url) in new[] { ("callbackUrl", app.CallbackUrl), ("eventsUrl", app.EventsUrl) })
        {
            Check(
                url is null || AppDocument.IsHttpUrl(url), field,
                $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
        }
        Check(app.TimeWindowSeconds is null or (>= 1 and <= 86_400), "timeWindowSeconds", "must be 1 to 86400 seconds");
        Check(NetworkText.IsList(app.AllowedIps, ListMax), "allowedIps", $"must be at most {ListMax} {NetworkForm}");
        Check(
            app.Callback?.RetrySeconds is not { } waits || IsSchedule(waits), "callback.retrySeconds",
            $"must be 1 to {RetriesMax} waits of 0 to {RetrySecondsMax} seconds, to the millisecond");
        Check(app.Callback?.TimeoutSeconds is null or (>= 1 and <= 60), "callback.timeoutSeconds", "must be 1 to 60 seconds");
        Check(app.Callback?.MaxConcurrency is null or (>= 1 and <= 1000), "callback.maxConcurrency", "must be 1 to 1000");
        Check(NetworkText.IsList(
            app.Callback?.AllowedNetworks, NetworksMax), "callback.allowedNetworks", $"must be at most {NetworksMax} {NetworkForm}");
        Check(SettingEnum.IsNameOf<CallbackFormat>(app.Callback?.Format), "callback.format", "must be form or json");
        Check(
            app.OrderIdRandomDigits is null or (>= OrderId.RandomDigitsMin and <= OrderId.RandomDigitsMax), "orderIdRandomDigits",
            $"must be {OrderId.RandomDigitsMin} to {OrderId.RandomDigitsMax}");
        Check(
            app.Testers is not { } testers || (
                testers.Count <= ListMax && testers.All(tester => tester is { Length: > 0 and <= TextMax })), "testers",
            $"must be at most {ListMax} players of 1 to {TextMax} characters");
        Check(SettingEnum.IsNameOf<LatePayment>(app.LatePayment), "latePayment", "must be deliver or hold");
        Check(app.UnpaidExpiresMinutes is null or (>= 1 and <= 525_600), "unpaidExpiresMinutes", "must be 1 to 525600 minutes");
        Check(app.KeepPlayerDataDays is null or (>= 30 and <= 36_500), "keepPlayerDataDays", "must be 30 to 36500 days");
        Check(SettingEnum.IsNameOf<AmountMeans>(app.AmountMeans), "amountMeans", "must be money or quantity");
        Check(SettingEnum.IsNameOf<CardSignature>(app.CardSignature), "cardSignature", "must be nested or string");
        Check(SettingEnum.IsNameOf<PriceMismatch>(app.PriceMismatch), "priceMismatch", "must be refuse or hold");
        faults.AddRange(ProductRules.Faults(app.Products));
        foreach (var (name, settings) in app.Channels?.AsEnumerable() ?? [])
        {
            faults.AddRange(channels.TryFind(name, settings, out var channel)
                ? channel.Faults(settings).Select(fault => new Fault($"channels.{name}", fault))
                : [new Fault($"channels.{name}", $"is not installed; allowed: {channels.Form}")]);
        }
        return faults;
    }

    private static bool IsSchedule(IReadOnlyList<decimal> waits) =>
        waits.Count is >= 1 and <= RetriesMax && waits.All(
            wait => wait is >= 0 and <= RetrySecondsMax && wait * 1000 == decimal.Truncate(wait * 1000));

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex AliasForm();
}
