using System.Net;
using System.Text;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>Hostile input: a code of the protocol and a cause in its own shape, never a 500.</summary>
public sealed class HostileTests(Service service) : IClassFixture<Service>
{
    public static TheoryData<string, string, byte[], int, int> Bodies()
    {
        var deep = new string('[', 5_000) + new string(']', 5_000);
        var many = "{" + string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"p{i}\":1")) + "}";
        return new TheoryData<string, string, byte[], int, int>
        {
            { "empty", "application/json", [], 200, 3 },
            { "nothing in it", "application/json", "{}"u8.ToArray(), 200, 1 },
            { "deep", "application/json", Encoding.ASCII.GetBytes("{\"a\":" + deep + "}"), 200, 3 },
            { "nested", "application/json", "{\"a\":{}}"u8.ToArray(), 200, 3 },
            { "a list in it", "application/json", "{\"a\":[]}"u8.ToArray(), 200, 3 },
            { "a list", "application/json", "[1]"u8.ToArray(), 200, 3 },
            { "a text", "application/json", "\"x\""u8.ToArray(), 200, 3 },
            { "null", "application/json", "null"u8.ToArray(), 200, 3 },
            { "cut", "application/json", "{\"a\":"u8.ToArray(), 200, 3 },
            { "cut after a field", "application/json", "{\"a\":1"u8.ToArray(), 200, 3 },
            { "two objects", "application/json", "{\"a\":1}{\"b\":1}"u8.ToArray(), 200, 3 },
            { "a comment", "application/json", "{/**/\"a\":1}"u8.ToArray(), 200, 3 },
            { "a trailing comma", "application/json", "{\"a\":1,}"u8.ToArray(), 200, 3 },
            { "a byte order mark, which is dropped", "application/json", [0xef, 0xbb, 0xbf, .. "{\"a\":1}"u8], 200, 1 },
            { "two byte order marks", "application/json", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, .. "{\"a\":1}"u8], 200, 3 },
            { "a field twice", "application/json", "{\"a\":1,\"\\u0061\":2}"u8.ToArray(), 200, 3 },
            { "sign twice", "application/json", "{\"sign\":\"1\",\"sign\":\"2\"}"u8.ToArray(), 200, 3 },
            { "257 fields", "application/json", Encoding.ASCII.GetBytes(many), 200, 3 },
            { "invalid UTF-8", "application/json", [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8], 200, 3 },
            { "an invalid name", "application/json", [.. "{\""u8, 0xc3, .. "\":1}"u8], 200, 3 },
            { "half a surrogate pair", "application/json", "{\"a\":\"\\ud800\"}"u8.ToArray(), 200, 3 },
            { "NaN", "application/json", "{\"money\":NaN}"u8.ToArray(), 200, 3 },
            { "1e999", "application/json", "{\"money\":1e999}"u8.ToArray(), 200, 1 },
            { "a form", "application/x-www-form-urlencoded", "a=1"u8.ToArray(), 415, 3 },
            { "no type", "", "{}"u8.ToArray(), 415, 3 },
            { "GBK", "application/json; charset=gbk", "{}"u8.ToArray(), 415, 3 },
            { "too large", "application/json", Encoding.ASCII.GetBytes("{\"a\":\"" + new string('x', 1024 * 1024) + "\"}"), 413, 3 },
        };
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_hostile_body_gets_a_code(string what, string contentType, byte[] bytes, int status, int code)
    {
        var merchant = await Merchant.NewAsync(service);
        foreach (var endpoint in new[] { "order", "query" })
        {
            foreach (var chunked in new[] { false, true })
            {
                var reply = await merchant.PostAsync(endpoint, bytes, contentType, chunked);
                Assert.Equal((what, endpoint, status, code, "", ""), (what, endpoint, reply.HttpStatus, reply.Code, reply.Result, reply.Sign));
            }
        }
    }

    [Fact]
    public async Task A_body_of_1_MiB_is_read()
    {
        var merchant = await Merchant.NewAsync(service);
        var order = merchant.NewOrder("p");
        order["productid"] = "";
        order["productid"] = new string('x', (1024 * 1024) - System.Text.Json.JsonSerializer.Serialize(order).Length - 50);
        var reply = await merchant.OrderAsync(order);
        Assert.Equal((200, 3, "productid must be at most 128 characters"), (reply.HttpStatus, reply.Code, reply.Message));
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        using var response = await service.Http.GetAsync(new Uri("/cardrecharge/query", UriKind.Relative));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Any_bytes_get_an_answer()
    {
        const int Seed = 413;
        var random = new Random(Seed);
        var merchant = await Merchant.NewAsync(service);
        var good = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(merchant.NewOrder("p"));
        for (var i = 0; i < 200; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            var reply = await merchant.PostAsync("order", bytes);
            Assert.True(reply is { HttpStatus: 200, Code: 1 or 3 }, $"seed {Seed}, body {i}: HTTP {reply.HttpStatus}, code {reply.Code}, {reply.Message}");
        }
    }
}

/// <summary>An app's rate, in the protocol's own shape.</summary>
public sealed class RateTests(RateTests.SlowService service) : IClassFixture<RateTests.SlowService>
{
    public sealed class SlowService : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Limits:RequestsPerSecondPerApp=3"];
    }

    [Fact]
    public async Task Too_many_requests_of_an_app_are_429()
    {
        var merchant = await Merchant.NewAsync(service);
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => merchant.OrderAsync(merchant.NewOrder("p"))));
        Assert.Contains(replies, reply => reply is { HttpStatus: 200, Code: 0 });
        Assert.Contains(replies, reply => reply is { HttpStatus: 429, Code: 3, Result: "", Sign: "" });
    }
}
