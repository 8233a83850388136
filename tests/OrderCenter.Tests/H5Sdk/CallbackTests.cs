using System.Text;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;
using OrderCenter.Protocols.H5Sdk;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §2, "Payment callback": when, where, which bytes, and what acknowledges.</summary>
public sealed class CallbackTests
{
    private static readonly ICallbackProtocol Protocol = new H5SdkProtocol();

    internal static Callback Callback { get; } = new()
    {
        Id = new CallbackId(OrderId.FromStore("1001"), 1), GameId = 1001, Event = CallbackEvents.Paid, Url = "http://x.xx.com", Endpoint = "", WaitsMs = [0], EventMs = 0,
    };

    [Fact]
    public void The_schedule_is_at_once_10_polls_then_hourly_until_72_hours()
    {
        var waits = Protocol.Plan(Given.App(), Given.Order(), CallbackEvents.Paid)!.WaitsMs;
        long[] polls = [0, 10, 20, 30, 60, 90, 120, 180, 240, 300, 300];
        Assert.Equal(polls.Select(seconds => seconds * 1000), waits.Take(11));
        Assert.All(waits.Skip(11), wait => Assert.Equal(3_600_000, wait));
        // The last hour that still ends within 72 h of the payment.
        Assert.InRange(waits.Sum(), (72 - 1) * 3_600_000L, 72 * 3_600_000L);
        Assert.Equal(82, waits.Count);
    }

    [Fact]
    public void An_app_may_have_its_own_schedule()
    {
        var app = Given.App() with { Callback = new CallbackSettings { RetryMs = [0, 1500] } };
        Assert.Equal([0, 1500], Protocol.Plan(app, Given.Order(), CallbackEvents.Paid)!.WaitsMs);
    }

    [Fact]
    public void Only_a_payment_is_told_and_only_to_the_orders_own_address()
    {
        var app = Given.App() with { CallbackUrl = "http://app.example.com" };
        Assert.Equal("http://x.xx.com", Protocol.Plan(app, Given.Order(), CallbackEvents.Paid)!.Url);
        Assert.Null(Protocol.Plan(app, Given.Order() with { NotifyUrl = null }, CallbackEvents.Paid));
        Assert.All([CallbackEvents.Refunded, CallbackEvents.Closed, CallbackEvents.Result], told => Assert.Null(Protocol.Plan(app, Given.Order(), told)));
    }

    [Fact]
    public void An_acknowledgement_delivers_and_the_receiver_speaks_no_standard_webhooks() =>
        Assert.Equal(("H5Sdk", true, false), (Protocol.Name, Protocol.AcknowledgementFulfilsOrder, Protocol.HonoursRetryAfterAndGone));

    [Fact]
    public void The_form_is_the_sources_example_byte_for_byte()
    {
        var body = Encode(Given.Order(ext: "1"));
        Assert.Equal(
            "codeNo=100&tradeNo=1001&openId=adb&amount=1.0&ext=1&notifyUrl=http%3A%2F%2Fx.xx.com&payWay=1&sign=fe0ee71f84e8f3cdb16df9e6e4cdc20b",
            Encoding.UTF8.GetString(body.Bytes));
        Assert.Equal("application/x-www-form-urlencoded", body.ContentType);
    }

    [Fact]
    public void An_app_may_have_json_and_every_value_is_a_text()
    {
        var body = Encode(Given.Order(ext: "1"), CallbackFormat.Json);
        Assert.Equal(
            """{"codeNo":"100","tradeNo":"1001","openId":"adb","amount":"1.0","ext":"1","notifyUrl":"http://x.xx.com","payWay":"1","sign":"fe0ee71f84e8f3cdb16df9e6e4cdc20b"}""",
            Encoding.UTF8.GetString(body.Bytes));
        Assert.Equal("application/json", body.ContentType);
    }

    [Fact]
    public void Ext_goes_out_as_it_came_in_also_when_it_is_empty()
    {
        Assert.Contains("&ext=&", Encoding.UTF8.GetString(Encode(Given.Order()).Bytes), StringComparison.Ordinal);
        Assert.Contains("&ext=%F0%9F%98%80%20%2B%26%3D%25%0A%22%E5%85%83&", Encoding.UTF8.GetString(Encode(Given.Order(ext: "😀 +&=%\n\"元")).Bytes), StringComparison.Ordinal);
        Assert.Contains("\"ext\":\"😀 +&=%\\n\\\"元/\"", Encoding.UTF8.GetString(Encode(Given.Order(ext: "😀 +&=%\n\"元/"), CallbackFormat.Json).Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("0.01", "0.01")]
    [InlineData("648", "648.0")]
    [InlineData("12.5", "12.5")]
    [InlineData("12.3400", "12.34")]
    [InlineData("99999999999999.9999", "99999999999999.9999")]
    public void The_amount_has_at_least_one_decimal(string money, string amount) =>
        Assert.Contains($"&amount={amount}&", Encoding.UTF8.GetString(Encode(Given.Order(money: money)).Bytes), StringComparison.Ordinal);

    [Theory]
    [InlineData("alipay", "1")]
    [InlineData("wechat", "2")]
    [InlineData("points", "3")]
    [InlineData("google", "0")]
    [InlineData(null, "0")]
    public void An_order_that_was_made_elsewhere_tells_its_channels_way(string? channel, string payWay)
    {
        var order = Given.Order() with { Channel = channel, Attributes = Order.EmptyAttributes };
        Assert.Contains($"&payWay={payWay}&", Encoding.UTF8.GetString(Encode(order).Bytes), StringComparison.Ordinal);
        // What the game asked for stays, whoever paid in the end.
        Assert.Contains("&payWay=2&", Encoding.UTF8.GetString(Encode(Given.Order(payWay: "2") with { Channel = channel }).Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"code":"000","data":"","message":"success"}""")]
    [InlineData(204, """ {"message":null,"data":{"a":[1,{"code":"001"}]},"code":"\u0030\u0030\u0030"} """)]
    [InlineData(299, """{"code":"000"}""")]
    public void A_code_of_000_acknowledges(int status, string body) => Assert.Equal(Acknowledgement.Accepted, Judge(status, body));

    [Theory]
    [InlineData(500, """{"code":"000"}""", "HTTP 500")]
    [InlineData(302, """{"code":"000"}""", "HTTP 302")]
    [InlineData(404, "not found", "HTTP 404")]
    [InlineData(500, """{"code":"000","message":"数据库忙"}""", "数据库忙")]
    [InlineData(200, """{"code":"001","message":"签名错误"}""", "签名错误")]
    [InlineData(200, """{"code":"001","message":"a\u0000b"}""", "ab")]
    [InlineData(200, """{"code":"001"}""", "HTTP 200, but")]
    [InlineData(200, """{"code":"001","message":""}""", "HTTP 200, but")]
    [InlineData(200, """{"code":"001","message":7}""", "HTTP 200, but")]
    [InlineData(200, """{"code":0}""", "HTTP 200, but")]
    [InlineData(200, """{"code":000}""", "HTTP 200, but")]
    [InlineData(200, """{"code":null}""", "HTTP 200, but")]
    [InlineData(200, """{"code":["000"]}""", "HTTP 200, but")]
    [InlineData(200, """{"data":{"code":"000"}}""", "HTTP 200, but")]
    [InlineData(200, """{"Code":"000"}""", "HTTP 200, but")]
    [InlineData(200, """{"code":"0000"}""", "HTTP 200, but")]
    [InlineData(200, """[{"code":"000"}]""", "HTTP 200, but")]
    [InlineData(200, """{"code":"000"} x""", "HTTP 200, but")]
    [InlineData(200, """{"code":"000"}{}""", "HTTP 200, but")]
    [InlineData(200, """{"code":"000",""", "HTTP 200, but")]
    [InlineData(200, """{"code":"000","message":"\ud800"}""", "HTTP 200, but")]
    [InlineData(200, "\"000\"", "HTTP 200, but")]
    [InlineData(200, "000", "HTTP 200, but")]
    [InlineData(200, "success", "HTTP 200, but")]
    [InlineData(200, "", "HTTP 200, but")]
    public void Anything_else_is_refused_in_the_receivers_words_where_it_has_any(int status, string body, string detail)
    {
        var judged = Judge(status, body);
        Assert.False(judged.IsAccepted);
        Assert.StartsWith(detail, judged.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_an_answer_holds_nothing_is_thrown()
    {
        var deep = "{\"code\":\"000\",\"data\":" + new string('[', 30_000) + new string(']', 30_000) + "}";
        Assert.False(Judge(200, deep).IsAccepted);
        Assert.False(Protocol.ReadAcknowledgement(200, [0xff, 0xfe, 0x00]).IsAccepted);
        Assert.False(Protocol.ReadAcknowledgement(200, [.. "{\"code\":\"000\",\"message\":\""u8, 0xff, .. "\"}"u8]).IsAccepted);
        Assert.Equal(Acknowledgement.DetailMax, Judge(200, "{\"code\":\"1\",\"message\":\"" + new string('x', 60_000) + "\"}").Detail!.Length);
        var random = new Random(20261123);
        var good = """{"code":"000","data":"","message":"success"}"""u8.ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = good.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = Protocol.ReadAcknowledgement(random.Next(100, 600), bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    private static Acknowledgement Judge(int status, string body) => Protocol.ReadAcknowledgement(status, Encoding.UTF8.GetBytes(body));

    private static CallbackBody Encode(Order order, CallbackFormat format = CallbackFormat.Form) =>
        Protocol.Encode(Given.App(format), new OrderRow(order, payment: null), Callback, new Secret(Given.Secret));
}
