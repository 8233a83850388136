using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Apple;

/// <summary>Fetches the summary sales report of a month or a day from App Store Connect (<c>GET /v1/salesReports</c>), compressed by gzip.
/// A day's report is there by 8:00 Pacific time on the next day, a month's five days after its end.</summary>
internal sealed class AppleReports(StoreHttp http, TimeProvider clock) : IStatementSource
{
    private const string NoSales = "no sales";
    private static readonly TimeSpan Pacific = TimeSpan.FromHours(-8);
    private static readonly StatementSchedule Daily = new(IsMonthly: false, Pacific, Delay: TimeSpan.FromHours(9));
    private static readonly StatementSchedule Monthly = new(IsMonthly: true, Pacific, Delay: new TimeSpan(5, 9, 0, 0));
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    public StatementSchedule? Schedule(App app) =>
        AppleSettings.Of(app)?.Reports is { } reports ? (reports.IsDaily ? Daily : Monthly) : null;

    public async ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app)?.Reports is not { } settings)
        {
            return new StatementFetch.Refused("channel apple has no vendorNumber for this app");
        }
        var (frequency, form) = settings.IsDaily ? ("DAILY", "yyyy-MM-dd") : ("MONTHLY", "yyyy-MM");
        var query = new StringBuilder("/v1/salesReports?filter[reportType]=SALES&filter[reportSubType]=SUMMARY")
            .Append("&filter[frequency]=").Append(frequency)
            .Append("&filter[reportDate]=").Append(period.First.ToString(form, CultureInfo.InvariantCulture))
            .Append("&filter[vendorNumber]=").Append(settings.VendorNumber)
            .Replace("[", "%5B").Replace("]", "%5D");
        var request = new HttpRequestMessage(HttpMethod.Get, settings.ApiBase.AbsoluteUri.TrimEnd('/') + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key.Sign(clock.GetUtcNow(), TokenLife));
        request.Headers.TryAddWithoutValidation("Accept", "application/a-gzip");
        switch (await http.DownloadAsync(request, cancellationToken))
        {
            case StoreDownload.Done done:
                return StatementFile.OpenGzip(done.File);
            case StoreDownload.Failed failed:
                return new StatementFetch.TryLater($"App Store Connect: {failed.Reason}");
            case StoreDownload.Answered answered:
                // 404 is both: a report that is not there yet, and a period without sales.
                var text = Encoding.UTF8.GetString(answered.Body);
                return answered.HttpStatus switch
                {
                    404 when text.Contains(NoSales, StringComparison.OrdinalIgnoreCase) => new StatementFetch.Nothing(),
                    400 or 401 or 403 => new StatementFetch.Refused(
                        $"App Store Connect answered {answered.HttpStatus}: check vendorNumber, issuerId, reportsKeyId, reportsPrivateKey "
                        + "and the key's role (Finance, or Sales and Reports)"),
                    var status => new StatementFetch.TryLater($"App Store Connect answered {status}"),
                };
            case var other:
                throw new InvalidOperationException($"unknown result {other}");
        }
    }
}
