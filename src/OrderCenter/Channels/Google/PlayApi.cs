using System.Net.Http.Headers;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>What Google Play's server says.</summary>
internal abstract record PlayAnswer
{
    private PlayAnswer()
    {
    }

    public sealed record Found(Fields Fields) : PlayAnswer;

    /// <summary>It does not know the purchase, or no longer, or the question names none: that will not change.</summary>
    public sealed record NotFound(string Reason) : PlayAnswer;

    public sealed record TryLater(string Reason) : PlayAnswer;
}

/// <summary>Calls to the Google Play Developer API (anchors/payments.md, "Online").</summary>
internal sealed class PlayApi(TimeProvider clock, StoreHttp http)
{
    /// <summary>How many voided purchases a page may hold; some 250 bytes each.</summary>
    private const int VoidedMax = 200;

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();
    private readonly AccessTokens _tokens = new(clock, http);

    /// <summary>Whether a text can stand as one segment of an address. Everything else in it is escaped, but dots alone would climb.</summary>
    public static bool IsSegment(string text) => text.Length > 0 && text.Any(c => c != '.');

    public Task<PlayAnswer> GetAsync(GoogleSettings settings, string productId, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Get, Product(productId, token), cancellationToken);

    /// <summary>A purchase by its token alone (<c>purchases.productsv2</c>), for where Google names no product.</summary>
    public Task<PlayAnswer> GetByTokenAsync(GoogleSettings settings, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Get, $"productsv2/tokens/{Uri.EscapeDataString(token)}", cancellationToken);

    public Task<PlayAnswer> AcknowledgeAsync(GoogleSettings settings, string productId, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Post, Product(productId, token) + ":acknowledge", cancellationToken);

    public Task<PlayAnswer> ConsumeAsync(GoogleSettings settings, string productId, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Post, Product(productId, token) + ":consume", cancellationToken);

    /// <summary>A page of the purchases that were voided in a span of time (Unix milliseconds).</summary>
    public Task<PlayAnswer> VoidedAsync(GoogleSettings settings, long startMs, long endMs, string? page, CancellationToken cancellationToken)
    {
        var query = $"voidedpurchases?startTime={startMs}&endTime={endMs}&maxResults={VoidedMax}&type=0";
        return SendAsync(settings, HttpMethod.Get, page is null ? query : $"{query}&token={Uri.EscapeDataString(page)}", cancellationToken);
    }

    private static string Product(string productId, string token) => $"products/{Uri.EscapeDataString(productId)}/tokens/{Uri.EscapeDataString(token)}";

    private async Task<PlayAnswer> SendAsync(GoogleSettings settings, HttpMethod method, string path, CancellationToken cancellationToken)
    {
        var (token, fault) = await _tokens.GetAsync(settings, cancellationToken);
        if (token is null)
        {
            return new PlayAnswer.TryLater(fault!);
        }
        var address = $"{settings.ApiBase.AbsoluteUri.TrimEnd('/')}/androidpublisher/v3/applications/{Uri.EscapeDataString(settings.PackageName)}/purchases/{path}";
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent(EmptyObject) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        switch (await http.SendAsync(request, cancellationToken))
        {
            case StoreAnswer.Answered answered:
                if (answered.HttpStatus == 401)
                {
                    _tokens.Refused(settings);
                }
                return Judge(answered);
            case StoreAnswer.Failed failed:
                return new PlayAnswer.TryLater($"Google Play could not be asked: {failed.Reason}");
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static PlayAnswer Judge(StoreAnswer.Answered answered)
    {
        if (answered.IsSuccess)
        {
            // Acknowledging and consuming answer with nothing.
            return answered.Body.Length == 0 ? new PlayAnswer.Found(new Fields(default))
                : Fields.TryParse(answered.Body, out var fields, out var fault) ? new PlayAnswer.Found(fields)
                : new PlayAnswer.TryLater($"Google Play's answer {fault}");
        }
        return answered.HttpStatus switch
        {
            // 404 and 410: the token is unknown, or the purchase too old. 400: the token or product is none of this package.
            400 or 404 or 410 => new PlayAnswer.NotFound($"Google Play does not know this purchase ({answered.HttpStatus})"),
            401 or 403 => new PlayAnswer.TryLater(
                $"Google Play does not let our service account in ({answered.HttpStatus}): check serviceAccount and its rights in the Play Console"),
            _ => new PlayAnswer.TryLater($"Google Play answered {answered.HttpStatus}"),
        };
    }
}
