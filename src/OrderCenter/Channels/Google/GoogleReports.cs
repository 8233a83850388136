using System.Globalization;
using System.Net.Http.Headers;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Google;

/// <summary>Fetches Google Play's earnings report of a month from the account's bucket in Google Cloud Storage:
/// <c>earnings/earnings_YYYYMM_….zip</c>, there about the fifth day of the next month. It is about all apps of the account.</summary>
internal sealed class GoogleReports(TimeProvider clock, StoreHttp http) : IStatementSource
{
    private const int NameCharsMax = 1024;

    /// <summary>A month has one report; corrections may stand beside it.</summary>
    private const int ObjectsMax = 20;

    private static readonly StatementSchedule Monthly = new(IsMonthly: true, TimeSpan.Zero, Delay: TimeSpan.FromDays(5));
    private readonly AccessTokens _tokens = new(clock, http, "https://www.googleapis.com/auth/devstorage.read_only");

    public StatementSchedule? Schedule(App app) => GoogleSettings.Of(app)?.ReportsBucket is null ? null : Monthly;

    public async ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { ReportsBucket: { } bucket } settings)
        {
            return new StatementFetch.Refused("channel google has no reportsBucket for this app");
        }
        var objects = $"{settings.StorageBase.AbsoluteUri.TrimEnd('/')}/storage/v1/b/{Uri.EscapeDataString(bucket)}/o";

        // 1. The newest report of the month: its name ends with numbers that nobody knows before.
        var prefix = "earnings/earnings_" + period.First.ToString("yyyyMM", CultureInfo.InvariantCulture) + "_";
        var (listing, fault) = await RequestAsync(
            settings, $"{objects}?prefix={Uri.EscapeDataString(prefix)}&maxResults={ObjectsMax}", cancellationToken);
        if (listing is null || await http.SendAsync(listing, cancellationToken) is not StoreResponse.Answered answered)
        {
            return new StatementFetch.TryLater(fault ?? "Google Cloud Storage could not be reached");
        }
        if (Refusal(settings, answered.HttpStatus) is { } refusal)
        {
            return refusal;
        }
        if (!JsonFieldReader.TryParse(answered.Body, out var fields, out var malformed))
        {
            return new StatementFetch.TryLater($"Google Cloud Storage's answer {malformed}");
        }
        if (NewestName(fields, prefix) is not { } name)
        {
            return new StatementFetch.TryLater($"the bucket holds no {prefix}….zip yet");
        }

        // 2. The report.
        (var content, fault) = await RequestAsync(settings, $"{objects}/{Uri.EscapeDataString(name)}?alt=media", cancellationToken);
        if (content is null)
        {
            return new StatementFetch.TryLater(fault!);
        }
        return await http.DownloadAsync(content, cancellationToken) switch
        {
            StoreDownload.Done done => StatementFile.OpenZip(
                done.File, entry => entry.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)),
            StoreDownload.Answered refused => Refusal(settings, refused.HttpStatus)
                ?? new StatementFetch.TryLater($"Google Cloud Storage answered {refused.HttpStatus}"),
            StoreDownload.Failed failed => new StatementFetch.TryLater($"Google Cloud Storage: {failed.Reason}"),
            var other => throw new InvalidOperationException($"unknown result {other}"),
        };
    }

    private async Task<(HttpRequestMessage? Request, string? Fault)> RequestAsync(
        GoogleSettings settings, string address, CancellationToken cancellationToken)
    {
        var (token, fault) = await _tokens.GetAsync(settings, cancellationToken);
        if (token is null)
        {
            return (null, fault);
        }
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (request, null);
    }

    /// <returns>Null: it is no refusal.</returns>
    private StatementFetch? Refusal(GoogleSettings settings, int httpStatus)
    {
        switch (httpStatus)
        {
            case 200:
                return null;
            case 401:
                _tokens.Refused(settings);
                return new StatementFetch.TryLater("Google Cloud Storage does not accept the token (401)");
            case 400 or 403 or 404:
                return new StatementFetch.Refused(
                    $"Google Cloud Storage answered {httpStatus}: check reportsBucket, and that the account may view financial data");
            default:
                return new StatementFetch.TryLater($"Google Cloud Storage answered {httpStatus}");
        }
    }

    private static string? NewestName(JsonFieldReader listing, string prefix)
    {
        if (listing.Element("items") is not { ValueKind: System.Text.Json.JsonValueKind.Array } items)
        {
            return null;
        }
        string? newest = null;
        var updated = "";
        foreach (var item in items.EnumerateArray().Take(ObjectsMax))
        {
            var fields = new JsonFieldReader(item);
            if (item.ValueKind == System.Text.Json.JsonValueKind.Object && fields.Text("name", NameCharsMax) is { } name
                && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
                && string.CompareOrdinal(fields.Text("updated", NameCharsMax) ?? "", updated) >= 0)
            {
                (newest, updated) = (name, fields.Text("updated", NameCharsMax) ?? "");
            }
        }
        return newest;
    }
}
