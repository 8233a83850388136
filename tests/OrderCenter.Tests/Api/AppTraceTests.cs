using System.Net;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Who changed an app, and what; and what of it will not work here.</summary>
public sealed class AppTraceTests(AppTraceTests.Logging service) : IClassFixture<AppTraceTests.Logging>
{
    public sealed class Logging : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Logging:LogLevel:OrderCenter.Api.AppsApi=Information"];
    }

    private static readonly (string, string) Actor = ("X-Actor", "wang.li");

    [Fact]
    public async Task A_change_and_a_rotation_are_logged_with_who_and_what_and_nothing_secret()
    {
        using var log = new LogCapture(service.Services);
        var id = Service.NewGameId();
        await PutAsync(id, """
            {"name":"n","protocol":"OrderApi","secret":"a-secret-that-nobody-sees-1","callbackUrl":"https://a.example/cb","channels":{"apple":{"bundleId":"b","sharedSecret":"shared-and-hidden"}}}
            """);
        await PutAsync(id, """{"name":"two\nlines","callbackUrl":null,"channels":{"apple":{"bundleId":"c","sharedSecret":"another-hidden"}}}""");
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{id}/secrets", new { secret = "a-secret-that-nobody-sees-2", previousValidSeconds = 60 }, Actor);
        await PutAsync(id, """{"name":"two\nlines"}""");

        var lines = log.Lines.Where(line => line.StartsWith($"app {id} ", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                $"app {id} created by wang.li: name \"n\", protocol \"OrderApi\", callbackUrl \"https://a.example/cb\", channels.apple.bundleId \"b\", channels.apple.sharedSecret ***, secret new, 0 older ones still valid",
                $"app {id} changed by wang.li: name \"n\" -> \"two\\nlines\", callbackUrl \"https://a.example/cb\" -> none, channels.apple.bundleId \"b\" -> \"c\", channels.apple.sharedSecret *** -> ***",
                $"app {id} changed by wang.li: secret new, 1 older ones still valid",
                $"app {id} changed by wang.li: nothing",
            ],
            lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("hidden", StringComparison.Ordinal) || line.Contains("nobody-sees", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_that_is_refused_is_not_logged_as_one()
    {
        using var log = new LogCapture(service.Services);
        var id = Service.NewGameId();
        await PutAsync(id, """{"name":"n","protocol":"None"}""");
        Assert.DoesNotContain(log.Lines, line => line.StartsWith($"app {id} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/cb", true)]
    [InlineData("http://[::1]/cb", true)]
    [InlineData("http://[::ffff:10.0.0.1]/cb", true)]
    [InlineData("https://10.1.2.3/cb", true)]
    [InlineData("http://169.254.169.254/latest", true)]
    [InlineData("http://localhost:8080/cb", true)]
    [InlineData("http://LOCALHOST./cb", true)]
    [InlineData("http://game.localhost/cb", true)]
    [InlineData("https://8.8.8.8/cb", false)]
    [InlineData("https://cb.example.com/cb", false)]
    [InlineData("http://192.168.7.7/cb", false)]
    public async Task An_address_that_is_never_called_is_taken_with_a_warning(string url, bool isBlocked)
    {
        var (status, json) = await PutAsync(Service.NewGameId(), $$"""{"name":"n","protocol":"OrderApi","callbackUrl":"{{url}}","callback":{"allowedNetworks":["192.168.7.0/24"]} }""");
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(isBlocked, json.TryGetProperty("warnings", out var warnings));
        if (isBlocked)
        {
            Assert.StartsWith("callbackUrl: ", Assert.Single(warnings.EnumerateArray()).GetString(), StringComparison.Ordinal);
            Assert.Contains("allowedNetworks", warnings[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_orders_own_address_is_warned_of_too()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId);
        order["notifyUrl"] = "http://127.0.0.1:9/cb";
        var (_, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", order);
        Assert.StartsWith("notifyUrl: ", Assert.Single(json.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        order["notifyUrl"] = "https://cb.example.com/";
        (_, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", order);
        Assert.False(json.TryGetProperty("warnings", out _));
    }

    [Theory]
    [InlineData("2026-11-21T08:00:00+08:00")]
    [InlineData("2026-11-21T08:00:00%2B08:00")]
    [InlineData("2026-11-20T19:00:00-05:00")]
    [InlineData("2026-11-21T00:00:00.000+00:00")]
    public async Task A_bare_plus_before_an_offset_is_understood(string from)
    {
        var game = await service.NewGameAsync();
        await service.CreateAsync(Native.NewOrder(game.GameId));
        Assert.Single((await service.GetAsync($"/orders?gameId={game.GameId}&from={from}")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("2026-11-21 08:00:00")]
    [InlineData("2026-11-21T08:00:00 08")]
    [InlineData("yesterday 08:00")]
    public async Task What_is_no_time_is_told_how_a_plus_is_written(string from)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?from=" + from.Replace(' ', '+'));
        Assert.Contains("%2B", (await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> PutAsync(long id, string json) => service.JsonAsync(HttpMethod.Put, "/api/v1/apps/" + id, json, Actor);
}
