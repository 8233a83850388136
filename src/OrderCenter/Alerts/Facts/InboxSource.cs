using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>Store notifications whose processing has failed and is tried again: refunds, and questions that a store wants answered within
/// hours (Apple's <c>CONSUMPTION_REQUEST</c> within 12).</summary>
internal sealed class InboxSource(Database database, AlertOptions options, TimeProvider clock) : IAlertSource
{
    // One that is processed for the first time, or by hand, waits for nothing.
    private static readonly SqlStatement WaitingSql = new(
        "SELECT game_id, channel, count(*), min(received_ms) FROM (SELECT game_id, channel, received_ms FROM notifications " +
        "WHERE due_ms IS NOT NULL AND attempts > 1 LIMIT 10000) few GROUP BY game_id, channel");

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.NotificationsWaiting];

    public TimeSpan Period => options.SlowPeriod;

    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var waiting = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                WaitingSql, static row => new Waiting(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3))),
            cancellationToken);
        return
        [
            .. waiting.Select(one => new AlertFact(
                AlertConditions.NotificationsWaiting, $"game {one.GameId}, {one.Channel}", one.GameId,
                Math.Max(0, nowMs - one.SinceMs) / 1000, $"{one.Count} notifications")),
        ];
    }

    /// <summary>What waits of a game and a channel.</summary>
    private sealed record Waiting(long GameId, string Channel, long Count, long SinceMs);
}
