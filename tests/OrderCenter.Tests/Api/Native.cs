using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Calls of the native API with the exact bytes that a case is about, and what every refusal must look like.</summary>
internal static class Native
{
    public static Task<HttpResponseMessage> RawAsync(
        this Service service, HttpMethod method, string path, string json, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        service.RawAsync(method, path, Encoding.UTF8.GetBytes(json), contentType, headers);

    public static Task<HttpResponseMessage> RawAsync(
        this Service service, HttpMethod method, string path, byte[] body, string? contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return service.Http.SendAsync(request);
    }

    /// <summary>Sends JSON as it stands and reads the answer's status and JSON.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Json)> JsonAsync(
        this Service service, HttpMethod method, string path, string json, params (string Name, string Value)[] headers)
    {
        using var response = await service.RawAsync(method, path, json, "application/json", headers);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(text.Length > 0, $"{method} {path} {json}: {response.StatusCode} with an empty body");
        return (response.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    public static async Task<JsonElement> GetAsync(this Service service, string path)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Get, "/api/v1" + path);
        Assert.Equal(HttpStatusCode.OK, status);
        return json;
    }

    /// <summary>Every refusal is RFC 9457: the media type, the status said again, and a title.</summary>
    public static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {response.StatusCode}, not {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)status, json.GetProperty("status").GetInt32());
        Assert.NotEmpty(json.GetProperty("title").GetString()!);
        return json;
    }

    /// <summary>A create that is complete, for a game; change what a case is about.</summary>
    public static Dictionary<string, object?> NewOrder(string gameId, string? merchantOrderId = null) => new(StringComparer.Ordinal)
    {
        ["gameId"] = gameId,
        ["productId"] = "gems.60",
        ["productName"] = "60 元宝",
        ["money"] = "6.5",
        ["currency"] = "CNY",
        ["userId"] = "u42",
        ["merchantOrderId"] = merchantOrderId,
    };

    public static async Task<string> CreateAsync(this Service service, Dictionary<string, object?> order)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", order);
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        return json.GetProperty("orderId").GetString()!;
    }

    public static Task<(HttpStatusCode Status, JsonElement Json)> ActAsync(this Service service, string orderId, string act, object body, params (string Name, string Value)[] headers) =>
        service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{orderId}/{act}", body, headers);

    public static (string? Pay, string? State) StateOf(JsonElement order) => (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString());
}
