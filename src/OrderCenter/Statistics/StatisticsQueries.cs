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

    private const long DayMs = 24 * StatisticsTable.HourMs;

    /// <returns>Null: there are more rows than <see cref="RowsMax"/>.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<StatisticsResult?> ReadAsync(StatisticsFilter filter, CancellationToken cancellationToken) =>
        database.SearchAsync(transaction => ReadAsync(transaction, filter), cancellationToken);

    private static async ValueTask<StatisticsResult?> ReadAsync(Transaction transaction, StatisticsFilter filter)
    {
        var orders = new Dictionary<(long FromMs, string Key, string Currency, bool IsTest), OrderTotals>();
        var health = new Dictionary<(long FromMs, string Key), HealthTotals>();

        // All begin before the first is awaited, so that they share a round trip.
        var reading = new List<Task<List<bool>>>();
        foreach (var part in PartsOf(filter))
        {
            var orderRows = Conditions(filter, part);
            orderRows.Add("dimension = ?", (int)DimensionOf(filter.By));
            reading.Add(transaction.QueryAsync(
                StatisticsTable.OrdersWhere(orderRows.Text, $"LIMIT {orderRows.Parameter(RowsMax + 1)}"),
                row =>
                {
                    StatisticsTable.ReadOrders(row, place => TotalsOf(
                        orders, (StepOf(filter, place.FromMs), KeyOf(filter.By, place), place.Currency, place.IsTest)));
                    return true;
                },
                orderRows.Parameters).AsTask());

            var healthRows = Conditions(filter, part);
            reading.Add(transaction.QueryAsync(
                StatisticsTable.HealthWhere(healthRows.Text, $"LIMIT {healthRows.Parameter(RowsMax + 1)}"),
                row =>
                {
                    StatisticsTable.ReadHealth(
                        row, place => TotalsOf(health, (StepOf(filter, place.FromMs), HealthKeyOf(filter.By, place))));
                    return true;
                },
                healthRows.Parameters).AsTask());
        }
        if ((await Task.WhenAll(reading)).Max(rows => rows.Count) > RowsMax)
        {
            return null;
        }
        return new StatisticsResult(
            InOrder(orders.Where(row => !row.Key.IsTest && !row.Value.IsZero).Select(Orders), row => row.FromMs, ByKey),
            InOrder(orders.Where(row => row.Key.IsTest && !row.Value.IsZero).Select(Orders), row => row.FromMs, ByKey),
            InOrder(
                health.Select(row => new HealthStatistics(row.Key.FromMs, row.Key.Key, row.Value)), row => row.FromMs,
                static (left, right) => string.CompareOrdinal(left.Key, right.Key)));

        static OrderStatistics Orders(KeyValuePair<(long FromMs, string Key, string Currency, bool IsTest), OrderTotals> row) =>
            new(row.Key.FromMs, row.Key.Key, row.Key.Currency, row.Value);

        static int ByKey(OrderStatistics left, OrderStatistics right) =>
            string.CompareOrdinal(left.Key, right.Key) is not 0 and var byKey ? byKey
            : string.CompareOrdinal(left.Currency, right.Currency);
    }

    /// <summary>By time, and within a time as compared: there are few times, and few rows of each.</summary>
    private static List<T> InOrder<T>(IEnumerable<T> rows, Func<T, long> timeOf, Comparison<T> compare)
    {
        var all = new List<T>();
        foreach (var ofTime in rows.GroupBy(timeOf).OrderBy(group => group.Key))
        {
            var sorted = ofTime.ToList();
            sorted.Sort(compare);
            all.AddRange(sorted);
        }
        return all;
    }

    /// <summary>The rows of the filter's games and of a part of its time. The games are named also where all are asked for, so that a range
    /// of the key is read for each, and not all the time before.</summary>
    private static SearchConditions Conditions(StatisticsFilter filter, Part part)
    {
        var conditions = new SearchConditions();
        conditions.Add("span_hours = ?", part.SpanHours);
        conditions.Add("from_ms >= ?", part.FromMs);
        conditions.Add("from_ms < ?", part.ToMs);
        if (part.Within is var (condition, values))
        {
            conditions.Add(condition, values);
        }
        conditions.AddGames(filter.Games);
        if (filter.Games.Games is null)
        {
            conditions.Add("game_id IN (SELECT game_id FROM apps)");
        }
        return conditions;
    }

    /// <summary>What is read of the filter's time: long spans where they lie within a step, and hours for the rest. Where days begin as
    /// spans do, that is nothing but spans; else a span lies across the beginning of each day, and of the time that is asked for.</summary>
    private static IEnumerable<Part> PartsOf(StatisticsFilter filter)
    {
        var (fromMs, toMs) = (filter.FromMs, filter.ToMs);
        if (filter.Step == StatisticsStep.Hour)
        {
            return [new Part(1, fromMs, toMs)];
        }
        var spanHours = StatisticsTable.SpansHours[^1];
        var spanMs = spanHours * StatisticsTable.HourMs;
        var (acrossMs, lastMs) = (StatisticsTable.SpanOf(fromMs, spanHours), StatisticsTable.SpanOf(toMs, spanHours));
        const string SinceDay = "(from_ms - ?) % ?";
        if (acrossMs == fromMs)
        {
            return lastMs == toMs ? [new Part(spanHours, fromMs, toMs)] : [new Part(spanHours, fromMs, lastMs), new Part(1, lastMs, toMs)];
        }
        return
        [
            new Part(spanHours, acrossMs + spanMs, lastMs) { Within = (SinceDay + " >= ?", [acrossMs, DayMs, spanMs]) },
            new Part(1, fromMs, toMs) { Within = ($"({SinceDay} < ? OR from_ms >= ?)", [acrossMs, DayMs, spanMs, lastMs]) },
        ];
    }

    private static StatisticsDimension DimensionOf(StatisticsKey by) => by switch
    {
        StatisticsKey.Channel => StatisticsDimension.Channel,
        StatisticsKey.Product => StatisticsDimension.Product,
        _ => StatisticsDimension.Game,
    };

    /// <summary>When the step begins that a row belongs to.</summary>
    private static long StepOf(StatisticsFilter filter, long fromMs)
    {
        var stepMs = filter.Step == StatisticsStep.Day ? DayMs : StatisticsTable.HourMs;
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

    /// <summary>Rows of one span, within a time.</summary>
    private sealed record Part(int SpanHours, long FromMs, long ToMs)
    {
        /// <summary>Which of them, as a condition with its values; null: all.</summary>
        public (string Condition, object?[] Values)? Within { get; init; }
    }
}
