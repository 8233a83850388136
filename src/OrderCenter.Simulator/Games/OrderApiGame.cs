using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Games;

/// <summary>A game server that speaks OrderApi: it signs by its own reading of the protocol's document and calls the four endpoints.</summary>
public sealed class OrderApiGame(HttpClient http, string gameId, string secret, TimeProvider clock)
{
    public string GameId => gameId;

    /// <summary>What an endpoint answered.</summary>
    public sealed record Reply(int HttpStatus, int ResultCode, string Message, JsonElement Data)
    {
        public string PlatOrderId => Data.GetProperty("platorderid").GetString()!;

        public bool IsDuplicate => Data.TryGetProperty("duplicate", out var mark) && mark.GetInt32() == 1;
    }

    /// <summary>The parameters of a create that is complete; change what a case is about.</summary>
    public SortedDictionary<string, string> NewOrder(string productId, string money, string userId, string? orderId = null)
    {
        var order = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["productid"] = productId,
            ["productname"] = "60 元宝",
            ["money"] = money,
            ["currency"] = "RMB",
            ["gameid"] = gameId,
            ["userID"] = userId,
        };
        if (orderId is not null)
        {
            order["orderID"] = orderId;
        }
        return order;
    }

    public Task<Reply> CreateAsync(SortedDictionary<string, string> order, CancellationToken cancellationToken) =>
        PostAsync("createorder", order, cancellationToken);

    public Task<Reply> ValidateAsync(string platOrderId, string receipt, CancellationToken cancellationToken, string? orderId = null)
    {
        var parameters = WithTime(platOrderId);
        parameters["gameid"] = gameId;
        parameters["payreturndata"] = receipt;
        if (orderId is not null)
        {
            parameters["orderID"] = orderId;
        }
        return PostAsync("valiorder", parameters, cancellationToken);
    }

    public Task<Reply> SendProductAsync(string platOrderId, CancellationToken cancellationToken) => PostAsync("sendproduct", WithTime(platOrderId), cancellationToken);

    public async Task<Reply> QueryAsync(string platOrderId, CancellationToken cancellationToken)
    {
        var parameters = WithTime(platOrderId);
        parameters["gameid"] = gameId;
        parameters["sign"] = Sign(parameters, secret);
        var query = string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        using var response = await http.GetAsync(new Uri("/ordercenter/queryorder?" + query, UriKind.Relative), cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Signs and posts a form.</summary>
    public async Task<Reply> PostAsync(string endpoint, SortedDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        parameters["sign"] = Sign(parameters, secret);
        using var form = new FormUrlEncodedContent(parameters);
        using var response = await http.PostAsync(new Uri("/ordercenter/" + endpoint, UriKind.Relative), form, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary><c>ksort($request); md5(key1=value1&amp;key2=value2&amp;.SECRET)</c>; payreturndata and sign take no part.</summary>
    public static string Sign(IEnumerable<KeyValuePair<string, string>> parameters, string secret)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (name is not ("sign" or "payreturndata"))
            {
                text.Append(name).Append('=').Append(value).Append('&');
            }
        }
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text.Append(secret).ToString())));
    }

    private SortedDictionary<string, string> WithTime(string platOrderId) => new(StringComparer.Ordinal)
    {
        ["platorderid"] = platOrderId,
        ["time"] = clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    public static async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        var json = document.RootElement.Clone();
        return new Reply((int)response.StatusCode, json.GetProperty("resultCode").GetInt32(), json.GetProperty("resultMessage").GetString()!, json.GetProperty("data"));
    }
}
