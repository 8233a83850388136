using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OrderCenter.Orders.Refusals;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service that takes two requests of an app, and four of an address, at once.</summary>
public sealed class ConcurrencyLimitedService : Service
{
    protected override IReadOnlyList<string> Settings =>
        ["--Limits:ConcurrentRequestsPerApp=2", "--Limits:ConcurrentRequestsPerAddress=4", "--ForwardedHeaders:KnownNetworks=127.0.0.1"];
}

/// <summary>operating.md, Settings: limits of what runs at once, at the game's endpoints and where nobody is known yet.</summary>
public sealed class ConcurrencyLimitTests(ConcurrencyLimitedService service) : IClassFixture<ConcurrencyLimitedService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notifications_of_a_game_that_are_beyond_its_limit_are_to_come_again_and_other_games_are_served()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        var (busy, calm) = (await service.NewGameAsync(), await service.NewGameAsync());
        using (var first = await HoldAsync("/notify/google/" + busy.GameId))
        using (var second = await HoldAsync("/notify/google/" + busy.GameId))
        {
            using var refused = await UntilAsync(() => NotifyAsync(busy.GameId), response => response.StatusCode == HttpStatusCode.TooManyRequests);
            Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
            Assert.True(counted["notify tooMany"] > 0);
            using var other = await NotifyAsync(calm.GameId);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, other.StatusCode);

            // What the game itself sends has limits of its own.
            Assert.Equal(0, await Calls.CreateAsync(service, busy, "198.51.100.40"));
        }
        using var later = await UntilAsync(() => NotifyAsync(busy.GameId), response => response.StatusCode != HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Games_that_do_not_exist_share_one_limit()
    {
        using var first = await HoldAsync("/notify/apple/999999998");
        using var second = await HoldAsync("/notify/apple/999999999");
        using var refused = await UntilAsync(() => NotifyAsync("999999997"), response => response.StatusCode == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task An_address_has_so_many_requests_in_progress_and_other_addresses_are_served()
    {
        var held = new List<SlowBody>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                held.Add(await HoldAsync("/ordercenter/createorder", "203.0.113.9"));
            }
            var game = await service.NewGameAsync();
            using var refused = await UntilAsync(
                () => Calls.SendAsync(service, game, "203.0.113.9"), response => response.StatusCode == HttpStatusCode.TooManyRequests);
            Assert.Equal(3, (await OrderApiGame.ReadAsync(refused, Now)).ResultCode);
            Assert.Equal(0, await Calls.CreateAsync(service, game, "203.0.113.10"));
        }
        finally
        {
            held.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public void A_place_is_free_again_when_its_request_has_ended_and_a_rate_is_not_given_back()
    {
        using var limiter = new AppRequestLimiter(new AppRequestLimits(PerSecond: 3, AtOnce: 2));
        var requests = new AppRequests(RequestKind.Signed, 7);
        Assert.True(limiter.TryBegin(requests, out var first));
        Assert.True(limiter.TryBegin(requests, out _));
        Assert.False(limiter.TryBegin(requests, out var none));
        Assert.Null(none);
        Assert.True(limiter.TryBegin(requests with { Kind = RequestKind.Unsigned }, out _));
        Assert.True(limiter.TryBegin(requests with { GameId = 8 }, out _));
        first!.Dispose();
        Assert.True(limiter.TryBegin(requests, out var third));
        third!.Dispose();
        Assert.False(limiter.TryBegin(requests, out _));
    }

    [Theory]
    [InlineData(1, 1, 1000)]
    [InlineData(3, 3, 1000)]
    [InlineData(15, 3, 200)]
    [InlineData(8, 4, 500)]
    [InlineData(100, 10, 100)]
    [InlineData(1_000_000, 100_000, 100)]
    public void A_rate_is_filled_evenly_and_exactly(int perSecond, int tokens, int everyMs)
    {
        var options = RequestRate.PerSecond(perSecond);
        Assert.Equal((perSecond, tokens, everyMs), (options.TokenLimit, options.TokensPerPeriod, (int)options.ReplenishmentPeriod.TotalMilliseconds));
    }

    /// <summary>A request whose body never comes.</summary>
    private async Task<SlowBody> HoldAsync(string path, string? forwardedFor = null)
    {
        var slow = await SlowBody.BeginAsync(service.Http.BaseAddress!, path, 100, "application/x-www-form-urlencoded", Now, forwardedFor);
        await slow.SendAsync(1, Now);
        return slow;
    }

    private async Task<HttpResponseMessage> NotifyAsync(string gameId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/notify/apple/" + gameId) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.41");
        return await service.Http.SendAsync(request, Now);
    }

    /// <summary>Requests that are held count once the service has read their heads, and no longer once it has seen that they ended.</summary>
    private static async Task<HttpResponseMessage> UntilAsync(Func<Task<HttpResponseMessage>> sendAsync, Func<HttpResponseMessage, bool> isExpected)
    {
        for (var i = 0; ; i++)
        {
            var response = await sendAsync();
            if (isExpected(response) || i == 200)
            {
                Assert.True(isExpected(response), response.StatusCode.ToString());
                return response;
            }
            response.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
    }
}

/// <summary>A service with limits for what anyone may send.</summary>
public sealed class StrangersLimitedService : Service
{
    protected override IReadOnlyList<string> Settings =>
        ["--Limits:RequestsPerSecondPerApp=3", "--Limits:ConnectionsPerAddress=3", "--ForwardedHeaders:KnownNetworks=198.51.100.0/24"];
}

/// <summary>Rates where nobody is known yet, and the cap on connections.</summary>
public sealed class StrangersLimitTests(StrangersLimitedService service) : IClassFixture<StrangersLimitedService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notifications_of_a_game_have_a_rate()
    {
        var (busy, calm) = (await service.NewGameAsync(), await service.NewGameAsync());
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            statuses.Add(await NotifyAsync(busy.GameId));
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, statuses[0]);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await NotifyAsync(calm.GameId));
        Assert.Equal(0, await Calls.CreateAsync(service, busy, null));

        async Task<HttpStatusCode> NotifyAsync(string gameId)
        {
            using var content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await service.Http.PostAsync(new Uri("/notify/google/" + gameId, UriKind.Relative), content, Now);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Sign_ins_of_an_address_have_a_rate_before_anything_is_read()
    {
        var statuses = new List<(HttpStatusCode Status, string? After)>();
        for (var i = 0; i < 400 && statuses.LastOrDefault().Status != HttpStatusCode.TooManyRequests; i++)
        {
            using var content = new StringContent("nonsense", Encoding.UTF8, "application/json");
            using var response = await service.Http.PostAsync(new Uri("/api/v1/session", UriKind.Relative), content, Now);
            statuses.Add((response.StatusCode, response.Headers.RetryAfter?.ToString()));
        }
        Assert.InRange(statuses.Count, 121, 399);
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), statuses[^1]);
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Get, "/api/v1/apps")).Status);
    }

    [Fact]
    public async Task An_address_has_so_many_connections()
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                open.Add(new TcpClient());
                await ConnectAsync(open[^1]);
            }
            var answers = await Task.WhenAll(open.Select(IsServedAsync));
            Assert.InRange(answers.Count(isServed => isServed), 1, 3);
            Assert.InRange(counted["connections tooMany"], 7, 9);
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
        for (var i = 0; i < 200; i++)
        {
            using var later = new TcpClient();
            await ConnectAsync(later);
            if (await IsServedAsync(later))
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
        Assert.Fail("no place is free again");
    }

    /// <summary>One that is refused may be reset before it is told that it is open.</summary>
    private async Task ConnectAsync(TcpClient client)
    {
        try
        {
            await client.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port, Now);
        }
        catch (SocketException)
        {
            Assert.False(client.Connected);
        }
    }

    private static async Task<bool> IsServedAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("GET /healthz/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Now);
            return await client.GetStream().ReadAsync(new byte[64], Now) > 0;
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>A service whose public address is set.</summary>
public sealed class PublicService : Service
{
    protected override IReadOnlyList<string> Settings => ["--PublicUrl=https://pay.example.com"];
}

/// <summary>Where <c>PublicUrl</c> is missing, an app says which of its channels need it.</summary>
public sealed class PublicUrlTests(Service without, PublicService with) : IClassFixture<Service>, IClassFixture<PublicService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_is_warned_of_channels_whose_platform_cannot_reach_this_installation()
    {
        await using var alipay = await Alipay.StartAsync(without.Clock, Now);
        await using var wechat = await WeChatPay.StartAsync(without.Clock, Now);
        var settings = new { channels = new { alipay = alipay.Settings(), wechat = wechat.Settings(("notifyUrl", "https://pay.example.com/x")) } };
        var (warned, told) = (await WarningsAsync(without, settings), await WarningsAsync(with, settings));
        Assert.Empty(told);
        Assert.All(warned, warning => Assert.StartsWith("channels.alipay: ", warning, StringComparison.Ordinal));
        Assert.Equal(2, warned.Count);
        Assert.Contains("PublicUrl", warned[0], StringComparison.Ordinal);
        Assert.Empty(await WarningsAsync(without, new { }));
    }

    /// <summary>What the answer to the change says, and what the app says afterwards.</summary>
    private static async Task<List<string>> WarningsAsync(Service service, object settings)
    {
        var game = await service.NewGameAsync();
        var changed = await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, settings);
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        var shown = await service.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId);
        return [.. new[] { changed.Json, shown.Json }.SelectMany(json =>
            json.TryGetProperty("warnings", out var warnings) ? warnings.EnumerateArray().Select(warning => warning.GetString()!) : [])];
    }
}
