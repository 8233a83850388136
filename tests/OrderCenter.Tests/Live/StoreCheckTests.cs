using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>POST /apps/{gameId}/channels/{channel}/test: each store is asked as it is in use, and says what is wrong.</summary>
public sealed class StoreCheckTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alipay_and_WeChat_know_nothing_of_an_invented_order_which_proves_that_they_accept_the_settings()
    {
        await using var alipay = await Alipay.StartAsync(service.Clock, Now);
        await using var wechat = await WeChatPay.StartAsync(service.Clock, Now);
        var game = await service.NewGameAsync(new { channels = new { alipay = alipay.Settings(), wechat = wechat.Settings() } });
        Assert.Equal("accepted", (await TestAsync(game.GameId, "alipay")).Verdict);
        Assert.Equal("accepted", (await TestAsync(game.GameId, "wechat")).Verdict);
        var audit = (await service.GetAsync($"/audit?gameId={game.GameId}&action=app.channel-test")).GetProperty("items").EnumerateArray();
        Assert.Equal(["wechat", "alipay"], audit.Select(entry => entry.GetProperty("target").GetString()!));

        // Another key than the merchant's.
        using var key = RSA.Create(2048);
        var (status, json) = await service.CallAsync(
            HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = alipay.Settings(("privateKey", key.ExportPkcs8PrivateKeyPem())) } });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        var (verdict, reason) = await TestAsync(game.GameId, "alipay");
        Assert.Equal("refused", verdict);
        Assert.Contains("Alipay", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Google_and_Apple_are_asked_for_their_events()
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        await using var apple = await AppStoreServer.StartAsync(service.Apple, service.Clock, Service.AppleBundle);
        var game = await service.NewGameAsync(new { channels = new { google = JsonDocument.Parse(google.Settings()).RootElement, apple = JsonDocument.Parse(apple.Settings()).RootElement } });
        Assert.Equal("accepted", (await TestAsync(game.GameId, "google")).Verdict);
        Assert.Equal("accepted", (await TestAsync(game.GameId, "apple")).Verdict);
    }

    [Fact]
    public async Task A_store_that_only_signs_is_not_asked_and_one_that_is_not_there_is_named()
    {
        var game = await service.NewGameAsync();
        Assert.Equal(("notAsked", null), await TestAsync(game.GameId, "google"));
        Assert.Equal(("notAsked", null), await TestAsync(game.GameId, "apple"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var api = new { bundleId = Service.AppleBundle, issuerId = "57246542-96fe-1a63-e053-0824d011072a", keyId = "2X9R4HXF34", privateKey = key.ExportPkcs8PrivateKeyPem(), apiBase = "http://127.0.0.1:9/" };
        var (status, json) = await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { apple = api } });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        var (verdict, reason) = await TestAsync(game.GameId, "apple");
        Assert.Equal("refused", verdict);
        Assert.Contains("App Store", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_channel_of_the_app_is_not_found_and_only_an_admin_may_ask()
    {
        var game = await service.NewGameAsync();
        foreach (var (path, token, expected) in new[]
        {
            ($"/apps/{game.GameId}/channels/wechat/test", null, HttpStatusCode.NotFound), ($"/apps/{game.GameId}/channels/nonsense/test", null, HttpStatusCode.NotFound),
            ("/apps/9999999999/channels/google/test", null, HttpStatusCode.NotFound), ($"/apps/{game.GameId}/channels/google/test", await service.NewTokenAsync("finance"), HttpStatusCode.Forbidden),
        })
        {
            var (status, _) = token is null ? await service.CallAsync(HttpMethod.Post, "/api/v1" + path, new { }) : await service.WithTokenAsync(token, HttpMethod.Post, path, new { });
            Assert.Equal((path, expected), (path, status));
        }
    }

    private async Task<(string? Verdict, string? Reason)> TestAsync(string gameId, string channel)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{gameId}/channels/{channel}/test", new { });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return (json.GetProperty("verdict").GetString(), json.GetProperty("reason") is { ValueKind: JsonValueKind.String } reason ? reason.GetString() : null);
    }
}
