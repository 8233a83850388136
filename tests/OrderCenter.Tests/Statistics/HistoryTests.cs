using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Statistics;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Statistics;

/// <summary>Whatever happens to orders, the statistics are what counting the orders gives, by everything and in every step.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private const long HourMs = 3_600_000;
    private const int Orders = 6;

    /// <summary>A midnight in UTC, and a beginning of each span.</summary>
    private static readonly long s_beginMs = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly long[] s_games = [1001, 1002, 1003];
    private static readonly string[] s_currencies = ["CNY", "RMB", "usd"];
    private static readonly string?[] s_channels = [null, "google", "apple"];

    private readonly TestDatabase _database = new();
    private readonly ManualClock _clock = new();
    private Database? _store;
    private int _histories;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => _store!;

    private enum Kind
    {
        Pay,
        PayAsTest,
        Move,
        FollowDelivered,
        FollowFailed,
        Count,
        DieCounting,
    }

    /// <summary>One step: of which order, what, which of the moves that are legal then, and how long after the step before.</summary>
    private sealed record Step(int Order, Kind Kind, int Choice, int Minutes);

    private sealed record Counted(long FromMs, string Key, string Currency, bool IsTest, string Figures)
    {
        public override string ToString() => $"{(FromMs - s_beginMs) / HourMs} h {Key} {Currency} {(IsTest ? "test" : "")} {Figures}";
    }

    public async ValueTask InitializeAsync()
    {
        _store = new Database(_database.Options with { ServerNowMs = _clock.SteadyMs }, _clock, NullLoggerFactory.Instance);
        await _store.OpenAsync(Now);
        foreach (var game in s_games)
        {
            await Store.WriteAsync(
                transaction => transaction.ExecuteAsync("INSERT INTO apps (game_id, settings, sealed, version, created_ms, updated_ms) VALUES ($1, '{}', '', 1, 0, 0)", game), Now);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public void Every_history_is_counted_as_the_orders_are()
    {
        var steps =
            from order in Gen.Choose(0, Orders - 1)
            from kind in Gen.Frequency(
                (4, Gen.Constant(Kind.Pay)), (2, Gen.Constant(Kind.PayAsTest)), (8, Gen.Constant(Kind.Move)), (3, Gen.Constant(Kind.FollowDelivered)),
                (1, Gen.Constant(Kind.FollowFailed)), (2, Gen.Constant(Kind.Count)), (1, Gen.Constant(Kind.DieCounting)))
            from choice in Gen.Choose(0, 11)
            from minutes in Gen.Choose(0, 200)
            select new Step(order, kind, choice, minutes);
        Prop.ForAll(steps.ListOf().ToArbitrary(), IsExactAsync).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(50));
    }

    private async Task IsExactAsync(IReadOnlyCollection<Step> steps)
    {
        await Store.WriteAsync(
            async transaction =>
            {
                foreach (var table in new[] { "orders", "pending_changes", "order_statistics", "health_statistics", "node_leases" })
                {
                    await transaction.ExecuteAsync($"DELETE FROM {table}");
                }
                return true;
            },
            Now);
        var nowMs = s_beginMs;
        var history = _histories++;
        var ids = new List<OrderId>();
        for (var i = 0; i < Orders; i++)
        {
            nowMs += 50 * 60_000;
            ids.Add(await CreateAsync(history, i, nowMs));
        }
        var sequencer = new FeedSequencer(Store);
        foreach (var step in steps)
        {
            nowMs += step.Minutes * 60_000L;
            await ApplyAsync(step, ids[step.Order], sequencer, nowMs);
        }
        while (await sequencer.StepAsync(Now))
        {
        }

        var endMs = nowMs + (2 * HourMs);
        foreach (var by in Enum.GetValues<StatisticsKey>())
        {
            // Days that begin with the spans, and days that do not; an end within a day.
            foreach (var (step, fromHours) in new[] { (StatisticsStep.Hour, 0), (StatisticsStep.Day, 0), (StatisticsStep.Day, -8), (StatisticsStep.Day, -5), (StatisticsStep.Day, 3), (StatisticsStep.Hour, 3) })
            {
                foreach (var games in new[] { GameLimit.None, GameLimit.Of([s_games[0], s_games[2]]) })
                {
                    var fromMs = s_beginMs + (fromHours * HourMs);
                    var filter = new StatisticsFilter(games, fromMs, endMs - (endMs % HourMs), step, by);
                    var read = await new StatisticsQueries(Store).ReadAsync(filter, Now);
                    var counted = await CountAsync(filter);
                    Assert.Equal(
                        counted, read!.Orders.Select(orders => Show(orders, isTest: false)).Concat(read.Tests.Select(orders => Show(orders, isTest: true))).Order(StringComparer.Ordinal));
                }
            }
        }
    }

    private async Task<OrderId> CreateAsync(int history, int number, long nowMs)
    {
        var order = new Order
        {
            Id = OrderId.FromStore($"{100_000 + (history * Orders) + number}"), GameId = s_games[number % s_games.Length], ProductId = "gems." + (number % 2), Money = new Money(10_000 + number),
            Currency = s_currencies[number % s_currencies.Length], UserId = "u", Channel = s_channels[(number + history) % s_channels.Length], CreatedMs = nowMs, ExpiresMs = nowMs + HourMs,
        };
        await Store.WriteAsync(
            async transaction =>
            {
                await OrderTable.InsertAsync(transaction, order);
                ChangeTable.NoteCreated(transaction, order);
                return true;
            },
            Now);
        return order.Id;
    }

    private async Task ApplyAsync(Step step, OrderId id, FeedSequencer sequencer, long nowMs)
    {
        switch (step.Kind)
        {
            case Kind.Count:
                await sequencer.StepAsync(Now);
                return;
            case Kind.DieCounting:
                await Assert.ThrowsAsync<InvalidOperationException>(() => Store.WriteAsync<bool>(
                    async transaction =>
                    {
                        var (_, pending, _) = await ChangeTable.TakeAsync(transaction, 1000, 100_000);
                        StatisticsIncrements.Apply(transaction, pending);
                        throw new InvalidOperationException("the node dies");
                    },
                    Now));
                return;
            case Kind.FollowDelivered:
                await Store.WriteAsync(
                    async transaction =>
                    {
                        var gameId = (await OrderTable.FindAsync(transaction, id))!.Order.GameId;
                        return await OrderTable.FollowDeliveredAsync(transaction, gameId, id, new CallbackFigure(nowMs, 20, IsSuccess: true), nowMs);
                    },
                    Now);
                return;
            case Kind.FollowFailed:
                await Store.WriteAsync(
                    async transaction => await OrderTable.FollowFailedAsync(transaction, (await OrderTable.FindAsync(transaction, id))!.Order.GameId, id, "exhausted", nowMs), Now);
                return;
            default:
                await Store.WriteAsync(transaction => MoveAsync(transaction, step, id, nowMs), Now);
                return;
        }
    }

    /// <summary>One of the moves that are legal: a payment, or one without.</summary>
    private static async ValueTask<bool> MoveAsync(Transaction transaction, Step step, OrderId id, long nowMs)
    {
        var order = (await OrderTable.FindAsync(transaction, id))!.Order;
        var isPayment = step.Kind != Kind.Move;
        var moves = OrderState.LegalMoves.Where(move => move.From == order.State && (move.From.Pay == PayState.Unpaid && move.To.Pay == PayState.Paid) == isPayment).Select(move => move.To)
            .OrderBy(to => (to.Pay, to.Progress)).ToList();
        if (moves.Count == 0)
        {
            return false;
        }
        var to = moves[step.Choice % moves.Count];
        if (isPayment)
        {
            var isTest = step.Kind == Kind.PayAsTest;
            var payment = new Payment { Channel = s_channels[1 + (step.Choice % 2)]!, Environment = isTest ? Payment.Sandbox : Payment.Production, TransactionId = "T" + id.Value };
            return await OrderTable.PayAsync(transaction, order, to, reason: null, payment, isTest, nowMs);
        }
        long? deliveredMs = to.Progress == Progress.Delivered && order.State.Progress != Progress.Delivered ? nowMs : null;
        return await OrderTable.MoveAsync(transaction, order, to, reason: null, deliveredMs, nowMs);
    }

    private static string Show(OrderStatistics orders, bool isTest)
    {
        string Figure(Figure figure) => $"{orders.Totals.CountOf(figure)}/{orders.Totals.MoneyOf(figure).AmountE4}";
        return new Counted(
            orders.FromMs, orders.Key, orders.Currency, isTest,
            $"{Figure(OrderCenter.Domain.Statistics.Figure.Created)} {Figure(OrderCenter.Domain.Statistics.Figure.Paid)} {Figure(OrderCenter.Domain.Statistics.Figure.Refunded)} {Figure(OrderCenter.Domain.Statistics.Figure.Delivered)}")
            .ToString();
    }

    /// <summary>The same out of the orders themselves, in plain SQL.</summary>
    private async Task<IEnumerable<string>> CountAsync(StatisticsFilter filter)
    {
        const string Currency = "CASE WHEN upper(currency) = 'RMB' THEN 'CNY' ELSE upper(currency) END";
        var key = filter.By switch
        {
            StatisticsKey.Game => "CAST(game_id AS text)",
            StatisticsKey.Channel => "coalesce(channel, '')",
            StatisticsKey.Currency => Currency,
            _ => "product_id",
        };
        var stepMs = filter.Step == StatisticsStep.Day ? 24 * HourMs : HourMs;
        var games = filter.Games.Games is { } some ? $"game_id IN ({string.Join(", ", some)})" : "1 = 1";
        var counts = new Dictionary<(long, string, string, bool), string[]>();
        foreach (var (column, at, condition) in new[]
        {
            ("created_ms", 0, "1 = 1"), ("paid_ms", 1, "pay_state > 0"), ("refunded_ms", 2, "pay_state = 2"), ("delivered_ms", 3, "progress = 1"),
        })
        {
            var rows = await Store.SearchAsync(
                transaction => transaction.QueryAsync(
                    $"SELECT ({column} - $1) / $2, {key}, {Currency}, is_test, count(*), CAST(sum(amount_e4) AS bigint) FROM orders " +
                    $"WHERE {column} >= $1 AND {column} < $3 AND {condition} AND {games} GROUP BY 1, 2, 3, 4",
                    row => (Step: row.GetInt64(0), Key: row.GetString(1), Currency: row.GetString(2), IsTest: row.GetInt32(3) == 1, Count: row.GetInt64(4), AmountE4: row.GetInt64(5)),
                    filter.FromMs, stepMs, filter.ToMs),
                Now);
            foreach (var row in rows)
            {
                var place = (filter.FromMs + (row.Step * stepMs), row.Key, row.Currency, row.IsTest);
                if (!counts.TryGetValue(place, out var figures))
                {
                    counts.Add(place, figures = ["0/0", "0/0", "0/0", "0/0"]);
                }
                figures[at] = $"{row.Count}/{row.AmountE4}";
            }
        }
        return counts.Select(row => new Counted(row.Key.Item1, row.Key.Item2, row.Key.Item3, row.Key.Item4, string.Join(' ', row.Value)).ToString()).Order(StringComparer.Ordinal);
    }
}
