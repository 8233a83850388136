using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;

namespace OrderCenter.OpenWork;

/// <summary>The counts: statements and rows. Each walks a partial index that holds only what it counts.</summary>
internal static class WorkTable
{
    private static readonly SqlStatement HeldOrdersSql = CappedCounts.ByGame("orders", "progress = 5");
    private static readonly SqlStatement ExhaustedSql = CappedCounts.ByGame("callbacks", "status = 3 AND due_ms IS NULL");
    private static readonly SqlStatement HeldCallbacksSql = CappedCounts.ByGame("callbacks", "status = 4 AND due_ms IS NULL");
    private static readonly SqlStatement UnappliedSql = CappedCounts.ByGame("unapplied_payments", "settled_ms IS NULL");
    private static readonly SqlStatement UnclaimedSql = CappedCounts.ByGame("notifications", "state = 3 AND due_ms IS NULL");
    private static readonly SqlStatement FailedSql = CappedCounts.ByGame("notifications", "state = 6 AND due_ms IS NULL");

    // Each reconciliation counts its discrepancies itself.
    private static readonly SqlStatement DifferencesSql = new(
        "SELECT game_id, CAST(sum(differences - repaired) AS bigint) FROM reconciliations WHERE repaired < differences GROUP BY game_id");

    private static readonly SqlStatement LowStockSql = new(
        "SELECT game_id, count(*) FROM (SELECT DISTINCT game_id, product_id FROM card_backlog LIMIT 10000) few GROUP BY game_id");

    private static readonly SqlStatement AlertsSql = CappedCounts.ByGame("alerts", "recovered_ms IS NULL");

    // A sum that every change of an open alert makes another one. There are few (Alerts/AlertTable).
    private static readonly SqlStatement AlertsMarkSql = new(
        "SELECT game_id, CAST(sum(raised_ms + told) AS bigint) + count(acknowledged_ms) FROM " +
        "(SELECT game_id, raised_ms, told, acknowledged_ms FROM alerts WHERE recovered_ms IS NULL LIMIT 10000) few GROUP BY game_id");

    private static readonly SqlStatement QuestionsSql = new(
        "SELECT game_id, order_id, deadline_ms FROM refund_questions WHERE state = 0 AND preference IS NULL AND order_id IS NOT NULL " +
        "ORDER BY deadline_ms, order_id LIMIT 1000");

    private static readonly SqlStatement WaitingSql = new(
        "SELECT endpoint, count(*), min(created_ms) FROM (SELECT endpoint, created_ms FROM callbacks WHERE status = 0 AND endpoint > $1 " +
        "ORDER BY endpoint, due_ms LIMIT $2) few GROUP BY endpoint ORDER BY endpoint");

    /// <summary>All counts; they begin before the first is awaited, so that they share round trips.</summary>
    public static async ValueTask<WorkSnapshot> ReadAsync(Transaction transaction)
    {
        (Task<CappedCounts.Counts<long>> Reading, Func<GameWork, long, GameWork> Add)[] counts =
        [
            (CappedCounts.ByGameAsync(transaction, HeldOrdersSql), static (game, count) => game with { HeldOrders = count }),
            (CappedCounts.ByGameAsync(transaction, ExhaustedSql), static (game, count) => game with { ExhaustedCallbacks = count }),
            (CappedCounts.ByGameAsync(transaction, HeldCallbacksSql), static (game, count) => game with { HeldCallbacks = count }),
            (CappedCounts.ByGameAsync(transaction, UnappliedSql), static (game, count) => game with { UnappliedPayments = count }),
            (CappedCounts.ByGameAsync(transaction, UnclaimedSql), static (game, count) => game with { UnclaimedNotifications = count }),
            (CappedCounts.ByGameAsync(transaction, FailedSql), static (game, count) => game with { FailedNotifications = count }),
            (ReadAllAsync(transaction, DifferencesSql), static (game, count) => game with { Differences = count }),
            (ReadAllAsync(transaction, LowStockSql), static (game, count) => game with { LowStock = count }),
            (CappedCounts.ByGameAsync(transaction, AlertsSql), static (game, count) => game with { OpenAlerts = count }),
        ];
        var readingMarks = ReadAllAsync(transaction, AlertsMarkSql);
        var readingEndpoints = CappedCounts.RunAsync(
            transaction, WaitingSql, static row => new CountedKey<string>(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), after: "");

        var readingQuestions = transaction.QueryAsync(
            QuestionsSql,
            static row => (GameId: row.GetInt64(0), Asked: new OpenRefundQuestion(row.GetString(1), row.GetInt64(2)))).AsTask();
        var games = new SortedDictionary<long, GameWork>();
        var isComplete = true;
        foreach (var (reading, add) in counts)
        {
            var counted = await reading;
            isComplete &= counted.IsComplete;
            foreach (var key in counted.Keys)
            {
                var game = games.GetValueOrDefault(key.Key) ?? new GameWork(key.Key);
                games[key.Key] = add(game, key.Count) with { IsMore = game.IsMore || key.IsMore };
            }
        }
        foreach (var mark in (await readingMarks).Keys)
        {
            // It counts nothing: a game that has nothing else is none of the result.
            if (games.TryGetValue(mark.Key, out var game))
            {
                games[mark.Key] = game with { AlertsMark = mark.Count };
            }
        }
        foreach (var questions in (await readingQuestions).GroupBy(question => question.GameId))
        {
            games[questions.Key] = (games.GetValueOrDefault(questions.Key) ?? new GameWork(questions.Key)) with
            {
                RefundQuestions = [.. questions.Select(question => question.Asked)],
            };
        }
        var waiting = await readingEndpoints;
        var endpoints = new Dictionary<string, EndpointWaiting>(StringComparer.Ordinal);
        foreach (var (endpoint, count, oldestMs, isMore) in waiting.Keys)
        {
            endpoints[endpoint] = new EndpointWaiting(count, oldestMs!.Value, isMore);
            var gameId = Callback.GameIdOf(endpoint);
            var game = games.GetValueOrDefault(gameId) ?? new GameWork(gameId);
            games[gameId] = game with { OldestWaitingMs = Math.Min(game.OldestWaitingMs ?? long.MaxValue, oldestMs.Value) };
        }
        return new WorkSnapshot(games, endpoints, isComplete && waiting.IsComplete);
    }

    private static async Task<CappedCounts.Counts<long>> ReadAllAsync(Transaction transaction, SqlStatement statement) =>
        new(
            await transaction.QueryAsync(statement, static row => new CountedKey<long>(row.GetInt64(0), row.GetInt64(1))),
            IsComplete: true);
}
