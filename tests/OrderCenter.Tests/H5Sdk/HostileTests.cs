using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>Hostile input: a code of the protocol and a cause, never a 500, never a hang.</summary>
public sealed class HostileTests(Service service) : IClassFixture<Service>
{
    private const string Form = "application/x-www-form-urlencoded";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>What, content type, body, HTTP status, code of createOrder, code of getUserByOpenId.</summary>
    public static TheoryData<string, string, byte[], int, string, string> Bodies()
    {
        var many = string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"p{i}=1"));
        var deep = new string('[', 5_000) + new string(']', 5_000);
        return new TheoryData<string, string, byte[], int, string, string>
        {
            { "empty", Form, [], 200, "102", "100" },
            { "10,000 parameters", Form, Encoding.ASCII.GetBytes(many), 200, "100", "100" },
            { "the same name twice", Form, "gameId=1&gameId=1"u8.ToArray(), 200, "100", "100" },
            { "invalid UTF-8", Form, "gameId=%ff%fe&openId=%ff%fe"u8.ToArray(), 200, "102", "100" },
            { "raw bytes", Form, [0, 255, 254, 38, 61, 61, 0], 200, "102", "100" },
            { "NUL", Form, "gameId=%00&openId=%00"u8.ToArray(), 200, "102", "100" },
            { "json deep", "application/json", Encoding.ASCII.GetBytes("{\"openId\":" + deep + "}"), 200, "100", "100" },
            { "json nested", "application/json", "{\"openId\":{\"b\":1}}"u8.ToArray(), 200, "100", "100" },
            { "json array", "application/json", "[1]"u8.ToArray(), 200, "100", "100" },
            { "json cut", "application/json", "{\"openId\":"u8.ToArray(), 200, "100", "100" },
            { "json duplicate", "application/json", "{\"openId\":1,\"openI\\u0064\":2}"u8.ToArray(), 200, "100", "100" },
            { "json lone surrogate", "application/json", "{\"openId\":\"\\ud800\"}"u8.ToArray(), 200, "100", "100" },
            { "json number", "application/json", "{\"openId\":1e999,\"gameId\":1e999}"u8.ToArray(), 200, "102", "100" },
            { "multipart cut", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"u8.ToArray(), 200, "100", "100" },
            { "xml", "application/xml", "<a/>"u8.ToArray(), 415, "100", "100" },
            { "gbk", "application/x-www-form-urlencoded; charset=gbk", "a=1"u8.ToArray(), 415, "100", "100" },
            { "too large", Form, new byte[(1024 * 1024) + 1], 413, "100", "100" },
        };
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_hostile_body_gets_a_code(string what, string contentType, byte[] bytes, int status, string ofCreate, string ofLogin)
    {
        foreach (var (endpoint, code) in new[] { ("createOrder", ofCreate), ("getUserByOpenId", ofLogin) })
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var response = await service.Http.PostAsync(new Uri("/cp/" + endpoint, UriKind.Relative), content, Now);
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Now));
            Assert.Equal((what, endpoint, status, code), (what, endpoint, (int)response.StatusCode, json.RootElement.GetProperty("code").GetString()));
            Assert.Equal(["code", "message", "data"], json.RootElement.EnumerateObject().Select(field => field.Name));
            Assert.Equal("\"\"", json.RootElement.GetProperty("data").GetRawText());
            Assert.NotEmpty(json.RootElement.GetProperty("message").GetString()!);
        }
    }

    [Fact]
    public async Task A_body_of_1_MiB_is_read_also_when_chunked_and_not_a_byte_more()
    {
        foreach (var (bytes, status) in new[] { (1024 * 1024, 200), ((1024 * 1024) + 1, 413) })
        {
            using var content = new StreamContent(new MemoryStream(Enumerable.Repeat((byte)'a', bytes).ToArray()));
            content.Headers.TryAddWithoutValidation("Content-Type", Form);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/cp/createOrder") { Content = content };
            request.Headers.TransferEncodingChunked = true;
            using var response = await service.Http.SendAsync(request, Now);
            Assert.Equal((bytes, status), (bytes, (int)response.StatusCode));
        }
    }

    [Fact]
    public async Task A_value_that_is_signed_but_not_text_names_its_field()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        foreach (var field in new[] { "ext", "codeNo", "productId", "notifyUrl" })
        {
            var pairs = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (var (name, value) in game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl))
            {
                pairs[name] = Encoding.UTF8.GetBytes(value);
            }
            pairs[field] = [0xff, 0xfe];
            byte[] canonical = [.. pairs.SelectMany(pair => Encoding.UTF8.GetBytes("&" + pair.Key + "=").Concat(pair.Value)).Skip(1), .. Encoding.ASCII.GetBytes(Given.Secret)];
            pairs["sign"] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(canonical)));
            var body = string.Join('&', pairs.Select(pair => $"{pair.Key}={string.Concat(pair.Value.Select(unit => $"%{unit:x2}"))}"));
            using var content = new StringContent(body, Encoding.ASCII, Form);
            using var response = await service.Http.PostAsync(new Uri("/cp/createOrder", UriKind.Relative), content, Now);
            Assert.Equal($$"""{"code":"100","message":"{{field}} must be UTF-8 text without NUL","data":""}""", await response.Content.ReadAsStringAsync(Now));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_harms_nobody()
    {
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port, Now);
            await socket.GetStream().WriteAsync("POST /cp/createOrder HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=1"u8.ToArray(), Now);
        }
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId);
        Assert.Equal("000", (await game.GetUserByOpenIdAsync(player.OpenId, Now)).Code);
    }
}
