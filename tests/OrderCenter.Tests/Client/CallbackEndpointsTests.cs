using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using OrderCenter.Client;
using OrderCenter.Encodings;
using OrderCenter.Tests.Simulator;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Client;

/// <summary>The package's receivers behind a real socket, called with what the service's wire signed.</summary>
public sealed class CallbackEndpointsTests : IAsyncLifetime
{
    private const string Order = "10011554867699875662";

    private readonly ManualClock _clock = new();
    private readonly HttpClient _http = new();
    private readonly ConcurrentDictionary<string, OrderCallback> _granted = new(StringComparer.Ordinal);
    private Func<OrderCallback, CallbackOutcome>? _handler;
    private WebApplication _app = null!;
    private Uri _address = null!;

    public static TheoryData<string> Paths() => ["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        Map("", new CallbackOptions { Secrets = [SignedCallback.TheSecret, "previous"], Clock = _clock });
        Map("/lenient", new CallbackOptions { Secrets = [SignedCallback.TheSecret], Clock = _clock, RequiresWebhookSignature = false, IsCardText = true });
        await _app.StartAsync();
        _address = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Goods_are_granted_once_and_the_answers_are_the_protocols(string path)
    {
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow());

        var first = await callback.SendAsync(_http, _address);
        var second = await callback.SendAsync(_http, _address);

        Assert.True(GameServerTests.IsAcknowledged(path, first), Encoding.UTF8.GetString(first.Body));
        Assert.True(GameServerTests.IsAcknowledged(path, second), Encoding.UTF8.GetString(second.Body));
        var seen = Assert.Single(_granted).Value;
        Assert.Equal((Order, $"cb_{Order}_1", true), (seen.OrderId, seen.WebhookId, seen.GrantsGoods));
        if (path == "/ordercheck")
        {
            Assert.Equal(("0", "2"), (Code(first.Body), Code(second.Body)));
        }
    }

    [Fact]
    public async Task A_callback_says_what_was_bought()
    {
        var now = _clock.GetUtcNow();
        foreach (var path in (string[])["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"])
        {
            await SignedCallback.Of(path, path, now).SendAsync(_http, _address);
        }

        Assert.Equal(("own-/orderapi", "42", "gems.60", 6.5m, OrderEvent.Paid), Seen("/orderapi"));
        Assert.Equal(("own-/h5sdk", "4b5saetd18f45682aa9758668ee15614", "", 6.5m, OrderEvent.Paid), Seen("/h5sdk"));
        Assert.Equal(("", "玩家42", "com.rxsg1.07", 100m, OrderEvent.Paid), Seen("/ordercheck"));
        Assert.Equal(OrderEvent.RechargeSucceeded, _granted["/cardrecharge"].Event);
        Assert.Equal((4, "https://e.example.com/c/1?a=b&c=d"), (_granted["/cardrecharge"].Cards.Single().Type, _granted["/cardrecharge"].Cards.Single().No));
        Assert.Equal("GPA.3345-1234-5678-90123-a-longer-number", _granted["/ordercheck"].Fields["platform_order_id"]);

        (string, string, string, decimal?, OrderEvent) Seen(string order) =>
            (_granted[order].MerchantOrderId, _granted[order].UserId, _granted[order].ProductId, _granted[order].Money, _granted[order].Event);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_forged_callback_reaches_no_handler(string path)
    {
        var now = _clock.GetUtcNow();
        var right = SignedCallback.Of(path, Order, now);
        foreach (var forgery in (SignedCallback[])
        [
            SignedCallback.Of(path, Order, now, "another secret"), SignedCallback.Of(path, Order, now, ""), right.Tampered(Order), SignedCallback.Of(path, Order, now.AddSeconds(301)),
            SignedCallback.Of(path, Order, now.AddSeconds(-301)), right with { Id = "cb_other" }, right with { Signature = "v1,AAAA" },
        ])
        {
            var answer = await forgery.SendAsync(_http, _address);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await right.SendAsync(_http, _address, hasWebhookHeaders: false)).Status);
        Assert.Empty(_granted);
    }

    /// <summary>Sorted characters do not know their order: 12 and 21 have one sign. The Standard Webhooks signature does.</summary>
    [Fact]
    public async Task A_card_recharge_with_permuted_digits_is_refused()
    {
        var now = _clock.GetUtcNow();
        var cheap = SignedCallback.CardRecharge("1000000012", now);
        var dear = cheap with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(cheap.Body).Replace("1000000012", "1000000021", StringComparison.Ordinal)), Signature = cheap.Signature };

        Assert.Equal(HttpStatusCode.Unauthorized, (await dear.SendAsync(_http, _address)).Status);
        Assert.Empty(_granted);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_previous_secret_verifies_while_one_is_rotated(string path)
    {
        Assert.True(GameServerTests.IsAcknowledged(path, await SignedCallback.Of(path, Order, _clock.GetUtcNow(), "previous").SendAsync(_http, _address)));
        Assert.Single(_granted);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task What_the_handler_puts_off_or_throws_comes_again(string path)
    {
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow());
        _handler = _ => CallbackOutcome.TryAgain("the \"bag\" is full 满" + new string('x', 300));
        var later = await callback.SendAsync(_http, _address);
        _handler = _ => default;
        var nothing = await callback.SendAsync(_http, _address);
        _handler = _ => throw new InvalidOperationException("a bug of the game's");
        var broken = await callback.SendAsync(_http, _address);

        Assert.All((IEnumerable<(HttpStatusCode, byte[])>)[later, nothing, broken], answer => Assert.False(GameServerTests.IsAcknowledged(path, answer)));
        Assert.Equal(HttpStatusCode.InternalServerError, broken.Status);
    }

    [Fact]
    public async Task Json_form_cards_as_text_failures_and_other_events_are_told()
    {
        var now = _clock.GetUtcNow();
        await SignedCallback.H5Sdk("1", now, isJson: true, ext: "").SendAsync(_http, _address);
        await (SignedCallback.CardRecharge("2", now, isCardText: true) with { Path = "/lenient/cardrecharge" }).SendAsync(_http, _address, hasWebhookHeaders: false);
        await SignedCallback.CardRecharge("3", now, hasCards: false, status: "failed").SendAsync(_http, _address);
        await SignedCallback.OrderApi("4", now, type: "order.refunded").SendAsync(_http, _address);
        await SignedCallback.OrderApi("5", now, type: "order.closed").SendAsync(_http, _address);
        await SignedCallback.OrderApi("6", now, type: "order.dreamt").SendAsync(_http, _address);

        Assert.Equal(
            [OrderEvent.Paid, OrderEvent.RechargeSucceeded, OrderEvent.RechargeFailed, OrderEvent.Refunded, OrderEvent.Closed, OrderEvent.Other],
            ((string[])["1", "2", "3", "4", "5", "6"]).Select(order => _granted[order].Event));
        Assert.False(_granted["3"].GrantsGoods);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Without_the_need_for_headers_only_the_signed_protocols_go_without(string path)
    {
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow()) with { Path = "/lenient" + path };
        if (path == "/cardrecharge")
        {
            callback = SignedCallback.CardRecharge(Order, _clock.GetUtcNow(), isCardText: true) with { Path = "/lenient" + path };
        }

        var without = await callback.SendAsync(_http, _address, hasWebhookHeaders: false);
        var wrong = await (callback with { Signature = "v1,AAAA" }).SendAsync(_http, _address);

        Assert.Equal(path is "/h5sdk" or "/cardrecharge", GameServerTests.IsAcknowledged(path, without));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
    }

    [Theory]
    [InlineData("/h5sdk", "codeNo=1&sign=2")]
    [InlineData("/h5sdk", "codeNo=1&tradeNo=1&tradeNo=2&openId=3&amount=1.0&ext=&notifyUrl=x&payWay=1&sign=0")]
    [InlineData("/h5sdk", "codeNo=1&tradeNo=1&openId=3&amount=1e9&ext=&notifyUrl=x&payWay=1&sign=0")]
    [InlineData("/orderapi", "{}")]
    [InlineData("/orderapi", "no JSON")]
    [InlineData("/orderapi", """{"type":"order.paid","data":{"platorderid":"\ud800"}}""")]
    [InlineData("/orderapi", """{"type":"order.paid","data":{"platorderid":"1"},"data":{"platorderid":"2"}}""")]
    [InlineData("/cardrecharge", """{"orderno":1}""")]
    [InlineData("/cardrecharge", """{"orderno":"1","customer_order_no":"2","status":"waiting","sign":"0"}""")]
    [InlineData("/ordercheck", "\u0081\u00a1a")]
    [InlineData("/ordercheck", "")]
    public async Task What_is_no_callback_is_refused_though_rightly_signed(string path, string body)
    {
        var malformed = new SignedCallback(path, Encoding.Latin1.GetBytes(body), "application/x-www-form-urlencoded", "cb_1_1", _clock.GetUtcNow().ToUnixTimeSeconds(), SignedCallback.TheSecret);

        Assert.Equal(HttpStatusCode.BadRequest, (await malformed.SendAsync(_http, _address)).Status);
        Assert.Empty(_granted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_end_is_refused(bool isLengthGiven)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "/h5sdk")) { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Headers.TransferEncodingChunked = !isLengthGiven;
        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public void Options_without_a_secret_are_refused_at_once() =>
        Assert.Throws<ArgumentException>(() => _app.MapOrderCenterCallbacks("/never", new CallbackOptions { Secrets = [""] }, (_, _) => Task.FromResult(CallbackOutcome.Granted)));

    private void Map(string pattern, CallbackOptions options) => _app.MapOrderCenterCallbacks(pattern, options, (callback, _) => Task.FromResult(
        _handler?.Invoke(callback) ?? (_granted.TryAdd(callback.OrderId, callback) ? CallbackOutcome.Granted : CallbackOutcome.AlreadyGranted)));

    private static string? Code(byte[] answer) =>
        OrderCenter.Encodings.MsgPackReader.TryRead(answer, out var value, out _) ? ((OrderCenter.Encodings.MsgPackValue.Map)value).Members["code"].Text() : null;
}
