using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>Questions of stores about refunds that are still open, and how long the store waits for the answer: of a person, or of the
/// app's settings where it fails. One that belongs to no order and that no settings answer cannot be answered here: it is an unclaimed
/// notification.</summary>
internal sealed class RefundQuestionSource(Database database, AlertOptions options, TimeProvider clock) : IAlertSource
{
    private const long HourMs = 3_600_000;

    // Only an open question is due. One whose time is over is the store's to decide, and no alert any more.
    private static readonly SqlStatement OpenSql = new(
        "SELECT game_id, channel, count(*), min(deadline_ms) FROM (SELECT game_id, channel, deadline_ms FROM refund_questions " +
        "WHERE due_ms IS NOT NULL AND deadline_ms > $1 AND (order_id IS NOT NULL OR preference IS NOT NULL) " +
        "ORDER BY deadline_ms LIMIT 10000) few GROUP BY game_id, channel");

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.RefundQuestions];

    public TimeSpan Period => options.SlowPeriod;

    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var asked = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                OpenSql, static row => new Asked(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)), nowMs),
            cancellationToken);
        return
        [
            .. asked.Select(one => new AlertFact(
                AlertConditions.RefundQuestions, $"game {one.GameId}, {one.Channel}", one.GameId, (one.DeadlineMs - nowMs) / HourMs,
                $"{one.Count} questions; the first is to be answered by {DateTimeOffset.FromUnixTimeMilliseconds(one.DeadlineMs):u}")),
        ];
    }

    /// <summary>What a store asks of a game.</summary>
    private sealed record Asked(long GameId, string Channel, long Count, long DeadlineMs);
}
