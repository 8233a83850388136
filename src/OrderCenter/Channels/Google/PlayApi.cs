using System.Net.Http.Headers;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Calls to the Google Play Developer API (anchors/payments.md, "Online").</summary>
internal sealed class PlayApi(TimeProvider clock, StoreHttp http)
{
    /// <summary>How many voided purchases a page may hold; some 250 bytes each.</summary>
    private const int VoidedMax = 200;

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();
    private readonly AccessTokens _tokens = new(clock, http, "https://www.googleapis.com/auth/androidpublisher");

    /// <summary>Whether a text can stand as one segment of an address. Everything else in it is escaped, but dots alone would
    /// climb.</summary>
    public static bool IsSegment(string text) => text.Length > 0 && text.Any(c => c != '.');

    /// <summary>A purchase (<c>purchases.productsv2</c>, one call). Where there is no such method, and where the app's settings want it, by
    /// <c>purchases.products</c>.</summary>
    public async Task<PlayResponse> GetAsync(GoogleSettings settings, string productId, string token, CancellationToken cancellationToken)
    {
        if (settings.UsesProductsV2
            && await GetByTokenAsync(settings, token, cancellationToken) is var answer and not PlayResponse.NotFound { IsNoMethod: true })
        {
            return answer;
        }
        return await SendAsync(settings, HttpMethod.Get, Product(productId, token), null, cancellationToken);
    }

    /// <summary>A purchase by its token alone (<c>purchases.productsv2</c>), for where Google names no product.</summary>
    public Task<PlayResponse> GetByTokenAsync(GoogleSettings settings, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Get, $"purchases/productsv2/tokens/{Uri.EscapeDataString(token)}", null, cancellationToken);

    /// <summary>Gives the money of an order of Google's back (<c>orders.refund</c>).</summary>
    public Task<PlayResponse> RefundAsync(GoogleSettings settings, string orderId, CancellationToken cancellationToken) =>
        SendAsync(
            settings, HttpMethod.Post,
            $"orders/{Uri.EscapeDataString(orderId)}:refund?revoke={(settings.RefundRevokes ? "true" : "false")}", [], cancellationToken);

    /// <summary>Answers Google's question about a refund (<c>orders.reviewrefund</c>). The first answer counts.</summary>
    public Task<PlayResponse> ReviewRefundAsync(
        GoogleSettings settings, string orderId, byte[] body, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Post, $"orders/{Uri.EscapeDataString(orderId)}:reviewrefund", body, cancellationToken);

    public Task<PlayResponse> AcknowledgeAsync(
        GoogleSettings settings, string productId, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Post, Product(productId, token) + ":acknowledge", EmptyObject, cancellationToken);

    public Task<PlayResponse> ConsumeAsync(GoogleSettings settings, string productId, string token, CancellationToken cancellationToken) =>
        SendAsync(settings, HttpMethod.Post, Product(productId, token) + ":consume", EmptyObject, cancellationToken);

    /// <summary>A page of the purchases that were voided in a span of time (Unix milliseconds), in whole or by quantity.</summary>
    public Task<PlayResponse> VoidedAsync(
        GoogleSettings settings, long startMs, long endMs, string? page, CancellationToken cancellationToken)
    {
        var query = $"purchases/voidedpurchases?startTime={startMs}&endTime={endMs}&maxResults={VoidedMax}&type=0"
            + "&includeQuantityBasedPartialRefund=true";
        return SendAsync(
            settings, HttpMethod.Get, page is null ? query : $"{query}&token={Uri.EscapeDataString(page)}", null, cancellationToken);
    }

    private static string Product(string productId, string token) =>
        $"purchases/products/{Uri.EscapeDataString(productId)}/tokens/{Uri.EscapeDataString(token)}";

    /// <param name="settings">Whose account asks.</param>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Below the package.</param>
    /// <param name="body">JSON; empty: nothing is sent; null: a GET.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    private async Task<PlayResponse> SendAsync(
        GoogleSettings settings, HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        var (token, fault) = await _tokens.GetAsync(settings, cancellationToken);
        if (token is null)
        {
            return new PlayResponse.TryLater(fault!);
        }
        var package = Uri.EscapeDataString(settings.PackageName);
        var api = $"{settings.ApiBase.AbsoluteUri.TrimEnd('/')}/androidpublisher/{settings.ApiVersion}";
        var address = $"{api}/applications/{package}/{path}";
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = body.Length == 0 ? null : new MediaTypeHeaderValue("application/json");
        }
        switch (await http.SendAsync(request, cancellationToken))
        {
            case StoreResponse.Answered answered:
                if (answered.HttpStatus == 401)
                {
                    _tokens.Refused(settings);
                }
                return ReadResponse(answered);
            case StoreResponse.Failed failed:
                return new PlayResponse.TryLater($"Google Play could not be asked: {failed.Reason}");
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static PlayResponse ReadResponse(StoreResponse.Answered answered)
    {
        if (answered.IsSuccess)
        {
            // Acknowledging and consuming answer with nothing.
            return answered.Body.Length == 0 ? new PlayResponse.Found(new JsonFieldReader(default))
                : JsonFieldReader.TryParse(answered.Body, out var fields, out var fault) ? new PlayResponse.Found(fields)
                : new PlayResponse.TryLater($"Google Play's answer {fault}");
        }
        return answered.HttpStatus switch
        {
            // 404 and 410: the token is unknown, or the purchase too old. 400: the token or product is none of this package.
            400 or 404 or 410 => new PlayResponse.NotFound(
                answered.HttpStatus, $"Google Play does not know this purchase ({answered.HttpStatus})")
            {
                IsNoMethod = answered.HttpStatus == 404
                    && !(JsonFieldReader.TryParse(answered.Body, out var refusal, out _) && refusal.Has("error")),
            },
            401 or 403 => new PlayResponse.TryLater(
                $"Google Play does not let our service account in ({answered.HttpStatus}): "
                + "check serviceAccount and its rights in the Play Console"),
            _ => new PlayResponse.TryLater($"Google Play answered {answered.HttpStatus}"),
        };
    }
}
