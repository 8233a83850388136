using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Accounts;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Accounts;

/// <summary>contract.md, "Native API": users, openIds, points.</summary>
public sealed class AccountsApiTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_is_created_then_changed_and_what_is_absent_stays()
    {
        var path = "/api/v1/users/" + NewUid();
        var (status, json) = await service.CallAsync(HttpMethod.Put, path, new { platAccount = 1800000, userName = "测试" });
        Assert.Equal((HttpStatusCode.Created, "1800000", "测试"), (status, Text(json, "platAccount"), Text(json, "userName")));
        (status, json) = await service.CallAsync(HttpMethod.Put, path, new { userName = "改名" });
        Assert.Equal((HttpStatusCode.OK, "1800000", "改名"), (status, Text(json, "platAccount"), Text(json, "userName")));
        (status, json) = await service.CallAsync(HttpMethod.Put, path, new { });
        Assert.Equal((HttpStatusCode.OK, "1800000", "改名"), (status, Text(json, "platAccount"), Text(json, "userName")));
    }

    [Fact]
    public async Task An_openId_is_one_for_each_user_and_game_and_stays()
    {
        var (game, other) = ((await service.NewGameAsync(new { alias = "alias_" + Service.NewGameId() }, protocol: "H5Sdk")).GameId, (await service.NewGameAsync(protocol: "H5Sdk")).GameId);
        var (uid, friend) = (await NewUserAsync(), await NewUserAsync());
        var (status, first) = await OpenIdAsync(uid, game);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Matches("^[0-9a-f]{32}$", first);
        var alias = Text((await service.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game)).Json, "alias")!;
        Assert.Equal([(HttpStatusCode.OK, first), (HttpStatusCode.OK, first), (HttpStatusCode.OK, first)], [await OpenIdAsync(uid, game), await OpenIdAsync(uid, long.Parse(game)), await OpenIdAsync(uid, alias)]);
        string[] all = [first, (await OpenIdAsync(uid, other)).OpenId, (await OpenIdAsync(friend, game)).OpenId, (await OpenIdAsync(friend, other)).OpenId];
        Assert.Equal(4, all.Distinct().Count());
    }

    [Fact]
    public async Task Fifty_at_once_get_one_openId()
    {
        var game = (await service.NewGameAsync(protocol: "H5Sdk")).GameId;
        var uid = await NewUserAsync();
        var given = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => OpenIdAsync(uid, game)));
        var openId = Assert.Single(given.Select(one => one.OpenId).Distinct());
        Assert.Single(given, one => one.Status == HttpStatusCode.Created);
        Assert.True(OpenId.TryParse(openId, out var parsed));
        var login = await service.Services.GetRequiredService<Users>().FindLoginAsync(parsed, Now);
        Assert.Equal((uid, long.Parse(game)), (login!.User.Uid, login.GameId));
    }

    [Fact]
    public async Task Points_are_given_and_taken_as_decimal_text()
    {
        var path = $"/api/v1/users/{await NewUserAsync()}/points";
        Assert.Equal("""{"balance":"0"}""", (await service.CallAsync(HttpMethod.Get, path)).Json.GetRawText());
        Assert.Equal((HttpStatusCode.OK, """{"balance":"2000.5"}"""), await PostAsync(path, "2000.50", "a"));
        Assert.Equal((HttpStatusCode.OK, """{"balance":"1999"}"""), await PostAsync(path, -1.5m, "b"));
        Assert.Equal("""{"balance":"1999"}""", (await service.CallAsync(HttpMethod.Get, path)).Json.GetRawText());

        // The same again is answered as the first was; other content under the key is refused.
        Assert.Equal((HttpStatusCode.OK, """{"balance":"2000.5"}"""), await PostAsync(path, "2000.5", "a"));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(path, "2000.51", "a")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(path, "2000.5", "a", "another reason")).Status);

        var (status, body) = await PostAsync(path, "-1999.0001", "c");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("the points do not suffice: the balance is 1999", body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, """{"balance":"0"}"""), await PostAsync(path, "-1999", "c"));
    }

    [Fact]
    public async Task Who_posted_is_kept()
    {
        var uid = await NewUserAsync();
        await service.CallAsync(HttpMethod.Post, $"/api/v1/users/{uid}/points", new { amount = "1", reason = "gift", idempotencyKey = "k" }, ("X-Actor", "li.wei"));
        var store = service.Services.GetRequiredService<Database>();
        var kept = await store.ReadAsync(transaction => transaction.QueryAsync("SELECT actor, reason FROM points_postings WHERE uid = $1", row => (row.GetString(0), row.GetString(1)), uid), Now);
        Assert.Equal(("li.wei", "gift"), Assert.Single(kept));
    }

    [Theory]
    [InlineData("PUT", "", "{\"platAccount\":\"\"}", 400)]
    [InlineData("PUT", "", "{\"platAccount\":[1]}", 400)]
    [InlineData("PUT", "", "{\"platAccount\":true}", 400)]
    [InlineData("PUT", "", "{\"userName\":1}", 400)]
    [InlineData("PUT", "", "{\"userName\":\"a\\u0000\"}", 400)]
    [InlineData("PUT", "", "{\"unknown\":1}", 400)]
    [InlineData("PUT", "", "[]", 400)]
    [InlineData("PUT", "", "", 400)]
    [InlineData("POST", "/openids", "{}", 400)]
    [InlineData("POST", "/openids", "{\"gameId\":\"nobody\"}", 400)]
    [InlineData("POST", "/openids", "{\"gameId\":9999999999}", 400)]
    [InlineData("POST", "/points", "{}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"0\",\"reason\":\"r\",\"idempotencyKey\":\"k\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"-0\",\"reason\":\"r\",\"idempotencyKey\":\"k\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"1e2\",\"reason\":\"r\",\"idempotencyKey\":\"k\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":null,\"reason\":\"r\",\"idempotencyKey\":\"k\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"1\",\"reason\":\"\",\"idempotencyKey\":\"k\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"1\",\"reason\":\"r\"}", 400)]
    [InlineData("POST", "/points", "{\"amount\":\"1\",\"reason\":\"r\",\"idempotencyKey\":\"\"}", 400)]
    [InlineData("POST", "/nothing", "{}", 404)]
    public async Task What_is_malformed_is_a_problem_and_does_nothing(string method, string under, string body, int status)
    {
        var uid = await NewUserAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/users/{uid}{under}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", Service.Token);
        using var response = await service.Http.SendAsync(request, Now);
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("""{"balance":"0"}""", (await service.CallAsync(HttpMethod.Get, $"/api/v1/users/{uid}/points")).Json.GetRawText());
    }

    [Fact]
    public async Task An_unknown_user_is_not_found_and_a_uid_is_bounded()
    {
        var game = (await service.NewGameAsync(protocol: "H5Sdk")).GameId;
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Get, "/api/v1/users/nobody/points")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Post, "/api/v1/users/nobody/points", new { amount = "1", reason = "r", idempotencyKey = "k" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Post, "/api/v1/users/nobody/openids", new { gameId = game })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(HttpMethod.Put, "/api/v1/users/" + new string('u', 129), new { })).Status);
        Assert.Equal(HttpStatusCode.Created, (await service.CallAsync(HttpMethod.Put, "/api/v1/users/" + Uri.EscapeDataString("玩家/" + NewUid()), new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Get, "/api/v1/users/nobody%0Aelse/points")).Status);
    }

    private static string NewUid() => "u" + Service.NewGameId();

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private async Task<string> NewUserAsync()
    {
        var uid = NewUid();
        Assert.Equal(HttpStatusCode.Created, (await service.CallAsync(HttpMethod.Put, "/api/v1/users/" + uid, new { platAccount = "1800000", userName = "测试" })).Status);
        return uid;
    }

    private async Task<(HttpStatusCode Status, string OpenId)> OpenIdAsync(string uid, object gameId)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/users/{uid}/openids", new { gameId });
        return (status, Text(json, "openId")!);
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, object amount, string idempotencyKey, string reason = "top-up")
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, path, new { amount, reason, idempotencyKey });
        return (status, json.GetRawText());
    }
}
