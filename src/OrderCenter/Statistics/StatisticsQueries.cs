using System.Globalization;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Statistics;

/// <summary>Reads the statistics. It costs by the rows of its time, keys and currencies, and not by the orders behind them.</summary>
public sealed class StatisticsQueries(Database database)
{
    /// <summary>How many rows are read at most.</summary>
    public const int RowsMax = 200_000;

    private const int DayHours = 24;

    /// <returns>Null: there are more rows than <see cref="RowsMax"/>.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<StatisticsResult?> ReadAsync(StatisticsFilter filter, CancellationToken cancellationToken) =>
        database.SearchAsync(transaction => ReadAsync(transaction, filter), cancellationToken);

    private static async ValueTask<StatisticsResult?> ReadAsync(Transaction transaction, StatisticsFilter filter)
    {
        var orders = new Dictionary<(long FromMs, string Key, string Currency, bool IsTest), OrderTotals>();
        var health = new Dictionary<(long FromMs, string Key), HealthTotals>();

        var orderRows = Conditions(filter);
        orderRows.Add("dimension = ?", (int)DimensionOf(filter.By));
        var readingOrders = transaction.QueryAsync(
            StatisticsTable.OrdersWhere(orderRows.Text, $"LIMIT {orderRows.Parameter(RowsMax + 1)}"),
            row =>
            {
                StatisticsTable.ReadOrders(
                    row, place => TotalsOf(orders, (StepOf(filter, place.FromMs), KeyOf(filter.By, place), place.Currency, place.IsTest)));
                return true;
            },
            orderRows.Parameters).AsTask();

        var healthRows = Conditions(filter);
        var readingHealth = transaction.QueryAsync(
            StatisticsTable.HealthWhere(healthRows.Text, $"LIMIT {healthRows.Parameter(RowsMax + 1)}"),
            row =>
            {
                StatisticsTable.ReadHealth(
                    row, place => TotalsOf(health, (StepOf(filter, place.FromMs), HealthKeyOf(filter.By, place))));
                return true;
            },
            healthRows.Parameters).AsTask();

        if (Math.Max((await readingOrders).Count, (await readingHealth).Count) > RowsMax)
        {
            return null;
        }
        var all = orders.Where(row => !row.Value.IsZero).OrderBy(row => row.Key.FromMs).ThenBy(row => row.Key.Key, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Currency, StringComparer.Ordinal)
            .ToLookup(
                row => row.Key.IsTest, row => new OrderStatistics(row.Key.FromMs, row.Key.Key, row.Key.Currency, row.Value));
        return new StatisticsResult(
            [.. all[false]], [.. all[true]],
            [
                .. health.OrderBy(row => row.Key.FromMs).ThenBy(row => row.Key.Key, StringComparer.Ordinal)
                    .Select(row => new HealthStatistics(row.Key.FromMs, row.Key.Key, row.Value)),
            ]);
    }

    /// <summary>The rows of the filter's games and time, of the longest span that both ends and every step lie on. The games are named also
    /// where all are asked for, so that a range of the key is read for each, and not all the time before.</summary>
    private static SearchConditions Conditions(StatisticsFilter filter)
    {
        var conditions = new SearchConditions();
        conditions.Add("span_hours = ?", SpanHoursOf(filter));
        conditions.Add("from_ms >= ?", filter.FromMs);
        conditions.Add("from_ms < ?", filter.ToMs);
        conditions.Add(filter.Games.Games switch
        {
            null => "game_id IN (SELECT game_id FROM apps)",
            [] => "1 = 0",
            var games => $"game_id IN ({string.Join(", ", games.Select(game => conditions.Parameter(game)))})",
        });
        return conditions;
    }

    private static int SpanHoursOf(StatisticsFilter filter) =>
        filter.Step == StatisticsStep.Hour ? 1 : StatisticsTable.SpansHours.Last(hours =>
            filter.FromMs % (hours * StatisticsTable.HourMs) == 0 && filter.ToMs % (hours * StatisticsTable.HourMs) == 0);

    private static StatisticsDimension DimensionOf(StatisticsKey by) => by switch
    {
        StatisticsKey.Channel => StatisticsDimension.Channel,
        StatisticsKey.Product => StatisticsDimension.Product,
        _ => StatisticsDimension.Game,
    };

    /// <summary>When the step begins that a row belongs to.</summary>
    private static long StepOf(StatisticsFilter filter, long fromMs)
    {
        var stepMs = (filter.Step == StatisticsStep.Day ? DayHours : 1) * StatisticsTable.HourMs;
        return fromMs - ((fromMs - filter.FromMs) % stepMs);
    }

    private static string KeyOf(StatisticsKey by, StatisticsPlace place) => by switch
    {
        StatisticsKey.Game => place.GameId.ToString(CultureInfo.InvariantCulture),
        StatisticsKey.Currency => place.Currency,
        _ => place.Name,
    };

    private static string HealthKeyOf(StatisticsKey by, StatisticsPlace place) => by switch
    {
        StatisticsKey.Game => place.GameId.ToString(CultureInfo.InvariantCulture),
        StatisticsKey.Channel => place.Name,
        _ => "",
    };

    private static TTotals TotalsOf<TKey, TTotals>(Dictionary<TKey, TTotals> all, TKey key)
        where TKey : notnull
        where TTotals : new()
    {
        if (!all.TryGetValue(key, out var totals))
        {
            all.Add(key, totals = new TTotals());
        }
        return totals;
    }
}
