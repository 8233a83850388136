using System.Diagnostics.Metrics;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.OpenWork;

/// <summary>Gauges of what waits and of what needs a person, by game. So that the series stay few, the games that have most are named, and
/// the rest is <see cref="Others"/>. The counts are of the whole installation: every node reports the same.</summary>
public sealed class WorkMetrics
{
    public const string MeterName = "OrderCenter.Work";

    /// <summary>How many games are named.</summary>
    public const int GamesMax = 20;

    /// <summary>The label of all other games.</summary>
    public const string Others = "other";

    /// <summary>Counts that are older are not reported: the database is away.</summary>
    private static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(2);

    /// <summary>What needs a person, as <c>GET /work</c> calls it.</summary>
    private static readonly (string Name, Func<GameWork, long> Count)[] Kinds =
    [
        ("heldOrders", static game => game.HeldOrders),
        ("exhaustedCallbacks", static game => game.ExhaustedCallbacks),
        ("heldCallbacks", static game => game.HeldCallbacks),
        ("unappliedPayments", static game => game.UnappliedPayments),
        ("unclaimedNotifications", static game => game.UnclaimedNotifications),
        ("failedNotifications", static game => game.FailedNotifications),
        ("differences", static game => game.Differences),
        ("lowStock", static game => game.LowStock),
    ];

    private readonly TimeProvider _clock;
    private Latest? _latest;

    public WorkMetrics(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "ordercenter.callback.waiting", () => Observe(ReportWaiting),
            description: "Callbacks that wait for an attempt on all nodes, at most 10,000 of an endpoint");
        meter.CreateObservableGauge(
            "ordercenter.callback.oldest_waiting", () => Observe(ReportOldest), unit: "s",
            description: "How long ago the oldest callback was queued that waits for an attempt, seconds; 0: none waits");
        meter.CreateObservableGauge(
            "ordercenter.work.open", () => Observe(ReportOpen), description: "What needs a person, at most 10,000 of a game and kind");
    }

    /// <summary>Takes over new counts.</summary>
    public void Report(WorkSnapshot counts)
    {
        var waiting = counts.Endpoints.GroupBy(endpoint => Callback.GameIdOf(endpoint.Key))
            .ToDictionary(game => game.Key, game => game.Sum(endpoint => endpoint.Value.Count));
        var games = counts.Games.Values.Select(work => new Game(work, waiting.GetValueOrDefault(work.GameId)))
            .OrderByDescending(game => game.Waiting + Kinds.Sum(kind => kind.Count(game.Work))).ThenBy(game => game.Work.GameId).ToList();
        Volatile.Write(ref _latest, new Latest(games, _clock.GetTimestamp()));
    }

    private IEnumerable<Measurement<T>> Observe<T>(Func<IReadOnlyList<Game>, string, IEnumerable<Measurement<T>>> report)
        where T : struct
    {
        var latest = Volatile.Read(ref _latest);
        return latest is null || _clock.GetElapsedTime(latest.At) > AgeMax
            ? []
            : latest.Games.Take(GamesMax).SelectMany(game => report([game], $"{game.Work.GameId}"))
                .Concat(report([.. latest.Games.Skip(GamesMax)], Others));
    }

    private static IEnumerable<Measurement<long>> ReportWaiting(IReadOnlyList<Game> games, string label) =>
        [new(games.Sum(game => game.Waiting), new KeyValuePair<string, object?>("game", label))];

    private IEnumerable<Measurement<double>> ReportOldest(IReadOnlyList<Game> games, string label)
    {
        var nowMs = _clock.NowMs();
        var oldestMs = games.Min(game => game.Work.OldestWaitingMs) ?? nowMs;
        return [new(Math.Max(0, nowMs - oldestMs) / 1000.0, new KeyValuePair<string, object?>("game", label))];
    }

    private static IEnumerable<Measurement<long>> ReportOpen(IReadOnlyList<Game> games, string label) =>
        Kinds.Select(kind => new Measurement<long>(
            games.Sum(game => kind.Count(game.Work)),
            new KeyValuePair<string, object?>("game", label), new KeyValuePair<string, object?>("what", kind.Name)));

    private sealed record Game(GameWork Work, long Waiting);

    /// <param name="Games">Those with most first.</param>
    /// <param name="At">When they were counted, of the monotonic clock.</param>
    private sealed record Latest(IReadOnlyList<Game> Games, long At);
}
