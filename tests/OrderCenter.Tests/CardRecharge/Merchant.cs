using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>A merchant with a signing of its own, written from the source and not from ours.</summary>
public sealed class Merchant
{
    public const string Secret = "538bdb67540d81fabaab1ef3d26f6257";

    /// <summary>Refused when a callback is sent, without asking any network.</summary>
    public const string NotifyUrl = "http://127.0.0.1:9/notify";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static int s_orders;

    private readonly Service _service;

    private Merchant(Service service, string gameId) => (_service, GameId) = (service, gameId);

    public sealed record Reply(int HttpStatus, int Code, string Message, string Result, string Sign)
    {
        private JsonElement Fields => JsonDocument.Parse(Result).RootElement;

        public string OrderNo => Fields.GetProperty("orderno").GetString()!;

        public string Status => Fields.GetProperty("status").GetString()!;

        public JsonElement[]? Cards => Fields.TryGetProperty("card", out var cards) ? [.. cards.EnumerateArray()] : null;
    }

    public string GameId { get; }

    public static async Task<Merchant> NewAsync(Service service, object? more = null) =>
        new(service, (await service.NewGameAsync(more, Secret, "CardRecharge")).GameId);

    /// <summary>The fields of an order for cards; charge_account makes it a direct recharge.</summary>
    public Dictionary<string, object> NewOrder(string productId, int quantity = 1, string account = "", string? customerOrderNo = null, string? notifyUrl = NotifyUrl)
    {
        var order = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["gameid"] = long.Parse(GameId),
            ["customer_order_no"] = customerOrderNo ?? NextNumber(),
            ["productid"] = productId,
            ["quantity"] = quantity,
            ["charge_account"] = account,
            ["money"] = 6.5m,
            ["currency"] = "CNY",
            ["timestamp"] = _service.Clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (notifyUrl is not null)
        {
            order["callback_url"] = notifyUrl;
        }
        return order;
    }

    /// <summary>A number of other characters than every other: two orders of one second that differ in their characters' places alone have one sign.</summary>
    private static string NextNumber()
    {
        var number = Interlocked.Increment(ref s_orders);
        return $"C-{(char)('a' + (number % 10))}{(char)('k' + (number / 10 % 10))}{(char)('A' + (number / 100 % 10))}{(char)('K' + (number / 1000 % 10))}{new string('z', number / 10_000)}";
    }

    public Task<Reply> OrderAsync(Dictionary<string, object> order, string secret = Secret) => PostAsync("order", order, secret);

    public async Task<string> OrderedAsync(string productId, int quantity = 1, string account = "", string? notifyUrl = NotifyUrl)
    {
        var reply = await OrderAsync(NewOrder(productId, quantity, account, notifyUrl: notifyUrl));
        Assert.Equal((0, "waiting"), (reply.Code, reply.Status));
        return reply.OrderNo;
    }

    public Task<Reply> QueryAsync(string orderNo) => QueryAsync(("orderno", orderNo));

    public Task<Reply> QueryAsync(params (string Name, string Value)[] named)
    {
        var query = new Dictionary<string, object>(StringComparer.Ordinal) { ["gameid"] = GameId, ["timestamp"] = _service.Clock.GetUtcNow().ToUnixTimeSeconds().ToString() };
        foreach (var (name, value) in named)
        {
            query[name] = value;
        }
        return PostAsync("query", query, Secret);
    }

    public async Task<Reply> PostAsync(string endpoint, Dictionary<string, object> fields, string secret, bool hasHeaders = true)
    {
        var signed = new Dictionary<string, object>(fields, StringComparer.Ordinal);
        signed.TryAdd("sign", Sign(JsonSerializer.Serialize(fields, Relaxed), secret));
        var reply = await PostAsync(endpoint, JsonSerializer.SerializeToUtf8Bytes(signed), hasHeaders: hasHeaders);
        if (reply.Code == 0)
        {
            Assert.Equal(Sign(reply.Result, Secret), reply.Sign);
        }
        return reply;
    }

    /// <summary>Posts a body, with a Standard Webhooks signature over it.</summary>
    public Task<Reply> PostAsync(string endpoint, byte[] body, string contentType = "application/json", bool chunked = false, bool hasHeaders = true) =>
        PostAsync(endpoint, body, hasHeaders ? Headers(body) : [], contentType, chunked);

    public async Task<Reply> PostAsync(string endpoint, byte[] body, IEnumerable<(string Name, string Value)> headers, string contentType = "application/json", bool chunked = false)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cardrecharge/" + endpoint) { Content = content };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _service.Http.SendAsync(request);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["code", "message", "result", "sign"], json.EnumerateObject().Select(field => field.Name));
        return new Reply(
            (int)response.StatusCode, json.GetProperty("code").GetInt32(), json.GetProperty("message").GetString()!, json.GetProperty("result").GetString()!, json.GetProperty("sign").GetString()!);
    }

    /// <summary>A card that no other app has.</summary>
    public object NewCard(string number) => new { cardType = 1, cardNo = "6222-" + number, cardPassword = "pw-" + number + "-secret-" + GameId, cardRect = "" };

    public async Task<(int Imported, int Duplicates)> ImportAsync(string productId, IEnumerable<object> cards)
    {
        var (status, json) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{GameId}/cards", new { productId, cards });
        Assert.Equal(System.Net.HttpStatusCode.Created, status);
        return (json.GetProperty("imported").GetInt32(), json.GetProperty("duplicates").GetInt32());
    }

    public async Task<(long InStock, long WaitingOrders, long WaitingCards)> StockAsync(string productId)
    {
        var (_, json) = await _service.CallAsync(HttpMethod.Get, $"/api/v1/apps/{GameId}/cards?productId={Uri.EscapeDataString(productId)}");
        return (json.GetProperty("inStock").GetInt64(), json.GetProperty("waitingOrders").GetInt64(), json.GetProperty("waitingCards").GetInt64());
    }

    public async Task PayAsync(string orderNo)
    {
        using var response = await _service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{orderNo}/paid", new { channel = "bank", transactionId = "T" + orderNo });
        response.EnsureSuccessStatusCode();
    }

    public async Task<(int Status, JsonElement Json)> ResultAsync(string orderNo, string status, object[]? cards = null, string actor = "upstream")
    {
        var (code, json) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{orderNo}/result", cards is null ? new { status } : new { status, cards }, ("X-Actor", actor));
        return ((int)code, json);
    }

    public Task<List<Callback>> CallbacksAsync(string orderNo) =>
        _service.Services.GetRequiredService<Database>().ReadAsync(
            transaction => CallbackTable.OfOrderAsync(transaction, OrderId.FromStore(orderNo)), TestContext.Current.CancellationToken);

    /// <summary>Waits for what happens in the background.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, tooLong.Token);
        }
    }

    /// <summary>The headers of Standard Webhooks, as its document says.</summary>
    public (string Name, string Value)[] Headers(byte[] body, long laterSeconds = 0, string secret = Secret, string id = "req_1")
    {
        var time = (_service.Clock.GetUtcNow().ToUnixTimeSeconds() + laterSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body]);
        return [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", "v1," + Convert.ToBase64String(digest))];
    }

    public static string Sign(string json, string secret)
    {
        var sorted = json.EnumerateRunes().OrderBy(character => character.Value).Aggregate(new StringBuilder(), (text, character) => text.Append(character));
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(sorted.Append(secret).ToString())));
    }
}
