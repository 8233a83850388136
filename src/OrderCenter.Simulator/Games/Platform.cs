using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderCenter.Simulator.Games;

/// <summary>The platform's own systems: they speak the native API with its token, as an operator or a payment system would.</summary>
public sealed class Platform(HttpClient http, string token)
{
    /// <summary>Sends JSON and reads the JSON of the answer.</summary>
    /// <exception cref="HttpRequestException">The answer is no success; the message holds it.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("X-Actor", "demo");
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{path}: {text}", null, response.StatusCode);
        }
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Says that an order was paid.</summary>
    public Task<JsonElement> PaidAsync(string orderId, string channel, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/orders/{orderId}/paid", new JsonObject { ["channel"] = channel, ["transactionId"] = "demo-" + orderId, ["reason"] = "demo" }, cancellationToken);
}
