using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What the App Store Server API says.</summary>
internal abstract record ApiAnswer
{
    private ApiAnswer()
    {
    }

    public sealed record Found(Fields Fields) : ApiAnswer;

    /// <summary>It does not know the purchase.</summary>
    public sealed record NotFound : ApiAnswer;

    /// <summary>It refuses this request for good.</summary>
    public sealed record Refused(string Reason) : ApiAnswer;

    /// <summary>It takes no request of ours: the key, or an app that is not live yet.</summary>
    public sealed record NotAdmitted(string Reason) : ApiAnswer;

    public sealed record TryLater(string Reason) : ApiAnswer;
}

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

    /// <summary>Whether a text can be a transaction's number; anything else would change the address that is asked.</summary>
    public static bool IsTransactionId(string text) => text.Length is > 0 and <= IdCharsMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>One transaction: <c>signedTransactionInfo</c>.</summary>
    public Task<ApiAnswer> TransactionAsync(AppleSettings settings, Uri apiBase, string transactionId, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Get, apiBase, $"/inApps/v1/transactions/{transactionId}", body: null, StoreHttp.AnswerBytesMax, cancellationToken);

    /// <summary>A page of the notifications that did not reach us in a span of time.</summary>
    public Task<ApiAnswer> HistoryAsync(AppleSettings settings, Uri apiBase, long startMs, long endMs, string? page, CancellationToken cancellationToken)
    {
        var path = "/inApps/v1/notifications/history" + (page is null ? "" : "?paginationToken=" + Uri.EscapeDataString(page));
        var body = Encoding.UTF8.GetBytes($$"""{"startDate":{{startMs}},"endDate":{{endMs}},"onlyFailures":true}""");
        return SendAsync(settings, HttpMethod.Post, apiBase, path, body, HistoryBytesMax, cancellationToken);
    }

    /// <summary>Tells what became of a purchase whose refund the player asks for. Again for the same purchase: it is taken again.</summary>
    public Task<ApiAnswer> ConsumptionAsync(
        AppleSettings settings, Uri apiBase, string transactionId, ConsumptionConsent consent, bool isDelivered, CancellationToken cancellationToken)
    {
        var body = Json(json =>
        {
            json.WriteBoolean("customerConsented", value: true);
            json.WriteString("deliveryStatus", isDelivered ? "DELIVERED" : "UNDELIVERED_OTHER");
            json.WriteBoolean("sampleContentProvided", consent.SampleContentProvided);
            if (consent.RefundPreference is { } preference)
            {
                json.WriteString("refundPreference", preference);
            }
        });
        return SendAsync(
            settings, HttpMethod.Put, apiBase, $"/inApps/v2/transactions/consumption/{transactionId}", body, StoreHttp.AnswerBytesMax, cancellationToken);
    }

    private async Task<ApiAnswer> SendAsync(
        AppleSettings settings, HttpMethod method, Uri apiBase, string path, byte[]? body, int answerBytesMax, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, apiBase.AbsoluteUri.TrimEnd('/') + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(settings));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        return await http.SendAsync(request, cancellationToken, answerBytesMax) switch
        {
            StoreAnswer.Answered answered => Judge(answered),
            StoreAnswer.Failed failed => new ApiAnswer.TryLater($"the App Store could not be asked: {failed.Reason}"),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static ApiAnswer Judge(StoreAnswer.Answered answered)
    {
        Fields? fields = null;
        if (answered.IsSuccess)
        {
            if (answered.Body.Length == 0)
            {
                return new ApiAnswer.Found(new Fields(default));
            }
            return Fields.TryParse(answered.Body, out fields, out var fault)
                ? new ApiAnswer.Found(fields)
                : new ApiAnswer.TryLater($"the App Store's answer {fault}");
        }
        var error = Fields.TryParse(answered.Body, out fields, out _) ? fields.Integer("errorCode", 0, int.MaxValue) ?? 0 : 0;
        return (answered.HttpStatus, error) switch
        {
            // 404 without that code may be an address that is wrong, which proves nothing of the purchase.
            (404, ErrorNotFound) => new ApiAnswer.NotFound(),
            (401 or 403, _) => new ApiAnswer.NotAdmitted(
                "the App Store does not accept our key: check issuerId, keyId, privateKey and bundleId, and that the app is live"),
            (400, > 0) => new ApiAnswer.Refused($"the App Store refuses the request with {error}"),
            _ => new ApiAnswer.TryLater($"the App Store answered {answered.HttpStatus}{(error == 0 ? "" : $" with {error}")}"),
        };
    }

    /// <summary>The bearer token: ES256, five minutes, made anew a minute before its end.</summary>
    private string TokenOf(AppleSettings settings)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (_tokens.TryGetValue(settings, out var known) && now >= known.IssuedSeconds && now < known.IssuedSeconds + TokenLifeSeconds - TokenSpareSeconds)
        {
            return known.Text;
        }
        var made = new Token(now, MakeToken(settings.Api!, settings.BundleId, now));
        _tokens.AddOrUpdate(settings, made);
        return made.Text;
    }

    private static string MakeToken(ApiKey api, string bundleId, long nowSeconds)
    {
        var header = Part(json =>
        {
            json.WriteString("alg", "ES256");
            json.WriteString("kid", api.KeyId);
            json.WriteString("typ", "JWT");
        });
        var claims = Part(json =>
        {
            json.WriteString("iss", api.IssuerId);
            json.WriteNumber("iat", nowSeconds);
            json.WriteNumber("exp", nowSeconds + TokenLifeSeconds);
            json.WriteString("aud", "appstoreconnect-v1");
            json.WriteString("bid", bundleId);
        });
        var signed = header + "." + claims;
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(api.Pkcs8, out _);
        return signed + "." + Base64Url.EncodeToString(
            key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    private static string Part(Action<Utf8JsonWriter> write) => Base64Url.EncodeToString(Json(write));

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return text.ToArray();
    }

    private sealed record Token(long IssuedSeconds, string Text);
}
