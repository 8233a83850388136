using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>Calls to the App Store Server API (anchors/payments.md, "App Store Server API").</summary>
internal sealed class AppStoreApi(TimeProvider clock, StoreHttp http)
{
    /// <summary>A page of the notification history holds 20 notifications of some 16 KiB.</summary>
    private const int HistoryBytesMax = 1024 * 1024;

    private const int IdCharsMax = 128;
    private const int ErrorNotFound = 4040010;
    private const long TokenLifeSeconds = 300;

    /// <summary>How long before its end a token is made anew.</summary>
    private const long TokenSpareSeconds = 60;

    private readonly ConditionalWeakTable<AppleSettings, Token> _tokens = [];

    /// <summary>Whether a text can be a transaction's number; anything else would change the address that is called.</summary>
    public static bool IsTransactionId(string text) =>
        text.Length is > 0 and <= IdCharsMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>One transaction: <c>signedTransactionInfo</c>.</summary>
    public Task<AppStoreResponse> TransactionAsync(
        AppleSettings settings, Uri apiBase, string transactionId, CancellationToken cancellationToken) =>
        SendAsync(
            settings, HttpMethod.Get, apiBase, $"/inApps/v1/transactions/{transactionId}", body: null, StoreHttp.AnswerBytesMax,
        cancellationToken);

    /// <summary>Says that a purchase's goods were delivered (Finish Transaction, 1.20). Safe to repeat.</summary>
    public Task<AppStoreResponse> FinishAsync(AppleSettings settings, Payment payment, CancellationToken cancellationToken) =>
        SendAsync(
            settings, HttpMethod.Post, settings.ApiOf(payment), $"/inApps/v1/transactions/{payment.TransactionId}/finish", body: null,
            StoreHttp.AnswerBytesMax, cancellationToken);

    /// <summary>Gives a purchase a token (Set App Account Token, 1.16). Safe to repeat.</summary>
    public Task<AppStoreResponse> SetTokenAsync(
        AppleSettings settings, Payment payment, string originalTransactionId, Guid token, CancellationToken cancellationToken) =>
        SendAsync(
            settings, HttpMethod.Put, settings.ApiOf(payment), $"/inApps/v1/transactions/{originalTransactionId}/appAccountToken",
            JsonBytes.Write(json => json.WriteString("appAccountToken", token)), StoreHttp.AnswerBytesMax, cancellationToken);

    /// <summary>A page of the notifications that did not reach us in a span of time.</summary>
    public Task<AppStoreResponse> HistoryAsync(
        AppleSettings settings, Uri apiBase, long startMs, long endMs, string? page, CancellationToken cancellationToken)
    {
        var path = "/inApps/v1/notifications/history" + (page is null ? "" : "?paginationToken=" + Uri.EscapeDataString(page));
        var body = Encoding.UTF8.GetBytes($$"""{"startDate":{{startMs}},"endDate":{{endMs}},"onlyFailures":true}""");
        return SendAsync(settings, HttpMethod.Post, apiBase, path, body, HistoryBytesMax, cancellationToken);
    }

    /// <summary>Reports the consumption of a purchase whose refund the player requests. Safe to repeat.</summary>
    public Task<AppStoreResponse> ConsumptionAsync(
        AppleSettings settings, Uri apiBase, string transactionId, ConsumptionConsent consent, bool isDelivered,
        CancellationToken cancellationToken)
    {
        // What was not delivered was not used. A refund in part needs a share that was: without one there is no preference to name.
        var share = isDelivered ? consent.ConsumedShare : 0;
        var preference = consent.RefundPreference == ConsumptionConsent.Prorated && share is not > 0 ? null : consent.RefundPreference;
        var body = JsonBytes.Write(json =>
        {
            json.WriteBoolean("customerConsented", value: true);
            if (isDelivered && share is { } consumed)
            {
                json.WriteNumber("consumptionPercentage", consumed);
            }
            json.WriteString("deliveryStatus", isDelivered ? "DELIVERED" : "UNDELIVERED_OTHER");
            json.WriteBoolean("sampleContentProvided", consent.SampleContentProvided);
            if (preference is not null)
            {
                json.WriteString("refundPreference", preference);
            }
        });
        return SendAsync(
            settings, HttpMethod.Put, apiBase, $"/inApps/v2/transactions/consumption/{transactionId}", body, StoreHttp.AnswerBytesMax,
            cancellationToken);
    }

    private async Task<AppStoreResponse> SendAsync(
        AppleSettings settings, HttpMethod method, Uri apiBase, string path, byte[]? body, int answerBytesMax,
        CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, apiBase.AbsoluteUri.TrimEnd('/') + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(settings));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        return await http.SendAsync(request, cancellationToken, answerBytesMax) switch
        {
            StoreResponse.Answered answered => ReadResponse(answered),
            StoreResponse.Failed failed => new AppStoreResponse.TryLater($"the App Store could not be asked: {failed.Reason}"),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static AppStoreResponse ReadResponse(StoreResponse.Answered answered)
    {
        JsonFieldReader? fields = null;
        if (answered.IsSuccess)
        {
            if (answered.Body.Length == 0)
            {
                return new AppStoreResponse.Found(new JsonFieldReader(default));
            }
            return JsonFieldReader.TryParse(answered.Body, out fields, out var fault)
                ? new AppStoreResponse.Found(fields)
                : new AppStoreResponse.TryLater($"the App Store's answer {fault}");
        }
        var error = JsonFieldReader.TryParse(answered.Body, out fields, out _) ? fields.Integer("errorCode", 0, int.MaxValue) ?? 0 : 0;
        return (answered.HttpStatus, error) switch
        {
            // 404 without that code may be an address that is wrong, which proves nothing of the purchase.
            (404, ErrorNotFound) => new AppStoreResponse.NotFound(),
            (401 or 403, _) => new AppStoreResponse.NotAdmitted(
                "the App Store does not accept our key: check issuerId, keyId, privateKey and bundleId, and that the app is live"),
            (400, > 0) => new AppStoreResponse.Refused($"the App Store refuses the request with {error}"),
            _ => new AppStoreResponse.TryLater($"the App Store answered {answered.HttpStatus}{(error == 0 ? "" : $" with {error}")}"),
        };
    }

    /// <summary>The bearer token: ES256, five minutes, made anew a minute before its end.</summary>
    private string TokenOf(AppleSettings settings)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (_tokens.TryGetValue(settings, out var known) && now >= known.IssuedSeconds
            && now < known.IssuedSeconds + TokenLifeSeconds - TokenSpareSeconds)
        {
            return known.Text;
        }
        var made = new Token(now, settings.Api!.Sign(
            DateTimeOffset.FromUnixTimeSeconds(now), TimeSpan.FromSeconds(TokenLifeSeconds), ("bid", settings.BundleId)));
        _tokens.AddOrUpdate(settings, made);
        return made.Text;
    }

    private sealed record Token(long IssuedSeconds, string Text);
}
