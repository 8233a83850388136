using System.Net;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §2, "Login check".</summary>
public sealed class LoginTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_is_answered_as_the_source_shows_it()
    {
        var alias = "youximao_test_" + Service.NewGameId();
        var game = await service.NewH5GameAsync(new { alias });
        var player = await service.NewPlayerAsync(game.GameId);
        using var form = new FormUrlEncodedContent([new("openId", player.OpenId)]);
        using var response = await service.Http.PostAsync(new Uri("/cp/getUserByOpenId", UriKind.Relative), form, Now);
        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal(
            $$$"""{"code":"000","message":"success","data":{"platAccount":"1800000","userName":"测试","gameId":"{{{alias}}}","openId":"{{{player.OpenId}}}","uid":"{{{player.Uid}}}"}}""",
            await response.Content.ReadAsStringAsync(Now));
    }

    [Fact]
    public async Task Without_an_alias_the_game_is_its_number_and_json_is_the_same()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId);
        var reply = await game.PostJsonAsync("getUserByOpenId", new(StringComparer.Ordinal) { ["openId"] = player.OpenId, ["unknown"] = "ignored" }, Now);
        Assert.Equal(("000", game.GameId), (reply.Code, reply.Data.GetProperty("gameId").GetString()));
    }

    [Theory]
    [InlineData(null, "100", "openId is missing")]
    [InlineData("", "100", "openId is missing")]
    [InlineData("abc", "100", "openId must be 32 lower-case hex digits")]
    [InlineData("4B5AE0D18F45682AA9758668EE156140", "100", "openId must be 32 lower-case hex digits")]
    [InlineData("4b5saetd18f45682aa9758668ee15614", "100", "openId must be 32 lower-case hex digits")]
    [InlineData("00000000000000000000000000000000", "101", "the openId is unknown")]
    public async Task What_is_no_openId_is_100_and_nobodys_is_101(string? openId, string code, string message)
    {
        var game = await service.NewH5GameAsync();
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (openId is not null)
        {
            fields["openId"] = openId;
        }
        var reply = await game.PostAsync("getUserByOpenId", fields, Now);
        Assert.Equal((200, code, message, "\"\""), (reply.HttpStatus, reply.Code, reply.Message, Given.Json(reply.Data)));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("protocol")]
    [InlineData("allowedIps")]
    public async Task An_app_that_the_caller_may_not_speak_for_is_102(string change)
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId);
        object patch = change switch
        {
            "disabled" => new { disabled = true },
            "protocol" => new { protocol = "OrderApi" },
            _ => new { allowedIps = new[] { "203.0.113.7" } },
        };
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, patch)).Status);
        Assert.Equal("102", (await game.GetUserByOpenIdAsync(player.OpenId, Now)).Code);
        Assert.Equal("102", (await game.CreateOrderAsync(game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl), Now)).Code);
    }

    [Theory]
    [InlineData("getUserByOpenId")]
    [InlineData("createOrder")]
    public async Task Other_methods_are_refused(string endpoint)
    {
        using var response = await service.Http.GetAsync(new Uri("/cp/" + endpoint, UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}

/// <summary>A service that lets an app make three requests a second.</summary>
public sealed class LimitedService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Limits:RequestsPerSecondPerApp=3"];
}

public sealed class RateTests(LimitedService service) : IClassFixture<LimitedService>
{
    [Fact]
    public async Task Too_many_requests_are_told_to_come_again_in_the_protocols_shape()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId);
        foreach (var endpoint in new[] { "getUserByOpenId", "createOrder" })
        {
            var order = game.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl);
            order["sign"] = GameSigning.H5Sdk(order, Given.Secret);
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
            {
                using var form = new FormUrlEncodedContent(order);
                using var response = await service.Http.PostAsync(new Uri("/cp/" + endpoint, UriKind.Relative), form, TestContext.Current.CancellationToken);
                return (response.StatusCode, response.Headers.RetryAfter?.ToString(), await response.Content.ReadAsStringAsync());
            }));
            Assert.Contains(
                (HttpStatusCode.TooManyRequests, "1", """{"code":"300","message":"too many requests of this app; try again in a second","data":""}"""), answers);
        }
    }
}
