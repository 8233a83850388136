using System.Net;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service that lets an app make fifty requests a second.</summary>
public sealed class FloodedService : Service
{
    public const int PerSecond = 50;

    protected override IReadOnlyList<string> Settings => [$"--Limits:RequestsPerSecondPerApp={PerSecond}", $"--Limits:ConcurrentRequestsPerApp={PerSecond}"];
}

/// <summary>One game at 20 times its rate limit: it gets its rate and no more, and the others' p99 stays within 1.5 times. <c>bench/flood.sh</c> measures the same
/// with processes of their own.</summary>
public sealed class FloodTests(FloodedService service) : IClassFixture<FloodedService>
{
    private const int FloodPerSecond = 20 * FloodedService.PerSecond;
    private const double RatioMax = 1.5;

    /// <summary>Client, game and service share the processors of a test, and this is what a scheduler takes of them.</summary>
    private const double NoiseMs = 15;

    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task The_others_hardly_feel_a_game_at_twenty_times_its_rate_limit()
    {
        var (flooding, calm) = (await service.NewGameAsync(), await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.NewGameAsync())));
        await OfferAsync(calm, perSecond: 80, s_measured);
        await OfferAsync([flooding], FloodPerSecond, s_measured / 2);

        // Whatever else the machine does, one of a few turns shows it; where the limit does not work, none does.
        var seen = new List<string>();
        for (var turn = 0; turn < 6; turn++)
        {
            var alone = await OfferAsync(calm, perSecond: 80, s_measured);
            var flood = OfferAsync([flooding], FloodPerSecond, s_measured);
            var beside = await OfferAsync(calm, perSecond: 80, s_measured);
            var answers = await flood;

            Assert.All(alone.Concat(beside), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, answer.Status.ToString()));
            var taken = answers.Count(answer => answer.Status == HttpStatusCode.OK);
            Assert.InRange(taken, 1, (int)(FloodedService.PerSecond * (s_measured.TotalSeconds + 4)));
            seen.Add($"{P99(alone):F1} ms alone, {P99(beside):F1} ms beside the flood");
            if (P99(beside) <= (RatioMax * P99(alone)) + NoiseMs)
            {
                return;
            }
        }
        Assert.Fail(string.Join("; ", seen));
    }

    private static double P99(IReadOnlyList<(HttpStatusCode Status, double Ms)> answers) =>
        answers.Select(answer => answer.Ms).Order().ElementAt((int)(answers.Count * 0.99));

    /// <summary>createorder of some games in turn, so many a second in all, whether the calls before have ended or not.</summary>
    private async Task<IReadOnlyList<(HttpStatusCode Status, double Ms)>> OfferAsync(IReadOnlyList<OrderApiGame> games, int perSecond, TimeSpan duration)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var total = (int)(perSecond * duration.TotalSeconds);
        var calls = new List<Task<(HttpStatusCode, double)>>(total);
        while (calls.Count < total)
        {
            var due = Math.Min(total, (int)(clock.GetElapsedTime(start).TotalSeconds * perSecond) + 1);
            while (calls.Count < due)
            {
                calls.Add(CallAsync(games[calls.Count % games.Count]));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(2), clock, TestContext.Current.CancellationToken);
        }
        return await Task.WhenAll(calls);

        async Task<(HttpStatusCode, double)> CallAsync(OrderApiGame game)
        {
            var begun = clock.GetTimestamp();
            using var response = await Calls.SendAsync(service, game, null);
            return (response.StatusCode, clock.GetElapsedTime(begun).TotalMilliseconds);
        }
    }
}
