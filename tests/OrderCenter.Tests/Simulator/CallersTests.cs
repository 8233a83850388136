using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulator;

/// <summary>What the simulated callers send is right by the service's wire, which they do not know.</summary>
public sealed class CallersTests : IDisposable
{
    private readonly Stub _stub = new();
    private readonly HttpClient _http;

    public CallersTests() => _http = new HttpClient(_stub) { BaseAddress = new Uri("http://127.0.0.1") };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _stub.Dispose();
    }

    [Fact]
    public async Task H5_orders_are_signed_and_answers_read()
    {
        var game = new H5SdkGame(_http, "maoxian_1", "k");
        _stub.Answer = """{"code":"000","message":"success","data":{"tradeNo":"1001","pay":{"orderString":"x"}}}"""u8.ToArray();
        var order = game.NewOrder("c-1", "4b5saetd18f45682aa9758668ee15614", "6.5", 1, new Uri("https://cp.example.com/n?x=1&y=中"));
        order["ext"] = "\U0001f600 +&=%";

        var reply = await game.CreateOrderAsync(order, Now);

        Assert.Equal(("000", "1001", "x"), (reply.Code, reply.TradeNo, reply.Pay.GetProperty("orderString").GetString()));
        var sent = Given(_stub.Body);
        var signed = string.Join('&', sent.Sorted.Where(field => !field.Name.Span.SequenceEqual("sign"u8)).Select(field => Text(field.Name) + "=" + Text(field.Value)));
        Assert.True(Md5Digest.Matches(Encoding.ASCII.GetBytes(sent.Text("sign")!), Encoding.UTF8.GetBytes(signed), "k"));
        Assert.Equal(("/cp/createOrder", 10), (_stub.Path, sent.Sorted.Count));

        await game.GetUserByOpenIdAsync("00000000000000000000000000000000", Now);
        Assert.Equal(("/cp/getUserByOpenId", "openId=00000000000000000000000000000000"), (_stub.Path, Encoding.UTF8.GetString(_stub.Body)));
        await game.PostJsonAsync("createOrder", order, Now);
        Assert.Equal(order.Count, JsonDocument.Parse(_stub.Body).RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task Card_orders_are_signed_and_answers_verified()
    {
        var merchant = new CardRechargeMerchant(_http, 4001, "k", new ManualClock());
        const string result = """{"orderno":"40011763690000123456","customer_order_no":"订单1","status":"success"}""";
        _stub.Answer = Encoding.UTF8.GetBytes($$"""{"code":0,"message":"success","result":"{{JsonEncodedText.Encode(result)}}","sign":"73c51ec1f2b72c7d78f54b0ec231d178"}""");

        var reply = await merchant.OrderAsync(
            new CardRechargeMerchant.Order { CustomerOrderNo = "订单1", ProductId = "a/b\"", Money = "6.5", CallbackUrl = new Uri("https://m.example.com/cb?a=1&b=2") }, Now);

        Assert.Equal((0, true, "40011763690000123456", "success", 0), (reply.Code, reply.IsSigned, reply.OrderNo, reply.Status, reply.Cards.Count));
        AssertSigned("/cardrecharge/order");
        _stub.Answer = [.. _stub.Answer.AsSpan(0, _stub.Answer.Length - 3), .. "0\"}"u8];
        Assert.False((await merchant.QueryAsync("订单1", Now)).IsSigned);
        AssertSigned("/cardrecharge/query");
        _stub.Answer = """{"code":5,"message":"not found","result":""}"""u8.ToArray();
        Assert.Equal((5, null, false), ((await merchant.QueryAsync("x", Now)) is var refused ? refused.Code : -1, refused.Result, refused.IsSigned));

        void AssertSigned(string path)
        {
            var text = Encoding.UTF8.GetString(_stub.Body);
            var at = text.LastIndexOf(",\"sign\":\"", StringComparison.Ordinal);
            Assert.True(CharSort.Matches(Encoding.ASCII.GetBytes(text[(at + 9)..^2]), Encoding.UTF8.GetBytes(text[..at] + "}"), "k"));
            Assert.Equal(path, _stub.Path);
        }
    }

    [Fact]
    public async Task Checks_are_maps_and_answers_read()
    {
        _stub.Answer = Convert.FromHexString("84a36d7367aa7375636365737366756ca974696d657374616d70ce498509afa4636f646500a464617461a0");
        var check = new OrderCheckClient.Check
        {
            SdkId = "42",
            OrderId = "10011554867699875662",
            GameId = "1001",
            ProductId = "p",
            Amount = 6.5,
            Currency = "USD",
            PlatformId = 2L,
            PlatformOrderId = "x",
            IsMisspelt = true,
        };

        Assert.Equal(new OrderCheckClient.Reply(200, "successful", 1233455535, 0, ""), await new OrderCheckClient(_http).CheckAsync(check, Now));
        Assert.True(MsgPackReader.TryRead(_stub.Body, out var value, out _));
        Assert.Equal(("6.5", "2"), (((MsgPackValue.Map)value).Members["amount"].Text(), ((MsgPackValue.Map)value).Members["plaform_id"].Text()));
        _stub.Answer = [0x80];
        await Assert.ThrowsAsync<FormatException>(() => new OrderCheckClient(_http).CheckAsync(check, Now));
    }

    private static ParameterSet Given(byte[] form) => OrderCenter.Tests.Encodings.Given.UrlEncoded(Encoding.ASCII.GetString(form));

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private sealed class Stub : HttpMessageHandler
    {
        public byte[] Answer { get; set; } = [];

        public byte[] Body { get; private set; } = [];

        public string Path { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Path = request.RequestUri!.AbsolutePath;
            Body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            return new HttpResponseMessage { Content = new ByteArrayContent(Answer) };
        }
    }
}
