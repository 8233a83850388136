using System.Globalization;
using System.Text.Json;

namespace OrderCenter.Client;

/// <summary>Calls OrderApi's four endpoints (protocols.md §1). Safe for concurrent use. It does not try again by itself: a create that carries
/// <see cref="OrderToCreate.MerchantOrderId"/>, and every other call, may simply be repeated after an <see cref="HttpRequestException"/> or a time-out.
/// </summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the order center's.</param>
/// <param name="gameId">The app's number or alias.</param>
/// <param name="secret">The app's newest secret.</param>
/// <param name="clock">The clock; left out: the system's.</param>
public sealed class OrderApiClient(HttpClient http, string gameId, string secret, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Records an unpaid order. The answer's <see cref="OrderApiAnswer.OrderId"/> is its number.</summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Ends the wait; the order may exist all the same.</param>
    public Task<OrderApiAnswer> CreateAsync(OrderToCreate order, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["productid"] = order.ProductId,
            ["money"] = order.Money.ToString("0.############################", CultureInfo.InvariantCulture),
            ["currency"] = order.Currency,
            ["gameid"] = gameId,
            ["userID"] = order.UserId,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
        [
            ("orderID", order.MerchantOrderId), ("productname", order.ProductName), ("gamename", order.GameName), ("packagename", order.PackageName),
            ("pay_channel", order.PayChannel), ("roleID", order.RoleId), ("roleName", order.RoleName), ("roleLevel", order.RoleLevel),
            ("serverID", order.ServerId), ("serverName", order.ServerName), ("username", order.UserName),
        ])
        {
            // Every field goes out, empty where there is nothing: one that is not there could be cut out of another's value, and the sign would still fit.
            parameters[name] = value ?? "";
        }
        return PostAsync("createorder", parameters, cancellationToken);
    }

    /// <summary>Has a store's receipt checked and the order marked paid. The same receipt again is a success again.</summary>
    /// <param name="orderId">The order's number.</param>
    /// <param name="receipt">The store's whole answer, JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="merchantOrderId">The game's own number, where the order was created without one.</param>
    public Task<OrderApiAnswer> ValidateAsync(string orderId, string receipt, CancellationToken cancellationToken, string? merchantOrderId = null)
    {
        var parameters = Timed(orderId);
        parameters["gameid"] = gameId;
        parameters["payreturndata"] = receipt;
        parameters["orderID"] = merchantOrderId ?? "";
        return PostAsync("valiorder", parameters, cancellationToken);
    }

    /// <summary>Records that the goods were handed over: call it until it succeeds, once the grant is noted in the game's own database. Only the first success
    /// has <see cref="OrderApiAnswer.IsDuplicate"/> false; its answer may be lost, so do not grant by it alone.</summary>
    /// <param name="orderId">The order's number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<OrderApiAnswer> SendProductAsync(string orderId, CancellationToken cancellationToken) =>
        PostAsync("sendproduct", Timed(orderId), cancellationToken);

    /// <summary>Asks for an order; it is in the answer's <see cref="OrderApiAnswer.Order"/>.</summary>
    /// <param name="orderId">The order's number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<OrderApiAnswer> QueryAsync(string orderId, CancellationToken cancellationToken)
    {
        var parameters = Timed(orderId);
        parameters["gameid"] = gameId;
        parameters["sign"] = OrderApiSignature.Sign(parameters, secret);
        var query = string.Join('&', parameters.Select(parameter => parameter.Key + "=" + Uri.EscapeDataString(parameter.Value)));
        using var response = await http.GetAsync(new Uri("ordercenter/queryorder?" + query, UriKind.Relative), cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private async Task<OrderApiAnswer> PostAsync(string endpoint, Dictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        parameters["sign"] = OrderApiSignature.Sign(parameters, secret, isValiorder: endpoint == "valiorder");
        using var form = new FormUrlEncodedContent(parameters);
        using var response = await http.PostAsync(new Uri("ordercenter/" + endpoint, UriKind.Relative), form, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private Dictionary<string, string> Timed(string orderId) => new(StringComparer.Ordinal)
    {
        ["platorderid"] = orderId,
        ["time"] = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    private static async Task<OrderApiAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            return new OrderApiAnswer(status, json.GetProperty("resultCode").GetInt32(), json.GetProperty("resultMessage").GetString() ?? "")
            {
                Data = json.TryGetProperty("data", out var data) ? data.Clone() : default,
            };
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HttpRequestException($"HTTP {status} is no answer of OrderApi", fault, response.StatusCode);
        }
    }
}

/// <summary>An order to create. What is null is sent as the empty text.</summary>
public sealed record OrderToCreate
{
    /// <summary>The store's product, at most 128 characters.</summary>
    public required string ProductId { get; init; }

    /// <summary>The price in the currency's main unit, more than 0, at most 4 decimals.</summary>
    public required decimal Money { get; init; }

    /// <summary>3 to 8 letters; <c>RMB</c> and <c>CNY</c> mean the same.</summary>
    public required string Currency { get; init; }

    /// <summary>The player, at most 128 characters.</summary>
    public required string UserId { get; init; }

    /// <summary>The game's own order number: with it a create may be repeated and makes one order.</summary>
    public string? MerchantOrderId { get; init; }

    /// <summary>1 Google, 2 Apple, or another that the app has.</summary>
    public string? PayChannel { get; init; }

    /// <summary>The product's name.</summary>
    public string? ProductName { get; init; }

    /// <summary>The game's name.</summary>
    public string? GameName { get; init; }

    /// <summary>The app's package.</summary>
    public string? PackageName { get; init; }

    /// <summary>The player's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The role's number.</summary>
    public string? RoleId { get; init; }

    /// <summary>The role's name.</summary>
    public string? RoleName { get; init; }

    /// <summary>The role's level.</summary>
    public string? RoleLevel { get; init; }

    /// <summary>The game server's number.</summary>
    public string? ServerId { get; init; }

    /// <summary>The game server's name.</summary>
    public string? ServerName { get; init; }
}

/// <summary>What OrderApi answered.</summary>
/// <param name="HttpStatus">200, or 413, 415, 429, 503 where the request never reached the protocol.</param>
/// <param name="Code">0 success, 1 sign or app refused, 2 the time is outside the window, 3 the endpoint's own failure.</param>
/// <param name="Message"><c>success</c>, or why not.</param>
public sealed record OrderApiAnswer(int HttpStatus, int Code, string Message)
{
    /// <summary>The answer's <c>data</c> as it came.</summary>
    public JsonElement Data { get; init; }

    /// <summary>Whether it is a success.</summary>
    public bool IsSuccess => Code == 0;

    /// <summary>The order's number; null where there is none.</summary>
    public string? OrderId => Member("platorderid") is { ValueKind: JsonValueKind.String } id ? id.GetString() : null;

    /// <summary>sendproduct: whether the delivery had been recorded before.</summary>
    public bool IsDuplicate => Member("duplicate") is { ValueKind: JsonValueKind.Number } mark && mark.TryGetInt32(out var number) && number == 1;

    /// <summary>queryorder: the order; null elsewhere and where there is none.</summary>
    public QueriedOrder? Order => IsSuccess && Member("pay_state") is not null ? QueriedOrder.From(Data) : null;

    private JsonElement? Member(string name) => Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out var member) ? member : null;
}

/// <summary>An order as queryorder shows it.</summary>
public sealed record QueriedOrder
{
    /// <summary>The order's number.</summary>
    public required string OrderId { get; init; }

    /// <summary>The store's product.</summary>
    public required string ProductId { get; init; }

    /// <summary>The product's name.</summary>
    public required string ProductName { get; init; }

    /// <summary>The price in the currency's main unit.</summary>
    public required decimal Money { get; init; }

    /// <summary>As it was given.</summary>
    public required string Currency { get; init; }

    /// <summary>The app's number.</summary>
    public required long GameId { get; init; }

    /// <summary>The game's name.</summary>
    public required string GameName { get; init; }

    /// <summary>The app's package.</summary>
    public required string PackageName { get; init; }

    /// <summary>The game's own order number.</summary>
    public required string MerchantOrderId { get; init; }

    /// <summary>The role's number.</summary>
    public required string RoleId { get; init; }

    /// <summary>The game server's number.</summary>
    public required string ServerId { get; init; }

    /// <summary>The player.</summary>
    public required string UserId { get; init; }

    /// <summary>0 unpaid, 1 paid, 2 refunded.</summary>
    public required int PayState { get; init; }

    /// <summary>0 none, 1 Google, 2 Apple, 3 Alipay, 4 WeChat, 5 points.</summary>
    public required int PayChannel { get; init; }

    /// <summary>0 created, 1 delivered, 2 delivery under way, 3 delivery failed, 4 closed or expired, 5 held for review.</summary>
    public required int State { get; init; }

    internal static QueriedOrder From(JsonElement data) => new()
    {
        OrderId = Text(data, "platorderid"),
        ProductId = Text(data, "productid"),
        ProductName = Text(data, "productname"),
        Money = data.GetProperty("money").GetDecimal(),
        Currency = Text(data, "currency"),
        GameId = data.GetProperty("gameid").GetInt64(),
        GameName = Text(data, "gamename"),
        PackageName = Text(data, "packagename"),
        MerchantOrderId = Text(data, "orderID"),
        RoleId = Text(data, "roleID"),
        ServerId = Text(data, "serverID"),
        UserId = Text(data, "userID"),
        PayState = data.GetProperty("pay_state").GetInt32(),
        PayChannel = data.GetProperty("pay_channel").GetInt32(),
        State = data.GetProperty("state").GetInt32(),
    };

    private static string Text(JsonElement data, string name) => data.GetProperty(name).GetString() ?? "";
}
