using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": <c>PUT /apps/{gameId}</c>: what a change does, and that a refused one does nothing.</summary>
public sealed class AppsTests(Service service) : IClassFixture<Service>
{
    private static readonly HttpMethod Put = HttpMethod.Put;

    [Fact]
    public async Task An_app_is_created_once_and_changed_from_then_on()
    {
        var path = "/api/v1/apps/" + Service.NewGameId();
        var (created, first) = await service.JsonAsync(Put, path, """{"name":"游戏","protocol":"OrderApi","callbackUrl":"https://a.example/cb","testers":["t1"]}""");
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var (changed, second) = await service.JsonAsync(Put, path, """{"name":"other"}""");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created, changed));
        Assert.Equal(("游戏", "other"), (first.GetProperty("name").GetString(), second.GetProperty("name").GetString()));
        Assert.Equal(("OrderApi", "https://a.example/cb", """["t1"]"""), (second.GetProperty("protocol").GetString(), second.GetProperty("callbackUrl").GetString(), second.GetProperty("testers").GetRawText()));
        Assert.Equal(first.GetProperty("createdAt").GetString(), second.GetProperty("createdAt").GetString());
        Assert.NotEqual(first.GetProperty("updatedAt").GetString(), second.GetProperty("updatedAt").GetString());
        Assert.EndsWith("Z", second.GetProperty("updatedAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(second.GetRawText(), (await service.CallAsync(HttpMethod.Get, path)).Json.GetRawText());
    }

    [Fact]
    public async Task An_absent_field_keeps_its_value_null_resets_it_and_objects_are_merged()
    {
        var id = Service.NewGameId();
        var path = "/api/v1/apps/" + id;
        await service.JsonAsync(Put, path, """
            {"name":"n","protocol":"OrderApi","secret":"secret number 1.","timeWindowSeconds":60,"latePayment":"hold","callback":{"retrySeconds":[0,1.5],"timeoutSeconds":9,"format":"json"},
             "channels":{"google":{"packageName":"a"},"apple":{"bundleId":"b","environment":"Sandbox"}}}
            """);
        var (status, json) = await service.JsonAsync(Put, path, """
            {"timeWindowSeconds":null,"callback":{"timeoutSeconds":null,"maxConcurrency":7},"channels":{"google":null,"apple":{"bundleId":"c"}}}
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(json.TryGetProperty("timeWindowSeconds", out _));
        Assert.Equal("""{"retrySeconds":[0,1.5],"format":"json","maxConcurrency":7}""", json.GetProperty("callback").GetRawText());
        Assert.Equal("""{"apple":{"bundleId":"c","environment":"Sandbox"}}""", json.GetProperty("channels").GetRawText());
        var app = service.Services.GetRequiredService<AppCatalog>().Find(id)!;
        Assert.Equal((300, 5, 7, "secret number 1."), (app.TimeWindowSeconds, app.Callback.TimeoutSeconds, app.Callback.MaxConcurrency, app.Secrets.Single().Value.Reveal()));
        Assert.Equal([0, 1500], app.Callback.RetryMs!);
    }

    public static TheoryData<string> Good() =>
    [
        $$"""{"name":"{{new string('n', 256)}}"}""", """{"alias":"youximao_test_2.x-UNIQUE"}""", """{"alias":null}""",
        $$"""{"callbackUrl":"http://h/{{new string('p', 2048 - 9)}}"}""", """{"callbackUrl":"https://[::1]:8443/a?b=c"}""",
        """{"timeWindowSeconds":1}""", """{"timeWindowSeconds":86400}""", """{"allowedIps":[]}""", """{"allowedIps":["10.0.0.0/8","192.0.2.7","2001:db8::/32","::1","0.0.0.0/0"]}""",
        """{"callback":{}}""", """{"callback":{"retrySeconds":[0]}}""", $$"""{"callback":{"retrySeconds":[{{string.Join(',', Enumerable.Repeat("2592000", 200))}}] } }""", """{"callback":{"retrySeconds":[0.001,1.50,2e1]}}""",
        """{"callback":{"timeoutSeconds":1,"maxConcurrency":1,"format":"form"}}""", """{"callback":{"timeoutSeconds":60,"maxConcurrency":1000,"format":"json"}}""",
        """{"orderIdRandomDigits":6}""", """{"orderIdRandomDigits":16}""", """{"testers":[]}""", $$"""{"testers":["{{new string('t', 256)}}"]}""",
        """{"latePayment":"deliver"}""", """{"latePayment":"hold"}""", """{"unpaidExpiresMinutes":1}""", """{"unpaidExpiresMinutes":525600}""",
        """{"amountMeans":"money"}""", """{"amountMeans":"quantity"}""", """{"cardSignature":"nested"}""", """{"cardSignature":"string"}""",
        """{"checkPrice":true,"allowSandbox":true,"strictValues":true,"disabled":true}""", """{"checkPrice":null,"allowSandbox":false,"disabled":null}""", """{"channels":{}}""", """{"channels":null}""",
        """{"s\u0065cret":"an escaped name."}""", $$"""{"secret":"{{new string('s', 256)}}"}""", """{"secret":"密钥 with blanks in it"}""", "{}",
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Every_field_takes_its_bounds(string patch)
    {
        var id = Service.NewGameId();
        await service.JsonAsync(Put, $"/api/v1/apps/{id}", """{"name":"n","protocol":"OrderApi"}""");
        var (status, json) = await service.JsonAsync(Put, $"/api/v1/apps/{id}", patch.Replace("UNIQUE", id.ToString(), StringComparison.Ordinal));
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        Assert.False(json.TryGetProperty("secret", out _));
    }

    public static TheoryData<string, string> Bad() => new()
    {
        { "name", """{"name":""}""" }, { "name", $$"""{"name":"{{new string('n', 257)}}"}""" }, { "name", """{"name":null}""" }, { "name", """{"name":5}""" }, { "name", """{"name":["x"]}""" },
        { "alias", """{"alias":""}""" }, { "alias", """{"alias":"1abc"}""" }, { "alias", $$"""{"alias":"{{new string('a', 65)}}"}""" }, { "alias", """{"alias":"a b"}""" }, { "alias", """{"alias":"é"}""" },
        { "alias", """{"alias":"abc\n"}""" }, { "alias", """{"alias":7}""" },
        { "protocol", """{"protocol":"Nope"}""" }, { "protocol", """{"protocol":null}""" }, { "protocol", """{"protocol":"orderapi"}""" },
        { "callbackUrl", """{"callbackUrl":"ftp://h/x"}""" }, { "callbackUrl", """{"callbackUrl":"/relative"}""" }, { "callbackUrl", """{"callbackUrl":""}""" }, { "callbackUrl", """{"callbackUrl":"http://user:pw@h/"}""" },
        { "callbackUrl", $$"""{"callbackUrl":"http://h/{{new string('p', 2048 - 8)}}"}""" }, { "callbackUrl", """{"callbackUrl":"javascript:alert(1)"}""" }, { "callbackUrl", """{"callbackUrl":"http://"}""" },
        { "timeWindowSeconds", """{"timeWindowSeconds":0}""" }, { "timeWindowSeconds", """{"timeWindowSeconds":86401}""" }, { "timeWindowSeconds", """{"timeWindowSeconds":1.5}""" },
        { "timeWindowSeconds", """{"timeWindowSeconds":"300"}""" }, { "timeWindowSeconds", """{"timeWindowSeconds":1e400}""" }, { "timeWindowSeconds", """{"timeWindowSeconds":99999999999}""" },
        { "allowedIps", """{"allowedIps":"10.0.0.0/8"}""" }, { "allowedIps", """{"allowedIps":["x"]}""" }, { "allowedIps", """{"allowedIps":["10.0.0.0/33"]}""" },
        { "allowedIps", """{"allowedIps":[null]}""" }, { "allowedIps", """{"allowedIps":[7]}""" }, { "allowedIps", """{"allowedIps":["10.0.0"]}""" }, { "allowedIps", """{"allowedIps":["010.0.0.1"]}""" },
        { "allowedIps", """{"allowedIps":["2130706433"]}""" }, { "allowedIps", $$"""{"allowedIps":[{{string.Join(',', Enumerable.Repeat("\"10.0.0.1\"", 1001))}}]}""" },
        { "callback", """{"callback":5}""" }, { "callback", """{"callback":[]}""" }, { "nonsense", """{"callback":{"nonsense":1}}""" },
        { "callback.retrySeconds", """{"callback":{"retrySeconds":[]}}""" }, { "callback.retrySeconds", $$"""{"callback":{"retrySeconds":[{{string.Join(',', Enumerable.Repeat("1", 201))}}] } }""" },
        { "callback.retrySeconds", """{"callback":{"retrySeconds":[-1]}}""" }, { "callback.retrySeconds", """{"callback":{"retrySeconds":[2592000.001]}}""" }, { "callback.retrySeconds", """{"callback":{"retrySeconds":[0.0001]}}""" },
        { "callback.retrySeconds", """{"callback":{"retrySeconds":["1"]}}""" }, { "callback.retrySeconds", """{"callback":{"retrySeconds":[null]}}""" }, { "callback.retrySeconds", """{"callback":{"retrySeconds":[1e300]}}""" },
        { "callback.retrySeconds", """{"callback":{"retrySeconds":{}}}""" },
        { "callback.timeoutSeconds", """{"callback":{"timeoutSeconds":0}}""" }, { "callback.timeoutSeconds", """{"callback":{"timeoutSeconds":61}}""" },
        { "callback.maxConcurrency", """{"callback":{"maxConcurrency":0}}""" }, { "callback.maxConcurrency", """{"callback":{"maxConcurrency":1001}}""" },
        { "callback.format", """{"callback":{"format":"xml"}}""" }, { "callback.format", """{"callback":{"format":"Form"}}""" }, { "callback.format", """{"callback":{"format":"0"}}""" },
        { "orderIdRandomDigits", """{"orderIdRandomDigits":5}""" }, { "orderIdRandomDigits", """{"orderIdRandomDigits":17}""" },
        { "testers", """{"testers":[""]}""" }, { "testers", """{"testers":[null]}""" }, { "testers", $$"""{"testers":["{{new string('t', 257)}}"]}""" }, { "testers", $$"""{"testers":[{{string.Join(',', Enumerable.Repeat("\"t\"", 1001))}}]}""" },
        { "testers", """{"testers":"t"}""" },
        { "latePayment", """{"latePayment":"Deliver"}""" }, { "latePayment", """{"latePayment":"keep"}""" }, { "latePayment", """{"latePayment":0}""" }, { "latePayment", """{"latePayment":"1"}""" }, { "latePayment", """{"latePayment":""}""" },
        { "unpaidExpiresMinutes", """{"unpaidExpiresMinutes":0}""" }, { "unpaidExpiresMinutes", """{"unpaidExpiresMinutes":525601}""" },
        { "amountMeans", """{"amountMeans":"Money"}""" }, { "cardSignature", """{"cardSignature":"both"}""" },
        { "checkPrice", """{"checkPrice":"true"}""" }, { "allowSandbox", """{"allowSandbox":1}""" }, { "disabled", """{"disabled":"no"}""" },
        { "channels", """{"channels":5}""" }, { "channels", """{"channels":[]}""" }, { "channels.nope", """{"channels":{"nope":{}}}""" }, { "channels.google", """{"channels":{"google":5}}""" },
        { "channels.google", """{"channels":{"google":{"packageName":"x","nonsense":1}}}""" }, { "channels.apple", """{"channels":{"apple":{"bundleId":"b","environment":"Prod"}}}""" },
        { "channels.apple", """{"channels":{"apple":{"bundleId":"b","privateKey":"not a key"}}}""" }, { "channels.google", """{"channels":{"google":{"packageName":"x","apiBase":"ftp://x"}}}""" },
        { "secret", """{"secret":""}""" }, { "secret", """{"secret":null}""" }, { "secret", """{"secret":5}""" }, { "secret", $$"""{"secret":"{{new string('s', 257)}}"}""" }, { "secret", """{"secret":"0123456789abcde\u0000"}""" }, { "secret", """{"secret":"0123456789abcde"}""" }, { "secret", """{"secret":"0123456789abcd\nb"}""" },
        { "nonsense", """{"nonsense":1}""" }, { "nonsense", """{"name":"changed","nonsense":"x"}""" }, { "Name", """{"Name":"x"}""" }, { "gameId", """{"gameId":1}""" },
        { "nonsense", """{"nonsense":null}""" }, { "nonsense", """{"callback":{"nonsense":null}}""" },
        { "", """{"name":"a","name":"b"}""" }, { "", """{"callback":{"format":"form","format":"json"}}""" }, { "", """{"name":"a","n\u0061me":"b"}""" }, { "", """{"channels":{"google":{"packageName":"a","packageName":"b"}}}""" },
        { "", "null" }, { "", "[]" }, { "", "5" }, { "", "\"x\"" }, { "", "" }, { "", "{" }, { "", """{"name":"a"} x""" }, { "", """{"name":"a",}""" }, { "", """{/*c*/"name":"a"}""" }, { "", """{name:"a"}""" },
        { "", "{\"name\":\"half \\ud800\"}" }, { "", "{\"secret\":\"half \\ud800\"}" }, { "", "{\"half \\ud800\":1}" }, { "", "{\"testers\":[\"\\udc00\"]}" }, { "", "{\"channels\":{\"google\":{\"packageName\":\"\\udc00\"}}}" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_refused_change_names_the_field_and_changes_nothing(string field, string patch)
    {
        var game = await service.NewGameAsync();
        var path = "/api/v1/apps/" + game.GameId;
        await service.CallAsync(Put, path, new { alias = "a" + game.GameId });
        var before = (await service.CallAsync(HttpMethod.Get, path)).Json.GetRawText();
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));

        using var response = await service.RawAsync(Put, path, patch);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(before, (await service.CallAsync(HttpMethod.Get, path)).Json.GetRawText());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        var game = await service.NewGameAsync();
        foreach (var body in new byte[][] { [.. "{\"name\":\""u8, 0xff, .. "\"}"u8], [.. "{\"secret\":\""u8, 0xc3, .. "\"}"u8], [.. "{\""u8, 0xfe, .. "\":1}"u8], [0xff, 0xfe, 0x7b, 0, 0x7d, 0] })
        {
            using var response = await service.RawAsync(Put, "/api/v1/apps/" + game.GameId, body);
            await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var (status, json) = await service.JsonAsync(Put, "/api/v1/apps/" + Service.NewGameId(), """{"name":"","protocol":"x","timeWindowSeconds":0,"channels":{"google":{}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["name", "protocol", "timeWindowSeconds", "channels.google"], json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!));
        Assert.All(json.GetProperty("errors").EnumerateArray(), error => Assert.NotEmpty(error.GetProperty("allowed").GetString()!));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("01001")]
    [InlineData("-1")]
    [InlineData("10000000000")]
    [InlineData("1e3")]
    [InlineData("no-such-alias")]
    [InlineData("１００１")]
    public async Task A_game_number_has_one_spelling(string gameId)
    {
        using var response = await service.RawAsync(Put, "/api/v1/apps/" + Uri.EscapeDataString(gameId), """{"name":"n","protocol":"OrderApi"}""");
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_largest_game_number_works_in_orders()
    {
        var (status, _) = await service.JsonAsync(Put, "/api/v1/apps/9999999998", """{"name":"n","protocol":"OrderApi","orderIdRandomDigits":16}""");
        Assert.Equal(HttpStatusCode.Created, status);
        var id = await service.CreateAsync(Native.NewOrder("9999999998"));
        Assert.Equal(36, id.Length);
        Assert.Equal(id, (await service.OrderAsync(id)).GetProperty("orderId").GetString());
    }

    [Fact]
    public async Task An_alias_names_one_app_everywhere()
    {
        var (one, two) = (await service.NewGameAsync(), await service.NewGameAsync());
        var alias = "alias_" + one.GameId;
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(Put, "/api/v1/apps/" + one.GameId, new { alias })).Status);
        var (taken, json) = await service.CallAsync(Put, "/api/v1/apps/" + two.GameId, new { alias });
        Assert.Equal((HttpStatusCode.BadRequest, "alias"), (taken, json.GetProperty("errors")[0].GetProperty("field").GetString()));

        Assert.Equal(one.GameId, (await service.GetAsync("/apps/" + alias)).GetProperty("gameId").GetRawText());
        Assert.Equal("renamed", (await service.CallAsync(Put, "/api/v1/apps/" + alias, new { name = "renamed" })).Json.GetProperty("name").GetString());
        var id = await service.CreateAsync(Native.NewOrder(alias));
        Assert.Equal(one.GameId, (await service.OrderAsync(id)).GetProperty("gameId").GetRawText());

        await service.CallAsync(Put, "/api/v1/apps/" + one.GameId, JsonDocument.Parse("""{"alias":null}""").RootElement);
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(Put, "/api/v1/apps/" + two.GameId, new { alias })).Status);
        Assert.Equal(two.GameId, (await service.GetAsync("/apps/" + alias)).GetProperty("gameId").GetRawText());
    }

    [Fact]
    public async Task Of_apps_that_ask_for_one_alias_at_once_one_gets_it_and_the_others_are_told()
    {
        for (var round = 0; round < 4; round++)
        {
            var games = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                games.Add((await service.NewGameAsync()).GameId);
            }
            var answers = await Task.WhenAll(games.Select(game => service.CallAsync(Put, "/api/v1/apps/" + game, new { alias = "race_" + games[0] })));
            Assert.Equal([200, 400, 400, 400], answers.Select(answer => (int)answer.Status).Order());
        }
    }

    [Fact]
    public async Task Changes_at_once_are_all_kept_and_new_apps_are_seen_at_once()
    {
        // Changes of one app race for its version; the apps made meanwhile must not be forgotten by the one that lost and read all apps again.
        for (var round = 0; round < 4; round++)
        {
            var game = await service.NewGameAsync();
            string[] patches = ["""{"timeWindowSeconds":77}""", """{"latePayment":"hold"}""", """{"unpaidExpiresMinutes":9}""", """{"checkPrice":true}""", """{"callback":{"timeoutSeconds":8}}""", """{"callback":{"maxConcurrency":8}}"""];
            var fresh = Enumerable.Range(0, 6).Select(_ => Service.NewGameId()).ToList();
            var changes = patches.Select(patch => service.JsonAsync(Put, "/api/v1/apps/" + game.GameId, patch)).ToList();
            var creates = fresh.Select(id => service.JsonAsync(Put, "/api/v1/apps/" + id, """{"name":"new","protocol":"OrderApi"}""")).ToList();
            Assert.All(await Task.WhenAll(changes), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            Assert.All(await Task.WhenAll(creates), answer => Assert.Equal(HttpStatusCode.Created, answer.Status));

            var app = await service.GetAsync("/apps/" + game.GameId);
            Assert.Equal(("77", "hold", "9", true), (app.GetProperty("timeWindowSeconds").GetRawText(), app.GetProperty("latePayment").GetString(), app.GetProperty("unpaidExpiresMinutes").GetRawText(), app.GetProperty("checkPrice").GetBoolean()));
            Assert.Equal((8, 8), (app.GetProperty("callback").GetProperty("timeoutSeconds").GetInt32(), app.GetProperty("callback").GetProperty("maxConcurrency").GetInt32()));
            foreach (var id in fresh)
            {
                Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Get, "/api/v1/apps/" + id)).Status);
            }
        }
    }

    [Fact]
    public async Task A_load_that_overlaps_a_change_does_not_take_it_back()
    {
        // A change that lost its race loads all apps; what others commit between that read and its end must stay.
        var apps = service.Services.GetRequiredService<AppCatalog>();
        using var end = new CancellationTokenSource();
        var loads = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await apps.LoadAsync(CancellationToken.None);
            }
        })).ToList();
        var lost = 0;
        for (var i = 0; i < 60; i++)
        {
            var id = Service.NewGameId();
            var (status, _) = await service.JsonAsync(Put, "/api/v1/apps/" + id, """{"name":"new","protocol":"OrderApi"}""");
            Assert.Equal(HttpStatusCode.Created, status);
            lost += apps.Find(id) is null ? 1 : 0;
        }
        await end.CancelAsync();
        await Task.WhenAll(loads);
        Assert.Equal(0, lost);
    }

    [Fact]
    public async Task The_list_of_apps_is_paged_newest_first_without_loss_or_duplicates()
    {
        for (var i = 0; i < 5; i++)
        {
            await service.NewGameAsync();
        }
        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await service.GetAsync("/apps?limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            Assert.True(page.GetProperty("items").GetArrayLength() <= 2);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(app => app.GetProperty("gameId").GetInt64()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        var all = service.Services.GetRequiredService<AppCatalog>().All;
        Assert.Equal(all.OrderByDescending(entry => entry.CreatedMs).ThenByDescending(entry => entry.App.GameId).Select(entry => entry.App.GameId), seen);
    }

    [Fact]
    public async Task A_list_refuses_the_cursor_of_another_list()
    {
        var game = await service.NewGameAsync();
        await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.CreateAsync(Native.NewOrder(game.GameId));
        var orders = (await service.GetAsync("/orders?limit=1")).GetProperty("nextCursor").GetString();
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/apps?cursor=" + orders);
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.BadRequest });
    }
}
