using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>Purchases whose store has heard neither that they are accepted nor that they are delivered, and refunds them by itself soon
/// (Google: after 3 days).</summary>
internal sealed class FulfilmentSource(Database database, ChannelRegistry channels, AlertOptions options, TimeProvider clock) : IAlertSource
{
    private const long HourMs = 3_600_000;

    // Only what is old enough for the largest threshold is read, and a bounded number.
    private static readonly SqlStatement OldSql = new(
        "SELECT game_id, channel, count(*), min(since_ms) FROM (SELECT game_id, channel, since_ms FROM fulfilment_reports " +
        "WHERE due_ms IS NOT NULL AND is_accepted = 0 AND since_ms <= $1 LIMIT 10000) few GROUP BY game_id, channel");

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.FulfilmentDeadline];

    public TimeSpan Period => options.SlowPeriod;

    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var reporters = channels.All.Where(channel => channel.FulfilmentReporter is not null)
            .ToDictionary(channel => channel.Name, channel => channel.FulfilmentReporter!, StringComparer.Ordinal);
        if (reporters.Count == 0)
        {
            return [];
        }
        var nowMs = clock.NowMs();
        var shortest = reporters.Values.Min(reporter => (long)reporter.RefundsAfter.TotalMilliseconds);
        var oldMs = nowMs - shortest + (AlertConditions.FulfilmentDeadline.ThresholdMax * HourMs);
        var old = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                OldSql, static row => new Old(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)), oldMs),
            cancellationToken);
        return
        [
            .. old.Where(waiting => reporters.ContainsKey(waiting.Channel)).Select(waiting => new AlertFact(
                AlertConditions.FulfilmentDeadline, $"game {waiting.GameId}, {waiting.Channel}", waiting.GameId,
                Math.Max(0, waiting.SinceMs + (long)reporters[waiting.Channel].RefundsAfter.TotalMilliseconds - nowMs) / HourMs,
                $"{waiting.Count} purchases; the oldest is of {DateTimeOffset.FromUnixTimeMilliseconds(waiting.SinceMs):u}")),
        ];
    }

    /// <summary>What waits of a game and a channel.</summary>
    private sealed record Old(long GameId, string Channel, long Count, long SinceMs);
}
