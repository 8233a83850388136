using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Simulator.Games;

/// <summary>A game server that speaks H5Sdk: it checks logins and creates orders, signing by its own reading of the document.</summary>
public sealed class H5SdkGame(HttpClient http, string gameId, string secret)
{
    public string GameId => gameId;

    /// <summary>What an endpoint answered. <see cref="Data"/> is an object, or an empty text where there is none.</summary>
    public sealed record Reply(int HttpStatus, string Code, string Message, JsonElement Data)
    {
        public string TradeNo => Data.GetProperty("tradeNo").GetString()!;

        /// <summary>What the client needs to pay.</summary>
        public JsonElement Pay => Data.GetProperty("pay");
    }

    /// <summary>The fields of an order that is complete but for its sign; change what a case is about.</summary>
    /// <param name="codeNo">The game's own number.</param>
    /// <param name="openId">The player.</param>
    /// <param name="amount">Yuan.</param>
    /// <param name="payWay">1 Alipay, 2 WeChat Pay, 3 points.</param>
    /// <param name="notifyUrl">Where the payment is told.</param>
    public SortedDictionary<string, string> NewOrder(string codeNo, string openId, string amount, int payWay, Uri notifyUrl) => new(StringComparer.Ordinal)
    {
        ["gameId"] = gameId,
        ["codeNo"] = codeNo,
        ["openId"] = openId,
        ["amount"] = amount,
        ["productId"] = "gems.60",
        ["productName"] = "60 元宝",
        ["ext"] = "",
        ["notifyUrl"] = notifyUrl.AbsoluteUri,
        ["payWay"] = payWay.ToString(),
    };

    /// <summary>Signs and sends an order.</summary>
    public Task<Reply> CreateOrderAsync(SortedDictionary<string, string> order, CancellationToken cancellationToken)
    {
        order["sign"] = GameSigning.H5Sdk(order, secret);
        return PostAsync("createOrder", order, cancellationToken);
    }

    /// <summary>Asks whose login an openId is. The document gives this call no signature: the openId cannot be guessed.</summary>
    public Task<Reply> GetUserByOpenIdAsync(string openId, CancellationToken cancellationToken) =>
        PostAsync("getUserByOpenId", new SortedDictionary<string, string>(StringComparer.Ordinal) { ["openId"] = openId }, cancellationToken);

    /// <summary>Posts a form as it stands.</summary>
    public async Task<Reply> PostAsync(string endpoint, SortedDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(fields);
        using var response = await http.PostAsync(new Uri("/cp/" + endpoint, UriKind.Relative), form, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Posts the same fields as JSON.</summary>
    public async Task<Reply> PostJsonAsync(string endpoint, SortedDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        using var body = new StringContent(OrderCenter.Simulator.Stores.JsonText.Object(json =>
        {
            foreach (var (name, value) in fields)
            {
                json.WriteString(name, value);
            }
        }), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("/cp/" + endpoint, UriKind.Relative), body, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private static async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        var json = document.RootElement.Clone();
        return new Reply((int)response.StatusCode, json.GetProperty("code").GetString()!, json.GetProperty("message").GetString()!, json.GetProperty("data"));
    }
}
