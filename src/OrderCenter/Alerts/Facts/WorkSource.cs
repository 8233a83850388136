using OrderCenter.Domain;
using OrderCenter.OpenWork;

namespace OrderCenter.Alerts.Facts;

/// <summary>What needs a person (<c>GET /work</c>): the same counts.</summary>
internal sealed class WorkSource(WorkCounts work, TimeProvider clock) : IAlertSource
{
    public IReadOnlyList<AlertCondition> Conditions { get; } =
    [
        AlertConditions.CallbacksExhausted, AlertConditions.CallbacksWaiting, AlertConditions.NotificationsUnclaimed,
        AlertConditions.NotificationsFailed, AlertConditions.ReconciliationDifferences, AlertConditions.CardsBacklog,
    ];

    public TimeSpan Period => TimeSpan.Zero;

    /// <exception cref="InvalidOperationException">So much is open that not all games were counted: nothing may recover by
    /// that.</exception>
    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var snapshot = await work.ReadAsync(cancellationToken);
        if (!snapshot.IsComplete)
        {
            throw new InvalidOperationException("more is open than is counted at once");
        }
        var nowMs = clock.NowMs();
        return [.. snapshot.Games.Values.SelectMany(game => Of(game, nowMs))];
    }

    private static IEnumerable<AlertFact> Of(GameWork game, long nowMs)
    {
        var counts = new (AlertCondition Condition, long Count)[]
        {
            (AlertConditions.CallbacksExhausted, game.ExhaustedCallbacks),
            (AlertConditions.NotificationsUnclaimed, game.UnclaimedNotifications),
            (AlertConditions.NotificationsFailed, game.FailedNotifications),
            (AlertConditions.ReconciliationDifferences, game.Differences),
            (AlertConditions.CardsBacklog, game.LowStock),
        };
        foreach (var (condition, count) in counts.Where(counted => counted.Count > 0))
        {
            yield return AlertFact.OfGame(condition, game.GameId, count);
        }
        if (game.OldestWaitingMs is { } oldestMs)
        {
            yield return AlertFact.OfGame(AlertConditions.CallbacksWaiting, game.GameId, Math.Max(0, nowMs - oldestMs) / 1000);
        }
    }
}
