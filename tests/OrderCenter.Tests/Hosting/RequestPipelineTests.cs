using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service that believes the proxy on this machine.</summary>
public sealed class ProxiedService : Service
{
    protected override IReadOnlyList<string> Settings => ["--ForwardedHeaders:KnownNetworks=127.0.0.1,10.9.0.0/16"];
}

/// <summary>contract.md, "Settings", <c>ForwardedHeaders__KnownNetworks</c>: lists of addresses judge the real caller.</summary>
public sealed class ForwardedHeadersTests(ProxiedService service) : IClassFixture<ProxiedService>
{
    [Theory]
    [InlineData("203.0.113.7", 0)]
    [InlineData("203.0.113.8", 1)]
    [InlineData("198.51.100.1, 203.0.113.7", 0)]
    [InlineData("203.0.113.7, 198.51.100.1", 1)]
    [InlineData("203.0.113.7, 10.9.1.1", 0)]
    [InlineData("203.0.113.8, 10.9.1.1", 1)]
    [InlineData("203.0.113.7:4711", 0)]
    [InlineData("::ffff:203.0.113.7", 0)]
    [InlineData("2001:db8::7", 0)]
    [InlineData("[2001:db8::7]:4711", 0)]
    [InlineData("nonsense", 1)]
    [InlineData("203.0.113.7, nonsense", 1)]
    [InlineData(null, 1)]
    public async Task The_address_that_the_proxy_tells_is_the_callers(string? forwardedFor, int code)
    {
        var game = await service.NewGameAsync(new { allowedIps = new[] { "203.0.113.7", "2001:db8::/64" } });
        Assert.Equal(code, await Calls.CreateAsync(service, game, forwardedFor));
    }

    [Fact]
    public async Task The_protocol_that_the_proxy_tells_spoils_nothing()
    {
        var game = await service.NewGameAsync(new { allowedIps = new[] { "203.0.113.7" } });
        Assert.Equal(0, await Calls.CreateAsync(service, game, "203.0.113.7", ("X-Forwarded-Proto", "https")));
        Assert.Equal(0, await Calls.CreateAsync(service, game, "203.0.113.7", ("X-Forwarded-Proto", "nonsense")));
    }
}

/// <summary>Without known networks nobody is believed.</summary>
public sealed class UnproxiedTests(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("203.0.113.7, 127.0.0.1")]
    public async Task A_caller_cannot_give_itself_an_address(string forwardedFor)
    {
        var game = await service.NewGameAsync(new { allowedIps = new[] { "203.0.113.7" } });
        Assert.Equal(1, await Calls.CreateAsync(service, game, forwardedFor));
        var open = await service.NewGameAsync(new { allowedIps = new[] { "127.0.0.0/8", "::1" } });
        Assert.Equal(0, await Calls.CreateAsync(service, open, forwardedFor));
    }
}

/// <summary>A service that lets an address make five requests a second.</summary>
public sealed class AddressLimitedService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Limits:RequestsPerSecondPerAddress=5", "--ForwardedHeaders:KnownNetworks=127.0.0.1"];
}

/// <summary>contract.md, "Settings": beyond the limit 429 with <c>Retry-After</c>, in the shape of whoever was asked.</summary>
public sealed class AddressLimitTests(AddressLimitedService service) : IClassFixture<AddressLimitedService>
{
    [Fact]
    public async Task An_address_beyond_its_rate_is_told_when_to_come_again_in_the_protocols_shape_and_others_are_not()
    {
        var game = await service.NewGameAsync();
        var refused = await BurstAsync("/ordercenter/queryorder?gameid=" + game.GameId, "198.51.100.1");
        Assert.Equal("application/json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        var json = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((3, "{}"), (json.GetProperty("resultCode").GetInt32(), json.GetProperty("data").GetRawText()));
        Assert.NotEmpty(json.GetProperty("resultMessage").GetString()!);
        Assert.Equal(0, await Calls.CreateAsync(service, game, "198.51.100.99"));
    }

    [Theory]
    [InlineData("/cp/createOrder", "198.51.100.3", "\"300\"")]
    [InlineData("/cardrecharge/query", "198.51.100.4", "3")]
    public async Task Each_protocol_refuses_in_a_shape_of_its_own(string path, string address, string code)
    {
        var refused = await BurstAsync(path, address, HttpMethod.Post);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal("application/json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetRawText());
    }

    [Fact]
    public async Task Order_check_refuses_with_its_map()
    {
        var refused = await BurstAsync("/openapi/order/check", "198.51.100.5", HttpMethod.Post);
        Assert.Equal(("1", "application/msgpack"), (refused.Headers.RetryAfter?.ToString(), refused.Content.Headers.ContentType?.MediaType));
        var map = await refused.Content.ReadAsByteArrayAsync();
        Assert.Equal(0x84, map[0]);
        Assert.Contains("failed", System.Text.Encoding.UTF8.GetString(map), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_native_api_refuses_with_a_problem()
    {
        var refused = await BurstAsync("/api/v1/orders", "198.51.100.2");
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
    }

    private async Task<HttpResponseMessage> BurstAsync(string path, string address, HttpMethod? method = null)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ =>
        {
            var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", address);
            return service.Http.SendAsync(request);
        }));
        Assert.Contains(answers, answer => answer.StatusCode != HttpStatusCode.TooManyRequests);
        return answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
    }
}

/// <summary>A service that lets an app make five requests a second.</summary>
public sealed class AppLimitedService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Limits:RequestsPerSecondPerApp=5"];
}

public sealed class AppLimitTests(AppLimitedService service) : IClassFixture<AppLimitedService>
{
    [Fact]
    public async Task An_app_beyond_its_rate_is_told_when_to_come_again_and_other_apps_are_not()
    {
        var (busy, calm) = (await service.NewGameAsync(), await service.NewGameAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Calls.SendAsync(service, busy, null)));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(("1", "application/json"), (refused.Headers.RetryAfter?.ToString(), refused.Content.Headers.ContentType?.MediaType));
        var json = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((3, "{}"), (json.GetProperty("resultCode").GetInt32(), json.GetProperty("data").GetRawText()));
        Assert.Equal(0, await Calls.CreateAsync(service, calm, null));
    }

    [Fact]
    public async Task Requests_with_a_bad_signature_use_up_nobodys_rate()
    {
        var game = await service.NewGameAsync();
        var stranger = new OrderApiGame(service.Http, game.GameId, "not the secret", service.Clock);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Calls.CreateAsync(service, stranger, null, "not the secret"))), code => Assert.Equal(1, code));
        Assert.Equal(0, await Calls.CreateAsync(service, game, null));
    }
}

internal static class Calls
{
    public static Task<int> CreateAsync(Service service, OrderApiGame game, string? forwardedFor, params (string Name, string Value)[] headers) => CreateAsync(service, game, forwardedFor, "B8899E2039DF87E2", headers);

    public static async Task<int> CreateAsync(Service service, OrderApiGame game, string? forwardedFor, string secret, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(service, game, forwardedFor, secret, headers);
        return (await OrderApiGame.ReadAsync(response, TestContext.Current.CancellationToken)).ResultCode;
    }

    /// <summary>A createorder, signed, with headers of a proxy.</summary>
    public static Task<HttpResponseMessage> SendAsync(Service service, OrderApiGame game, string? forwardedFor, string secret = "B8899E2039DF87E2", params (string Name, string Value)[] headers)
    {
        var order = game.NewOrder("p", "1", "u");
        order["sign"] = OrderApiGame.Sign(order, secret);
        var request = new HttpRequestMessage(HttpMethod.Post, "/ordercenter/createorder") { Content = new FormUrlEncodedContent(order) };
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return service.Http.SendAsync(request);
    }
}
