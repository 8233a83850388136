using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Statistics;
using OrderCenter.Operators;
using OrderCenter.Statistics;

namespace OrderCenter.Api.Statistics;

/// <summary>Orders, refusals and callbacks, counted by time (contract.md, "Finding, counting, live").</summary>
internal sealed class StatisticsApi(AppCatalog apps, StatisticsQueries statistics, TimeProvider clock)
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    /// <summary>How many days may be asked for in steps of an hour.</summary>
    private const int HourDaysMax = 31;

    /// <summary>How many days may be asked for in steps of a day.</summary>
    private const int DayDaysMax = 400;

    private static readonly long s_lastMs = new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static void Map(RouteGroupBuilder group, StatisticsApi api) =>
        group.MapGet("/statistics", (Delegate)api.ReadAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary(
                "Orders that were created, paid, refunded and delivered, refused receipts and callbacks: from, to, step, by, gameId")
            .TakesQuery(RouteQueries.Statistics).Produces<StatisticsJson>();

    private async Task<IResult> ReadAsync(HttpContext context)
    {
        // 1. What is asked for, in whole hours.
        var query = new QueryFields(context.Request.Query);
        var (fromMs, toMs) = (query.Time("from"), query.Time("to") ?? clock.NowMs() + 1);
        var step = query.Choice("step", EnumTexts.StatisticsStep) ?? StatisticsStep.Hour;
        var by = query.Choice("by", EnumTexts.StatisticsKey) ?? StatisticsKey.Game;
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        if (WhyNot(fromMs, toMs, step) is var (field, allowed))
        {
            query.Refuse(field, allowed);
        }
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var filter = new StatisticsFilter(games, HourOf(fromMs!.Value), HourOf(toMs + HourMs - 1), step, by);

        // 2. The answer.
        return await statistics.ReadAsync(filter, context.RequestAborted) is { } found
            ? new LongResult<StatisticsJson>(Show(filter, found), ApiJson.Readable.StatisticsJson)
            : ApiResult.Invalid(
                "from", $"must be later, or gameId given: of this time there are more than {StatisticsQueries.RowsMax} figures");
    }

    /// <returns>The field that is wrong and what is allowed; null: all is right.</returns>
    private static (string Field, string Allowed)? WhyNot(long? fromMs, long toMs, StatisticsStep step)
    {
        var daysMax = step == StatisticsStep.Day ? DayDaysMax : HourDaysMax;
        return fromMs is not { } beginMs ? ("from", "must be given: an RFC 3339 time, such as 2026-11-21T00:00:00Z")
            : toMs > s_lastMs ? ("to", $"must be {Rfc3339Time.Text(s_lastMs)} or earlier")
            : toMs <= beginMs ? ("to", "must be later than from")
            : toMs - beginMs > daysMax * DayMs
                ? ("from", $"must be at most {daysMax} days before to in steps of {EnumTexts.StatisticsStep[step]}")
            : null;
    }

    /// <summary>The beginning of the hour that a time is in.</summary>
    private static long HourOf(long ms) => ms - (((ms % HourMs) + HourMs) % HourMs);

    private static StatisticsJson Show(StatisticsFilter filter, StatisticsResult found) => new(
        Rfc3339Time.Of(filter.FromMs), Rfc3339Time.Of(filter.ToMs), EnumTexts.StatisticsStep[filter.Step],
        EnumTexts.StatisticsKey[filter.By],
        [.. found.Orders.Select(Show)], [.. found.Tests.Select(Show)], [.. found.Health.Select(Show)]);

    private static OrderStatisticsJson Show(OrderStatistics orders) => new(
        Rfc3339Time.Of(orders.FromMs), KeyOf(orders.Key), orders.Currency, Show(orders.Totals, Figure.Created),
        Show(orders.Totals, Figure.Paid), Show(orders.Totals, Figure.Refunded), Show(orders.Totals, Figure.Delivered));

    private static FigureJson Show(OrderTotals totals, Figure figure) => new(totals.CountOf(figure), totals.MoneyOf(figure).ToString());

    private static HealthStatisticsJson Show(HealthStatistics health) => new(
        Rfc3339Time.Of(health.FromMs), KeyOf(health.Key), health.Totals.Refusals, health.Totals.Attempts, health.Totals.Successes,
        health.Totals.P95Ms);

    private static string? KeyOf(string key) => key.Length == 0 ? null : key;
}
