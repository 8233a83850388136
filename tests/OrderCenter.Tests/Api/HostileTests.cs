using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Hostile input at every write of the native API: a problem that says what is allowed, never a 500, never a hang.</summary>
public sealed class HostileTests(Service service) : IClassFixture<Service>
{
    public static TheoryData<string, byte[], string?, int> Bodies()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        return new TheoryData<string, byte[], string?, int>
        {
            { "empty", [], "application/json", 400 },
            { "no content type", "{}"u8.ToArray(), null, 415 },
            { "text", "{}"u8.ToArray(), "text/plain", 415 },
            { "form", "reason=x"u8.ToArray(), "application/x-www-form-urlencoded", 415 },
            { "nonsense type", "{}"u8.ToArray(), "application/json/x", 415 },
            { "not JSON", "reason"u8.ToArray(), "application/json", 400 },
            { "cut", "{\"reason\":\"x\""u8.ToArray(), "application/json", 400 },
            { "twice", "{}{}"u8.ToArray(), "application/json", 400 },
            { "null", "null"u8.ToArray(), "application/json", 400 },
            { "array", "[]"u8.ToArray(), "application/json", 400 },
            { "number", "1"u8.ToArray(), "application/json", 400 },
            { "unknown field", "{\"nonsense\":1}"u8.ToArray(), "application/json", 400 },
            { "deep", Encoding.ASCII.GetBytes("{\"reason\":" + deep + "}"), "application/json", 400 },
            { "deep unknown", Encoding.ASCII.GetBytes("{\"extra\":" + deep + "}"), "application/json", 400 },
            { "33 deep", Encoding.ASCII.GetBytes("{\"channels\":" + new string('[', 32) + new string(']', 32) + "}"), "application/json", 400 },
            { "invalid UTF-8", [.. "{\"reason\":\""u8, 0xff, .. "\"}"u8], "application/json", 400 },
            { "invalid UTF-8 in money", [.. "{\"money\":\""u8, 0xff, .. "\"}"u8], "application/json", 400 },
            { "invalid UTF-8 in gameId", [.. "{\"gameId\":\""u8, 0xff, .. "\"}"u8], "application/json", 400 },
            { "UTF-16", Encoding.Unicode.GetBytes("{}"), "application/json; charset=utf-16", 400 },
            { "half a pair", "{\"reason\":\"\\ud800\"}"u8.ToArray(), "application/json", 400 },
            { "half a pair in a name", "{\"\\udc00\":\"x\"}"u8.ToArray(), "application/json", 400 },
            { "NaN", "{\"money\":NaN}"u8.ToArray(), "application/json", 400 },
            { "comment", "{/**/}"u8.ToArray(), "application/json", 400 },
            { "NUL", [0], "application/json", 400 },
            { "1 MiB and a byte", Enumerable.Repeat((byte)' ', (1024 * 1024) + 1).ToArray(), "application/json", 413 },
            { "5 MiB", new byte[5 * 1024 * 1024], "application/json", 413 },
        };
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_hostile_body_gets_a_problem_with_and_without_a_key(string what, byte[] body, string? contentType, int status)
    {
        var game = await service.NewGameAsync();
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Put, $"/api/v1/apps/{game.GameId}"), (HttpMethod.Post, $"/api/v1/apps/{game.GameId}/secrets"), (HttpMethod.Post, "/api/v1/orders"),
            (HttpMethod.Post, $"/api/v1/orders/{id}/paid"), (HttpMethod.Post, $"/api/v1/orders/{id}/close"), (HttpMethod.Post, $"/api/v1/orders/{id}/refund"), (HttpMethod.Post, $"/api/v1/orders/{id}/release"),
        })
        {
            using var response = await service.RawAsync(method, path, body, contentType);
            Assert.Equal((what, path, status), (what, path, (int)response.StatusCode));
            await Native.AssertProblemAsync(response, (HttpStatusCode)status);
            using var keyed = await service.RawAsync(method, path, body, contentType, ("Idempotency-Key", $"{what.Replace(' ', '-')}-{path}"));
            Assert.Equal((what, path, status), (what, path, (int)keyed.StatusCode));
            await Native.AssertProblemAsync(keyed, (HttpStatusCode)status);
        }
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(id)));
    }

    [Fact]
    public async Task A_chunked_body_is_bounded_too()
    {
        using var content = new StreamContent(new MemoryStream(Enumerable.Repeat((byte)' ', 2 * 1024 * 1024).ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
        using var response = await service.Http.SendAsync(request);
        await Native.AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_of_exactly_1_MiB_is_read()
    {
        var game = await service.NewGameAsync();
        var json = Encoding.UTF8.GetBytes("""{"name":"n"}""".PadRight(1024 * 1024));
        using var response = await service.RawAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, json);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("application/problem+json")]
    [InlineData("text/html")]
    [InlineData("application/xml;q=0.9, */*;q=0.1")]
    [InlineData("nonsense")]
    public async Task A_problem_is_a_problem_whatever_the_client_accepts(string accept)
    {
        using var tooLarge = await service.RawAsync(HttpMethod.Post, "/api/v1/orders", new byte[(1024 * 1024) + 1], "application/json", ("Accept", accept));
        await Native.AssertProblemAsync(tooLarge, HttpStatusCode.RequestEntityTooLarge);
        using var notFound = await service.SendAsync(HttpMethod.Get, "/api/v1/orders/1", null, ("Accept", accept));
        await Native.AssertProblemAsync(notFound, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_broken_chunk_is_a_400_and_a_caller_that_goes_away_does_no_harm()
    {
        var head = $"POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\nContent-Type: application/json\r\n";
        Assert.StartsWith("HTTP/1.1 400", await TalkAsync(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), StringComparison.Ordinal);
        using (var gone = new TcpClient())
        {
            await gone.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);
            await gone.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "Content-Length: 1000\r\n\r\n{\"gameId\""));
        }
        using var alive = await service.SendAsync(HttpMethod.Get, "/api/v1/apps?limit=1");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    private async Task<string> TalkAsync(string text)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await socket.GetStream().ReadAsync(buffer));
    }
}
