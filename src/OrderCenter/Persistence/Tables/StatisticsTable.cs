using System.Data.Common;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Statistics;

namespace OrderCenter.Persistence.Tables;

/// <summary>The statistics, hour by hour and, so that days need fewer rows, in spans of several hours: statements and rows.</summary>
internal static class StatisticsTable
{
    /// <summary>The spans of time that there are rows for, in hours. Each divides a day, so that a day that begins where a span does is
    /// read from that span's rows: of 8 hours, where a day begins in UTC, in China and in other time zones.</summary>
    public static readonly IReadOnlyList<int> SpansHours = [1, 8];

    public const long HourMs = 3_600_000;

    /// <summary>Money stands in two columns, since the sum of a few great orders is beyond 64 bits: how many times this, and the
    /// rest, both in ten-thousandths.</summary>
    private const long HighE4 = 1_000_000_000;

    /// <summary>In the order of <see cref="s_figures"/>.</summary>
    private static readonly string s_orderFigures = string.Join(
        ", ",
        new[] { "created", "paid", "refunded", "delivered" }.Select(figure => $"{figure}, {figure}_e4_high, {figure}_e4_low"));

    private static readonly Figure[] s_figures = [Figure.Created, Figure.Paid, Figure.Refunded, Figure.Delivered];

    private static readonly string s_healthFigures =
        "refusals, attempts, successes, " + string.Join(", ", Enumerable.Range(0, CallbackDurations.Classes).Select(i => $"took_{i}"));

    private static readonly SqlStatement AddOrdersSql = Adding(
        "order_statistics", "dimension, span_hours, game_id, from_ms, name, currency, is_test", "iibbtti", s_orderFigures);

    private static readonly SqlStatement AddHealthSql = Adding(
        "health_statistics", "span_hours, game_id, from_ms, channel", "ibbt", s_healthFigures);

    /// <summary>When the span begins that a time lies in, Unix milliseconds.</summary>
    public static long SpanOf(long atMs, int spanHours)
    {
        var spanMs = spanHours * HourMs;
        var intoMs = atMs % spanMs;
        return atMs - (intoMs < 0 ? intoMs + spanMs : intoMs);
    }

    /// <summary>Adds to a row of orders.</summary>
    public static void Add(Transaction transaction, OrderStatisticsKey key, OrderTotals totals)
    {
        List<object?> parameters =
        [
            (int)key.Dimension, key.SpanHours, key.GameId, key.FromMs, key.Name, key.Currency, key.IsTest ? 1 : 0,
        ];
        foreach (var figure in s_figures)
        {
            var (high, low) = Int128.DivRem(totals.MoneyOf(figure).AmountE4, HighE4);
            parameters.AddRange([totals.CountOf(figure), (long)high, (long)low]);
        }
        transaction.Send(AddOrdersSql, [.. parameters]);
    }

    /// <summary>Adds to a row of refusals and callbacks.</summary>
    public static void Add(Transaction transaction, HealthKey key, HealthTotals totals) =>
        transaction.Send(
            AddHealthSql,
            [
                key.SpanHours, key.GameId, key.FromMs, key.Channel, totals.Refusals, totals.Attempts, totals.Successes,
                .. totals.Durations.Select(count => (object?)count),
            ]);

    /// <summary>Rows of orders: <see cref="ReadOrders"/>.</summary>
    public static SqlStatement OrdersWhere(string condition, string rest) =>
        SqlStatement.Dynamic(
            $"SELECT from_ms, game_id, name, currency, is_test, {s_orderFigures} FROM order_statistics WHERE {condition} {rest}");

    /// <summary>Rows of refusals and callbacks: <see cref="ReadHealth"/>.</summary>
    public static SqlStatement HealthWhere(string condition, string rest) =>
        SqlStatement.Dynamic($"SELECT from_ms, game_id, channel, {s_healthFigures} FROM health_statistics WHERE {condition} {rest}");

    /// <summary>Reads a row and adds it to the totals that it belongs to.</summary>
    public static void ReadOrders(DbDataReader row, Func<StatisticsPlace, OrderTotals> totalsOf)
    {
        var totals = totalsOf(
            new StatisticsPlace(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt32(4) == 1));
        var column = 5;
        foreach (var figure in s_figures)
        {
            var amountE4 = ((Int128)row.GetInt64(column + 1) * HighE4) + row.GetInt64(column + 2);
            totals.Add(figure, row.GetInt64(column), amountE4);
            column += 3;
        }
    }

    /// <summary>Reads a row and adds it to the totals that it belongs to. Its name is the channel.</summary>
    public static void ReadHealth(DbDataReader row, Func<StatisticsPlace, HealthTotals> totalsOf)
    {
        var totals = totalsOf(new StatisticsPlace(row.GetInt64(0), row.GetInt64(1), row.GetString(2), Currency: "", IsTest: false));
        totals.Add(row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
        for (var i = 0; i < CallbackDurations.Classes; i++)
        {
            totals.AddDurations(i, row.GetInt64(6 + i));
        }
    }

    /// <summary>An insert that adds to the row where there is one.</summary>
    private static SqlStatement Adding(string table, string key, string keyTypes, string figures)
    {
        var names = figures.Split(", ");
        var types = keyTypes + new string('b', names.Length);
        var insert = $"INSERT INTO {table} ({key}, {figures}) ";
        var add = $" ON CONFLICT ({key}) DO UPDATE SET " +
            string.Join(", ", names.Select(name => $"{name} = {table}.{name} + excluded.{name}"));
        return new SqlStatement($"{insert}VALUES ({string.Join(", ", types.Select((_, i) => $"${i + 1}"))}){add}")
        {
            Batch = new BatchForm(
                $"{insert}SELECT {string.Join(", ", types.Select((_, i) => $"p{i + 1}"))} FROM {BatchForm.Unnest(types)}{add} " +
                $"RETURNING {key}",
                types, [.. Enumerable.Range(0, keyTypes.Length)]),
        };
    }
}

/// <summary>The key of a row of orders.</summary>
/// <param name="Dimension">What the rows are by, beside game, currency and test.</param>
/// <param name="SpanHours">How long its time is.</param>
/// <param name="GameId">The game.</param>
/// <param name="FromMs">When its time begins, Unix milliseconds.</param>
/// <param name="Name">The channel or the product; empty: the channel is not known, or the row is of all.</param>
/// <param name="Currency">In its canonical spelling.</param>
/// <param name="IsTest">Whether it is of tests.</param>
internal readonly record struct OrderStatisticsKey(
    StatisticsDimension Dimension, int SpanHours, long GameId, long FromMs, string Name, string Currency, bool IsTest);

/// <summary>The key of a row of refusals and callbacks.</summary>
/// <param name="SpanHours">How long its time is.</param>
/// <param name="GameId">The game.</param>
/// <param name="FromMs">When its time begins, Unix milliseconds.</param>
/// <param name="Channel">Of the refusals; empty: not known. Callbacks are in that row.</param>
internal readonly record struct HealthKey(int SpanHours, long GameId, long FromMs, string Channel);

/// <summary>What a row that was read is of.</summary>
internal readonly record struct StatisticsPlace(long FromMs, long GameId, string Name, string Currency, bool IsTest);
