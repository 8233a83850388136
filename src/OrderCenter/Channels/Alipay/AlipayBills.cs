using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Alipay;

/// <summary>Fetches Alipay's bill of a day: <c>alipay.data.dataservice.bill.downloadurl.query</c> answers with an address that is valid
/// for 30 s, under which a zip archive lies. It is there at about 9:00 in China on the next day.</summary>
internal sealed class AlipayBills(AlipayGateway gateway, StoreHttp http) : IStatementSource
{
    private const string Method = "alipay.data.dataservice.bill.downloadurl.query";
    private const string AddressField = "bill_download_url";
    private const string NoBill = "bill_not_exist";
    private const int AddressCharsMax = 4096;
    private static readonly StatementSchedule Daily = new(IsMonthly: false, AlipayChannel.China, Delay: new(9, 30, 0));

    public StatementSchedule? Schedule(App app) => AlipaySettings.Of(app) is { FetchesStatements: true } ? Daily : null;

    public async ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new StatementFetch.Refused("channel alipay is not configured for this app");
        }

        // 1. Where the bill lies.
        var content = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("bill_type", "trade");
            json.WriteString("bill_date", BusinessDay.Text(period.First));
        });
        var reply = await gateway.CallAsync(settings, Method, content, cancellationToken);
        if (reply.Fields is null)
        {
            return new StatementFetch.TryLater(reply.Message);
        }
        if (!reply.IsDone)
        {
            return reply.SubCode.EndsWith(NoBill, StringComparison.OrdinalIgnoreCase) ? new StatementFetch.Nothing()
                : reply.Code is "40003" or "40006" or "40002"
                    ? new StatementFetch.Refused($"{reply.Message}: check that the app may call {Method}")
                    : new StatementFetch.TryLater(reply.Message);
        }
        if (!Uri.TryCreate(reply.Fields.Text(AddressField, AddressCharsMax), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            return new StatementFetch.TryLater($"Alipay's answer holds no {AddressField}");
        }

        // 2. The archive: beside the lines it holds their sums (汇总).
        return await http.DownloadAsync(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken) switch
        {
            StoreDownload.Done done => StatementFile.OpenZip(
                done.File, name => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !name.Contains("汇总")),
            StoreDownload.Answered answered => new StatementFetch.TryLater($"Alipay's download answered {answered.HttpStatus}"),
            StoreDownload.Failed failed => new StatementFetch.TryLater($"Alipay: {failed.Reason}"),
            var other => throw new InvalidOperationException($"unknown result {other}"),
        };
    }
}
