using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.OpenWork;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>Gauges of what waits, by game: few series, whatever the number of games, and nothing of a database that is away.</summary>
public sealed class WorkMetricsTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly WorkMetrics _metrics;

    public WorkMetricsTests() => _metrics = new WorkMetrics(_services.GetRequiredService<IMeterFactory>(), _clock);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void The_games_with_most_are_named_and_the_rest_is_added_up()
    {
        var games = Enumerable.Range(1, 25).Select(i => new GameWork(i) { ExhaustedCallbacks = i, UnclaimedNotifications = 2 * i }).ToList();
        var seen = Report(games);
        Assert.Equal(21, seen.Keys.Count(key => key.EndsWith(" exhaustedCallbacks", StringComparison.Ordinal)));
        Assert.Equal((25, 6, 1 + 2 + 3 + 4 + 5), (seen["ordercenter.work.open 25 exhaustedCallbacks"], seen["ordercenter.work.open 6 exhaustedCallbacks"], seen["ordercenter.work.open other exhaustedCallbacks"]));
        Assert.Equal((50, 30), (seen["ordercenter.work.open 25 unclaimedNotifications"], seen["ordercenter.work.open other unclaimedNotifications"]));
        Assert.DoesNotContain("ordercenter.work.open 5 exhaustedCallbacks", seen.Keys);
    }

    [Fact]
    public void What_waits_is_counted_over_endpoints_and_the_oldest_has_an_age()
    {
        var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var seen = Report(
            [new GameWork(1) { OldestWaitingMs = nowMs - 90_000 }, new GameWork(2) { HeldOrders = 1 }],
            ("1 https a 443", new EndpointWaiting(7, nowMs - 90_000, IsMore: false)), ("1 https b 443", new EndpointWaiting(3, nowMs - 10, IsMore: false)));
        Assert.Equal((10, 0, 0), (seen["ordercenter.callback.waiting 1"], seen["ordercenter.callback.waiting 2"], seen["ordercenter.callback.waiting other"]));
        Assert.Equal((90, 0, 0), (seen["ordercenter.callback.oldest_waiting 1"], seen["ordercenter.callback.oldest_waiting 2"], seen["ordercenter.callback.oldest_waiting other"]));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(120, Observe()["ordercenter.callback.oldest_waiting 1"]);
    }

    [Fact]
    public void Counts_that_are_old_are_not_reported()
    {
        Assert.Empty(Observe());
        Assert.NotEmpty(Report([]));
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(Observe());
    }

    private Dictionary<string, double> Report(IReadOnlyList<GameWork> games, params (string Endpoint, EndpointWaiting Waiting)[] endpoints)
    {
        _metrics.Report(new WorkSnapshot(
            games.ToDictionary(game => game.GameId), endpoints.ToDictionary(one => one.Endpoint, one => one.Waiting), IsComplete: true));
        return Observe();
    }

    private Dictionary<string, double> Observe()
    {
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        var scope = _services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Add(instrument.Name + string.Concat(tags.ToArray().Select(tag => " " + tag.Value)), value);
    }
}
