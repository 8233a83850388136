using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderCenter.Orders.Refusals;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service whose log is read, whose callers come through a proxy, and where an address may fail 50 times a minute.</summary>
public sealed class WatchedService : Service
{
    public LogLines Log { get; } = new();

    protected override IReadOnlyList<string> Settings => ["--ForwardedHeaders:KnownNetworks=127.0.0.1", "--Limits:FailuresPerMinutePerAddress=50"];

    protected override void Arrange(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(Log);
}

/// <summary>An attack is counted, stands in the log with its address at a bounded rate, and is slowed down; who behaves is not.</summary>
public sealed class RefusalTests(WatchedService service) : IClassFixture<WatchedService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wrong_signatures_are_counted_and_some_are_logged_with_the_address()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        var game = await service.NewGameAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(1, await Calls.CreateAsync(service, game, "198.51.100.20", "not the secret"));
        }
        Assert.Equal(40, counted["OrderApi signature"]);
        var lines = Lines("OrderApi, signature, from 198.51.100.20");
        Assert.Equal(RefusalLog.LinesMax, lines.Count);
        Assert.All(lines, line => Assert.Contains("gameid " + game.GameId, line, StringComparison.Ordinal));

        // In the next minute the first line tells how many were not logged.
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await Calls.CreateAsync(service, game, "198.51.100.20", "not the secret"));
        Assert.Contains($"({40 - RefusalLog.LinesMax} more since the last such line)", Lines("OrderApi, signature, from 198.51.100.20")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cause_of_not_being_accepted_is_told_to_the_operator_and_to_nobody_else()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        var (open, closed) = (await service.NewGameAsync(), await service.NewGameAsync(new { allowedIps = new[] { "203.0.113.7" } }));
        var unknown = new OrderApiGame(service.Http, "999999999", "B8899E2039DF87E2", service.Clock);
        Assert.Equal(1, await Calls.CreateAsync(service, closed, "198.51.100.21"));
        Assert.Equal(1, await Calls.CreateAsync(service, unknown, "198.51.100.21"));
        Assert.Equal(1, await Calls.CreateAsync(service, open, "198.51.100.21", "not the secret"));
        Assert.Equal((1, 1, 1), (counted["OrderApi address"], counted["OrderApi app"], counted["OrderApi signature"]));
    }

    [Theory]
    [InlineData("/cp/createOrder", "gameId=1&sign=x", "application/x-www-form-urlencoded", "H5Sdk app")]
    [InlineData("/cp/createOrder", "gameId=1", "text/plain", "H5Sdk mediaType")]
    [InlineData("/cardrecharge/order", "{\"gameid\":\"1\"}", "application/json", "CardRecharge app")]
    [InlineData("/cardrecharge/order", "nonsense", "application/json", "CardRecharge request")]
    [InlineData("/openapi/order/check", "nonsense", "application/msgpack", "OrderCheck request")]
    [InlineData("/openapi/order/check", "x", "text/plain", "OrderCheck mediaType")]
    [InlineData("/ordercenter/createorder", "money=1&money=2", "application/x-www-form-urlencoded", "OrderApi request")]
    [InlineData("/notify/google/999999999", "{}", "application/json", "notify notification")]
    [InlineData("/api/v1/orders", "{}", "application/json", "native request")]
    public async Task Every_family_counts_its_refusals(string path, string body, string contentType, string series)
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        using var response = await OrderCenter.Tests.Api.Native.RawAsync(service, HttpMethod.Post, path, body, contentType, ("X-Forwarded-For", "198.51.100.22"));
        Assert.Equal(1, counted[series]);
    }

    [Fact]
    public async Task An_address_that_fails_too_often_is_told_to_wait_and_a_game_behind_it_is_served()
    {
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        var game = await service.NewGameAsync();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(1, await Calls.CreateAsync(service, game, "198.51.100.23", "not the secret"));
        }
        using var refused = await Calls.SendAsync(service, game, "198.51.100.23", "not the secret");
        Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        Assert.Equal(3, (await OrderApiGame.ReadAsync(refused, Now)).ResultCode);

        // The right signature passes, other addresses are not concerned, and a minute later it is over.
        Assert.Equal(0, await Calls.CreateAsync(service, game, "198.51.100.23"));
        Assert.Equal(1, await Calls.CreateAsync(service, game, "198.51.100.24", "not the secret"));
        service.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await Calls.CreateAsync(service, game, "198.51.100.23", "not the secret"));
    }

    [Fact]
    public async Task Who_guesses_the_token_is_locked_out_for_ten_minutes_and_is_seen()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        service.Clock.Advance(TimeSpan.FromMinutes(11));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("198.51.100.30", "guess-" + i));
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("198.51.100.30", "guess"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("198.51.100.30", Service.Token));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("198.51.100.31", Service.Token));
        Assert.Equal((100, 2), (counted["native token"], counted["native tooMany"]));
        Assert.Equal(RefusalLog.LinesMax, Lines("native, token, from 198.51.100.30").Count);
        service.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("198.51.100.30", Service.Token));
    }

    [Fact]
    public async Task A_stranger_cannot_lock_out_the_operators_behind_the_same_address()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync("198.51.100.32", Service.Token));
        for (var i = 0; i < 150; i++)
        {
            Assert.NotEqual(HttpStatusCode.OK, await AskAsync("198.51.100.32", "guess-" + i));
        }
        Assert.Equal(HttpStatusCode.OK, await AskAsync("198.51.100.32", Service.Token));
    }

    [Fact]
    public async Task Requests_without_a_token_are_no_guesses()
    {
        for (var i = 0; i < 120; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("198.51.100.33", null));
        }
        Assert.Equal(HttpStatusCode.OK, await AskAsync("198.51.100.33", Service.Token));
    }

    [Fact]
    public async Task Forged_notifications_fill_neither_the_log_nor_the_database()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        var before = Lines("notification").Count;
        var game = await service.NewGameAsync();
        for (var i = 0; i < 60; i++)
        {
            foreach (var path in new[] { $"/notify/apple/{game.GameId}", $"/notify/google/{90_000 + i}" })
            {
                using var response = await service.RawForwardedAsync(path, "198.51.100.40");
                Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
            }
        }
        Assert.Equal(120, counted["notify notification"]);
        Assert.Equal(before + RefusalLog.LinesMax, Lines("notification").Count);
        Assert.Equal(0, await OrderCenter.Tests.H5Sdk.Given.NumberAsync(service, "SELECT count(*) FROM notifications"));
    }

    private List<string> Lines(string text) => [.. service.Log.All.Where(line => line.Contains(text, StringComparison.Ordinal))];

    private async Task<HttpStatusCode> AskAsync(string address, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/apps?limit=1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", address);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await service.Http.SendAsync(request, Now);
        return response.StatusCode;
    }
}

internal static class Forwarded
{
    public static Task<HttpResponseMessage> RawForwardedAsync(this Service service, string path, string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{\"signedPayload\":\"x\"}", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", address);
        return service.Http.SendAsync(request);
    }
}
