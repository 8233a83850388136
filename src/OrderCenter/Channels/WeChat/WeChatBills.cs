using System.Security.Cryptography;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.WeChat;

/// <summary>Fetches WeChat Pay's trade bill of a day: <c>/v3/bill/tradebill</c> answers under WeChat's signature with an address and the
/// file's SHA-1, and the file itself bears no signature. It is there from 10:00 in China on the next day, for three months.</summary>
internal sealed class WeChatBills(WeChatApi api, StoreHttp http, TimeProvider clock) : IStatementSource
{
    private const string NoBill = "NO_STATEMENT_EXIST";
    private const int AddressCharsMax = 4096;
    private const int HashChars = 40;
    private static readonly StatementSchedule Daily = new(IsMonthly: false, TimeSpan.FromHours(8), Delay: new(10, 15, 0));

    public StatementSchedule? Schedule(App app) => WeChatSettings.Of(app) is { FetchesStatements: true } ? Daily : null;

    public async ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new StatementFetch.Refused("channel wechat is not configured for this app");
        }

        // 1. Where the bill lies, and its hash.
        var path = $"/v3/bill/tradebill?bill_date={BusinessDay.Text(period.First)}&bill_type=ALL";
        var reply = await api.CallAsync(settings, HttpMethod.Get, path, "", cancellationToken);
        if (!reply.IsDone)
        {
            // An unsigned refusal may be anybody's: it ends nothing.
            return reply is { IsSigned: true, Code: NoBill } ? new StatementFetch.Nothing()
                : reply is { IsSigned: true, IsSettingsFault: true } ? new StatementFetch.Refused(reply.Message)
                : new StatementFetch.TryLater(reply.Message);
        }
        if (!Uri.TryCreate(reply.Fields?.Text("download_url", AddressCharsMax), UriKind.Absolute, out var address)
            || address.Scheme != settings.ApiBase.Scheme
            || reply.Fields?.Text("hash_type", HashChars) is not "SHA1" || reply.Fields.Text("hash_value", HashChars) is not { } expected)
        {
            return new StatementFetch.TryLater("WeChat Pay's answer holds no download_url with a hash_value of SHA1");
        }

        // 2. The file, which must have that hash.
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            WeChatSigning.Authorize(
                settings, request.Method.Method, address.PathAndQuery, body: "", clock.GetUtcNow().ToUnixTimeSeconds()));
        request.Headers.TryAddWithoutValidation("User-Agent", "OrderCenter");
        var download = await http.DownloadAsync(request, cancellationToken);
        if (download is not StoreDownload.Done { File: var file })
        {
            return new StatementFetch.TryLater(download is StoreDownload.Answered answered
                ? $"WeChat Pay's download answered {answered.HttpStatus}"
                : $"WeChat Pay: {((StoreDownload.Failed)download).Reason}");
        }
        var hash = Convert.ToHexString(await SHA1.HashDataAsync(file, cancellationToken));
        if (!hash.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            await file.DisposeAsync();
            return new StatementFetch.TryLater("the downloaded bill does not have the hash that WeChat Pay signed");
        }
        file.Position = 0;
        return new StatementFetch.Found(file, file);
    }
}
