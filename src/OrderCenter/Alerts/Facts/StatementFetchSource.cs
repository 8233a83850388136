using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>Statements that could not be fetched from their stores: still tried, or given up. One whose days were uploaded meanwhile is
/// there, and of a channel whose settings do not ask for statements any more none is missing.</summary>
internal sealed class StatementFetchSource(
    Database database, AppCatalog apps, ChannelRegistry channels, AlertOptions options, TimeProvider clock) : IAlertSource
{
    private const long DayMs = 24 * 3_600_000;

    // Only what is old enough for the smallest threshold is read, and a bounded number. A statement that is received is in the states 1 to
    // 4 (ReconciliationState); what is not fetched, in another than 1 (StatementFetchState).
    private static readonly SqlStatement MissingSql = new(
        "SELECT game_id, channel, account, count(*), min(created_ms), min(first_day) FROM (SELECT game_id, channel, account, created_ms, " +
        "first_day FROM statement_fetches WHERE state <> 1 AND created_ms <= $1 AND NOT EXISTS " +
        "(SELECT 1 FROM reconciliations WHERE reconciliations.channel = statement_fetches.channel " +
        "AND reconciliations.account = statement_fetches.account " +
        "AND reconciliations.game_id = statement_fetches.game_id AND reconciliations.state BETWEEN 1 AND 4 " +
        "AND reconciliations.first_day <= statement_fetches.first_day AND reconciliations.last_day >= statement_fetches.last_day) " +
        "LIMIT 10000) few GROUP BY game_id, channel, account");

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.StatementsMissing];

    public TimeSpan Period => options.SlowPeriod;

    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var missing = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                MissingSql,
                static row => new Missing(
                    new StatementOwner(row.GetInt64(0), row.GetString(1), row.NonEmpty(2)), row.GetInt64(3), row.GetInt64(4),
                    row.GetString(5)),
                nowMs - DayMs),
            cancellationToken);
        return
        [
            .. missing.Where(IsAskedFor).Select(one => new AlertFact(
                AlertConditions.StatementsMissing, $"game {one.Owner.GameId}, {one.Owner}", one.Owner.GameId, (nowMs - one.SinceMs) / DayMs,
                $"{one.Count} statements; the oldest begins on {one.FirstDay}")),
        ];
    }

    private bool IsAskedFor(Missing missing) => apps.Find(missing.Owner.GameId) is { } app
        && channels.Find(missing.Owner.Channel) is { StatementSource: { } source } channel
        && channel.StatementAccounts(app).FirstOrDefault(account => account.Name == missing.Owner.Account) is { View: var view }
        && source.Schedule(view) is not null;

    /// <summary>What an account lacks of its store.</summary>
    private sealed record Missing(StatementOwner Owner, long Count, long SinceMs, string FirstDay);
}
