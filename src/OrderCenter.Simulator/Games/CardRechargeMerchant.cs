using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Simulator.Games;

/// <summary>A merchant that speaks CardRecharge: it buys cards and recharges, asks for orders, and verifies that answers are signed. Its requests carry the legacy
/// sign and a Standard Webhooks signature.</summary>
public sealed class CardRechargeMerchant(HttpClient http, long gameId, string secret, TimeProvider clock)
{
    public long GameId => gameId;

    /// <summary>What an endpoint answered.</summary>
    /// <param name="HttpStatus">Always 200, except where the request never reaches the protocol.</param>
    /// <param name="Code">0, or why not.</param>
    /// <param name="Message">The same for people.</param>
    /// <param name="Result">The JSON that <c>result</c> holds; null where it is empty.</param>
    /// <param name="IsSigned">Whether <c>sign</c> is the digest of the text in <c>result</c>.</param>
    public sealed record Reply(int HttpStatus, int Code, string Message, JsonElement? Result, bool IsSigned)
    {
        public string OrderNo => Result!.Value.GetProperty("orderno").GetString()!;

        /// <summary><c>waiting</c>, <c>success</c> or <c>failed</c>.</summary>
        public string Status => Result!.Value.GetProperty("status").GetString()!;

        /// <summary>The cards; empty where there are none.</summary>
        public IReadOnlyList<JsonElement> Cards => Result!.Value.TryGetProperty("card", out var cards) ? [.. cards.EnumerateArray()] : [];
    }

    /// <summary>An order. Without an account it buys cards.</summary>
    public sealed record Order
    {
        public required string CustomerOrderNo { get; init; }
        public required string ProductId { get; init; }
        public int Quantity { get; init; } = 1;

        /// <summary>The account to recharge; empty: cards are bought.</summary>
        public string ChargeAccount { get; init; } = "";
        public required string Money { get; init; }
        public string Currency { get; init; } = "RMB";

        /// <summary>Where the result is told; null: nowhere.</summary>
        public Uri? CallbackUrl { get; init; }
    }

    public Task<Reply> OrderAsync(Order order, CancellationToken cancellationToken) => PostAsync(
        "order",
        json =>
        {
            json.WriteNumber("gameid", gameId);
            json.WriteString("customer_order_no", order.CustomerOrderNo);
            json.WriteString("productid", order.ProductId);
            json.WriteNumber("quantity", order.Quantity);
            json.WriteString("charge_account", order.ChargeAccount);
            json.WriteString("money", order.Money);
            json.WriteString("currency", order.Currency);
            if (order.CallbackUrl is not null)
            {
                json.WriteString("callback_url", order.CallbackUrl.AbsoluteUri);
            }
        },
        cancellationToken);

    public Task<Reply> QueryAsync(string customerOrderNo, CancellationToken cancellationToken) => PostAsync(
        "query",
        json =>
        {
            json.WriteNumber("gameid", gameId);
            json.WriteString("customer_order_no", customerOrderNo);
        },
        cancellationToken);

    /// <summary>Adds the time, signs and posts fields.</summary>
    public async Task<Reply> PostAsync(string endpoint, Action<Utf8JsonWriter> fields, CancellationToken cancellationToken)
    {
        var unsigned = OrderCenter.Simulator.Stores.JsonText.Object(json =>
        {
            fields(json);
            json.WriteNumber("timestamp", clock.GetUtcNow().ToUnixTimeSeconds());
        });
        using var document = JsonDocument.Parse(unsigned);
        var signed = GameSigning.PhpText(document.RootElement);
        var body = Encoding.UTF8.GetBytes(signed[..^1] + $",\"sign\":\"{GameSigning.CardRecharge(signed, secret)}\"}}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/cardrecharge/" + endpoint, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var (id, time) = ("req_" + Guid.NewGuid().ToString("N"), clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        request.Headers.Add("webhook-signature", GameSigning.Webhook(id, time, body, secret));
        using var response = await http.SendAsync(request, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        var json = document.RootElement;
        var result = json.GetProperty("result").GetString()!;
        var sign = json.TryGetProperty("sign", out var given) ? given.GetString() ?? "" : "";
        return new Reply(
            (int)response.StatusCode,
            json.GetProperty("code").GetInt32(),
            json.GetProperty("message").GetString()!,
            result.Length == 0 ? null : Parse(result),
            GameSigning.Same(sign, GameSigning.CardRecharge(result, secret)));
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
