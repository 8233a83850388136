using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>contract.md, "Finding, counting, live": POST /apps/{gameId}/probe.</summary>
public sealed class ProbeApiTests(LiveService service, ProbeApiTests.Guarded guarded) : IClassFixture<LiveService>, IClassFixture<ProbeApiTests.Guarded>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>As in production: callbacks go to the public internet only.</summary>
    public sealed class Guarded : LiveService
    {
        protected override IReadOnlyList<string> Settings => [];
    }

    [Theory]
    [InlineData("OrderApi")]
    [InlineData("H5Sdk")]
    public async Task A_receiver_that_checks_everything_passes_and_the_act_is_in_the_audit_log(string protocol)
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(protocol: protocol);
        var url = protocol == "H5Sdk" ? receiver.H5Sdk : receiver.OrderApi;
        var findings = await ProbeAsync(service, game.GameId, url.ToString());
        Assert.True(findings.Count >= 7);
        Assert.All(findings, finding => Assert.True(finding.GetProperty("isOk").GetBoolean(), finding.GetRawText()));
        Assert.All(findings, finding => Assert.NotEmpty(finding.GetProperty("step").GetString() + finding.GetProperty("text").GetString()));
        var entry = Assert.Single((await service.GetAsync($"/audit?gameId={game.GameId}&action=app.probe")).GetProperty("items").EnumerateArray());
        Assert.Equal(url.ToString(), entry.GetProperty("target").GetString());
        Assert.DoesNotContain(Secret, string.Concat(findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_takes_everything_is_found()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync();
        var findings = await ProbeAsync(service, game.GameId, receiver.Fast.ToString());
        Assert.Contains(findings, finding => !finding.GetProperty("isOk").GetBoolean() && finding.GetProperty("text").GetString()!.Contains("ACCEPTED", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"url":""}""")]
    [InlineData("""{"url":"ftp://game.example/"}""")]
    [InlineData("""{"url":"/callback"}""")]
    [InlineData("""{"url":"http://user:password@game.example/"}""")]
    public async Task What_is_no_address_is_refused(string body)
    {
        var game = await service.NewGameAsync();
        using var response = await service.RawAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/probe", body);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("url", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Where_callbacks_must_not_go_no_probe_goes()
    {
        await using var receiver = await ReceiverAsync();
        var game = await guarded.NewGameAsync();
        foreach (var url in new[] { receiver.OrderApi.ToString(), $"http://localhost:{receiver.OrderApi.Port}/", "http://169.254.169.254/latest/meta-data", "http://[::1]/" })
        {
            var (status, problem) = await guarded.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/probe", new { url });
            Assert.Equal((HttpStatusCode.BadRequest, "url"), (status, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }

        // A name is judged by what it resolves to when the connection is opened.
        var findings = await ProbeAsync(guarded, game.GameId, $"http://{Dns.GetHostName()}:{receiver.OrderApi.Port}/orderapi");
        Assert.All(findings, finding => Assert.False(finding.GetProperty("isOk").GetBoolean()));
        Assert.Empty(receiver.Ledger.Arrivals());
    }

    [Fact]
    public async Task Only_an_admin_of_the_game_may()
    {
        var game = await service.NewGameAsync();
        var (support, stranger) = (await service.NewTokenAsync("finance"), await service.NewTokenAsync("admin", [Service.NewGameId()]));
        Assert.Equal(HttpStatusCode.Forbidden, (await service.WithTokenAsync(support, HttpMethod.Post, $"/apps/{game.GameId}/probe", new { url = "http://game.example/" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(stranger, HttpMethod.Post, $"/apps/{game.GameId}/probe", new { url = "http://game.example/" })).Status);
    }

    private static Task<GameServer> ReceiverAsync() =>
        GameServer.StartAsync(new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1) }, Now);

    private static async Task<List<JsonElement>> ProbeAsync(Service service, string gameId, string url)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{gameId}/probe", new { url });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return [.. json.GetProperty("findings").EnumerateArray()];
    }
}
