using System.Net;
using System.Net.Sockets;
using System.Text;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>Hostile input: a code of the protocol and a cause, never a 500, never a hang.</summary>
public sealed class HostileTests(Service service) : IClassFixture<Service>
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly string[] Endpoints = ["createorder", "valiorder", "sendproduct", "queryorder"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, byte[], int, int> Bodies()
    {
        var many = string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"p{i}=1"));
        var deep = new string('[', 5_000) + new string(']', 5_000);
        return new TheoryData<string, string, byte[], int, int>
        {
            { "empty form", Form, [], 200, 1 },
            { "10,000 parameters", Form, Encoding.ASCII.GetBytes(many), 200, 3 },
            { "the same name twice", Form, "gameid=1&gameid=1"u8.ToArray(), 200, 3 },
            { "invalid UTF-8 names", Form, "%ff%fe=1&%c3=2"u8.ToArray(), 200, 1 },
            { "raw bytes", Form, [0, 255, 254, 38, 61, 61, 0], 200, 1 },
            { "json deep", "application/json", Encoding.ASCII.GetBytes("{\"a\":" + deep + "}"), 200, 3 },
            { "json nested", "application/json", "{\"a\":{\"b\":1}}"u8.ToArray(), 200, 3 },
            { "json array", "application/json", "[1]"u8.ToArray(), 200, 3 },
            { "json cut", "application/json", "{\"a\":"u8.ToArray(), 200, 3 },
            { "json twice", "application/json", "{\"a\":1}{\"b\":1}"u8.ToArray(), 200, 3 },
            { "json duplicate", "application/json", "{\"a\":1,\"\\u0061\":2}"u8.ToArray(), 200, 3 },
            { "json invalid UTF-8", "application/json", [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8], 200, 3 },
            { "json lone surrogate", "application/json", "{\"a\":\"\\ud800\"}"u8.ToArray(), 200, 3 },
            { "json NaN", "application/json", "{\"money\":NaN}"u8.ToArray(), 200, 3 },
            { "json 1e999", "application/json", "{\"money\":1e999}"u8.ToArray(), 200, 1 },
            { "multipart without boundary", "multipart/form-data", "x"u8.ToArray(), 200, 3 },
            { "multipart cut", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"u8.ToArray(), 200, 3 },
            { "multipart with a file", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"u8.ToArray(), 200, 3 },
            { "xml", "application/xml", "<a/>"u8.ToArray(), 415, 3 },
            { "gbk", "application/x-www-form-urlencoded; charset=gbk", "a=1"u8.ToArray(), 415, 3 },
            { "too large", Form, new byte[(2 * 1024 * 1024) + 1], 413, 3 },
        };
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_hostile_body_gets_a_code(string what, string contentType, byte[] bytes, int status, int code)
    {
        foreach (var endpoint in Endpoints)
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var response = await service.Http.PostAsync(new Uri("/ordercenter/" + endpoint, UriKind.Relative), content, Now);
            var reply = await OrderApiGame.ReadAsync(response, Now);
            // sendproduct names its app by the order alone, so that what it cannot read of one it refuses by the field.
            var expected = endpoint == "sendproduct" && code == 1 ? 3 : code;
            Assert.Equal((what, endpoint, status, expected), (what, endpoint, reply.HttpStatus, reply.ResultCode));
        }
    }

    [Fact]
    public async Task Bodies_are_bounded_at_1_MiB_and_at_2_MiB_for_receipts_also_when_chunked()
    {
        foreach (var (endpoint, bytes, status) in new[] { ("createorder", (1024 * 1024) + 1, 413), ("valiorder", (1024 * 1024) + 1, 200), ("valiorder", (2 * 1024 * 1024) + 1, 413) })
        {
            using var content = new StreamContent(new MemoryStream(Enumerable.Repeat((byte)'a', bytes).ToArray()));
            content.Headers.TryAddWithoutValidation("Content-Type", Form);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ordercenter/" + endpoint) { Content = content };
            request.Headers.TransferEncodingChunked = true;
            using var response = await service.Http.SendAsync(request, Now);
            Assert.Equal((endpoint, status), (endpoint, (int)response.StatusCode));
        }
    }

    [Fact]
    public async Task A_value_that_is_signed_but_not_text_names_its_field()
    {
        var game = await service.NewGameAsync();
        var pairs = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, value) in game.NewOrder("p", "1", "u"))
        {
            pairs[name] = Encoding.UTF8.GetBytes(value);
        }
        pairs["userID"] = [0xff, 0xfe];
        var canonical = pairs.SelectMany(pair => Encoding.UTF8.GetBytes(pair.Key + "=").Concat(pair.Value).Append((byte)'&')).Concat("B8899E2039DF87E2"u8.ToArray()).ToArray();
        pairs["sign"] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(canonical)));
        var body = string.Join('&', pairs.Select(pair => $"{pair.Key}={string.Concat(pair.Value.Select(unit => $"%{unit:x2}"))}"));
        using var content = new StringContent(body, Encoding.ASCII, Form);
        using var response = await service.Http.PostAsync(new Uri("/ordercenter/createorder", UriKind.Relative), content, Now);
        var reply = await OrderApiGame.ReadAsync(response, Now);
        Assert.Equal((3, "userID must be UTF-8 text without NUL"), (reply.ResultCode, reply.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\"text\"")]
    [InlineData("{\"json\":1,\"signature\":2}")]
    [InlineData("{\"json\":\"{}\",\"json\":\"{}\",\"signature\":\"\"}")]
    [InlineData("{\"Store\":\"GooglePlay\",\"TransactionID\":\"x\",\"Payload\":\"{\\\"Store\\\":\\\"GooglePlay\\\"\"}")]
    [InlineData("{\"signedTransaction\":\"a.b.c\"}")]
    [InlineData("{\"signedTransaction\":\"\\ud800\"}")]
    [InlineData("{\"Store\":\"\\ud800\",\"Payload\":\"x\"}")]
    public async Task A_receipt_that_is_none_is_refused(string receipt)
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).PlatOrderId;
        var reply = await game.ValidateAsync(id, receipt, Now);
        Assert.Equal((200, 3), (reply.HttpStatus, reply.ResultCode));
    }

    [Fact]
    public async Task A_receipt_may_be_512_KiB_and_not_more_nor_deep()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).PlatOrderId;
        var largest = "{\"a\":\"" + new string('x', (512 * 1024) - 8) + "\"}";
        Assert.DoesNotContain("larger", (await game.ValidateAsync(id, largest, Now)).Message, StringComparison.Ordinal);
        Assert.Contains("larger", (await game.ValidateAsync(id, largest + " ", Now)).Message, StringComparison.Ordinal);
        Assert.Contains("deep", (await game.ValidateAsync(id, "{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}", Now)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 3, "time is missing")]
    [InlineData("abc", 3, "time must be Unix seconds")]
    [InlineData("-1", 3, "time must be Unix seconds")]
    [InlineData("1.5", 3, "time must be Unix seconds")]
    [InlineData("99999999999999999999", 3, "time must be Unix seconds")]
    [InlineData("-301s", 2, "time is more than 300 s away")]
    [InlineData("+301s", 2, "time is more than 300 s away")]
    [InlineData("-300s", 3, "order not found")]
    [InlineData("+300s", 3, "order not found")]
    [InlineData("ms", 2, "time is in milliseconds")]
    public async Task Time_is_judged_by_form_and_window(string time, int code, string message)
    {
        var game = await service.NewGameAsync();
        var now = service.Clock.GetUtcNow();
        var text = time switch
        {
            "ms" => now.ToUnixTimeMilliseconds().ToString(),
            _ when time.EndsWith('s') => (now.ToUnixTimeSeconds() + long.Parse(time[..^1])).ToString(),
            _ => time,
        };
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["gameid"] = game.GameId, ["platorderid"] = "10011554867699875662", ["time"] = text };
        var reply = await game.PostAsync("queryorder", parameters, Now);
        Assert.Equal(code, reply.ResultCode);
        Assert.StartsWith(message, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_order_of_judgement_is_sign_then_time_then_fields()
    {
        var game = await service.NewGameAsync();
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["gameid"] = game.GameId, ["time"] = "1" };
        Assert.Equal(2, (await game.PostAsync("queryorder", parameters, Now)).ResultCode);
        parameters["time"] = "x";
        Assert.Equal(3, (await game.PostAsync("queryorder", parameters, Now)).ResultCode);
        var stranger = new OrderApiGame(service.Http, game.GameId, "other", service.Clock);
        Assert.Equal(1, (await stranger.PostAsync("queryorder", parameters, Now)).ResultCode);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_harms_nobody()
    {
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port, Now);
            await socket.GetStream().WriteAsync("POST /ordercenter/createorder HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=1"u8.ToArray(), Now);
        }
        var game = await service.NewGameAsync();
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        using var response = await service.Http.DeleteAsync(new Uri("/ordercenter/createorder", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
