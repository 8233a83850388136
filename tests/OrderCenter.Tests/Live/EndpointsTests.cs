using System.Globalization;
using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Callbacks.Endpoints;
using OrderCenter.OpenWork;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Callbacks;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>contract.md, "Finding, counting, live": GET /endpoints, as failing receivers make them.</summary>
public sealed class EndpointsTests(DeliveryTests.Delivering service) : IClassFixture<DeliveryTests.Delivering>
{
    private const string Secret = "B8899E2039DF87E2";
    private const long MinuteMs = 60_000;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_waits_and_is_counted_and_what_works_again_is_too()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(503));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0, 600, 600 } } });
        for (var i = 0; i < 3; i++)
        {
            await PayAsync(game.GameId);
        }
        var endpoint = await UntilAsync(game.GameId, one => Hour(one, "attempts") == 3 && one.GetProperty("waiting").GetInt64() == 3);
        Assert.Equal(receiver.OrderApi.GetLeftPart(UriPartial.Authority), endpoint.GetProperty("url").GetString());
        Assert.Equal((0, 0.0), (Hour(endpoint, "succeeded"), endpoint.GetProperty("thisNode").GetProperty("lastHour").GetProperty("successRate").GetDouble()));
        Assert.Equal(("closed", 0), (endpoint.GetProperty("thisNode").GetProperty("breaker").GetString(), endpoint.GetProperty("thisNode").GetProperty("inFlight").GetInt32()));
        Assert.Contains("503", endpoint.GetProperty("thisNode").GetProperty("lastFailure").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, endpoint.GetProperty("oldestWaitingAt").ValueKind);

        receiver.Faults.Clear();
        service.Clock.Advance(TimeSpan.FromSeconds(600));
        endpoint = await UntilAsync(game.GameId, one => Hour(one, "succeeded") == 3 && one.GetProperty("waiting").GetInt64() == 0);
        Assert.Equal((6, 0.5), (Hour(endpoint, "attempts"), endpoint.GetProperty("thisNode").GetProperty("lastHour").GetProperty("successRate").GetDouble()));
        Assert.Equal(JsonValueKind.Null, endpoint.GetProperty("oldestWaitingAt").ValueKind);
    }

    [Fact]
    public async Task A_breaker_that_is_open_is_shown_with_its_next_trial()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = Enumerable.Repeat(0, 100), maxConcurrency = 5 } });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PayAsync(game.GameId)));
        var endpoint = await UntilAsync(game.GameId, one => one.GetProperty("thisNode").GetProperty("breaker").GetString() == "open");
        Assert.InRange(Hour(endpoint, "attempts"), 20, 26);
        Assert.Equal(JsonValueKind.String, endpoint.GetProperty("thisNode").GetProperty("breakerTriesAt").ValueKind);
    }

    [Fact]
    public async Task The_list_goes_on_behind_a_cursor_and_has_each_endpoint_once()
    {
        var games = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var game = (await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/callback" })).GameId;
            await PayAsync(game);
            games.Add(game);
        }
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.GetAsync("/endpoints?limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("gameId").GetRawText() + item.GetProperty("url").GetString()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
        Assert.All(games, game => Assert.Contains(game + "http://127.0.0.1:9", seen));
        var own = games.Where((_, i) => i % 2 == 0).ToList();
        var token = await service.NewTokenAsync("viewer", [.. own.Select(game => long.Parse(game, CultureInfo.InvariantCulture))]);
        seen.Clear();
        do
        {
            var page = (await service.WithTokenAsync(token, HttpMethod.Get, "/endpoints?limit=1" + (cursor is null ? "" : "&cursor=" + cursor))).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("gameId").GetRawText()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(own, seen);
        using var refused = await service.SendAsync(HttpMethod.Get, "/api/v1/endpoints?cursor=nonsense");
        await Native.AssertProblemAsync(refused, HttpStatusCode.BadRequest);
    }

    /// <summary>The quantiles of a histogram, beside those of the sorted durations.</summary>
    [Fact]
    public void Quantiles_are_within_a_fifth_and_counts_are_exact() =>
        Prop.ForAll(
            Gen.Choose(0, 90_000).NonEmptyListOf().ToArbitrary(),
            durations =>
            {
                var history = new EndpointHistory();
                var sorted = durations.Select(duration => (long)duration).Order().ToList();
                foreach (var duration in sorted)
                {
                    history.Count(nowMs: duration % 7 * MinuteMs, duration, duration % 3 == 0 ? new EndpointFailure(duration, "x") : null);
                }
                var hour = history.Read(nowMs: 7 * MinuteMs);
                Assert.Equal((sorted.Count, sorted.Count(duration => duration % 3 != 0)), (hour.Attempts, hour.Accepted));
                foreach (var (share, found) in new[] { (0.5, hour.P50Ms!.Value), (0.95, hour.P95Ms!.Value) })
                {
                    var exact = sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
                    Assert.InRange(found, exact * 0.8, (exact * 1.25) + 1);
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_hour_later_nothing_is_left_and_the_last_failure_is()
    {
        var history = new EndpointHistory();
        history.Count(0, 10, new EndpointFailure(5, "refused"));
        history.Count(30 * MinuteMs, 20, failure: null);
        Assert.Equal(2, history.Read(59 * MinuteMs).Attempts);
        Assert.Equal((1, 1), (history.Read(60 * MinuteMs).Attempts, history.Read(60 * MinuteMs).Accepted));
        history.Count(60 * MinuteMs, 20, failure: null);
        Assert.Equal(2, history.Read(60 * MinuteMs).Attempts);
        var empty = history.Read(500 * MinuteMs);
        Assert.Equal((0, null, "refused"), (empty.Attempts, empty.P50Ms, empty.LastFailure?.Text));
    }

    private static Task<GameServer> ReceiverAsync() =>
        GameServer.StartAsync(new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);

    private static long Hour(JsonElement endpoint, string name) => endpoint.GetProperty("thisNode").GetProperty("lastHour").GetProperty(name).GetInt64();

    private async Task PayAsync(string gameId)
    {
        var order = await service.CreateAsync(Native.NewOrder(gameId));
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "T" + order })).Status);
    }

    /// <summary>The only endpoint of a game, once it is so.</summary>
    private async Task<JsonElement> UntilAsync(string gameId, Func<JsonElement, bool> isSo)
    {
        JsonElement found = default;
        await Until.TrueAsync(async () =>
        {
            service.Clock.Advance(WorkCounts.KeptFor);
            found = Assert.Single((await service.GetAsync("/endpoints?gameId=" + gameId)).GetProperty("items").EnumerateArray());
            return isSo(found);
        });
        return found;
    }
}
