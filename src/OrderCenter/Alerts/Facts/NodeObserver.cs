using OrderCenter.Alerts.Settings;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>Writes down what only this node sees, for the node that evaluates: only what a condition holds for, so that a node that is well
/// writes nothing.</summary>
internal sealed class NodeObserver(
    Database database, AlertSettings settings, IEnumerable<INodeSource> sources, NodeName node, AlertOptions options) : IAlertSource
{
    private readonly IReadOnlyList<INodeSource> _sources = [.. sources];
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public IReadOnlyList<AlertCondition> Conditions { get; } =
    [
        AlertConditions.CallbacksBreaker, AlertConditions.ReceiptsRefused, AlertConditions.StoreUnreachable,
        AlertConditions.NotificationsRefused, AlertConditions.ClockSkew, AlertConditions.DatabaseSlow, AlertConditions.DiskSpace,
    ];

    public TimeSpan Period => TimeSpan.Zero;

    /// <summary>Writes down what this node sees now.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the next step writes it.</exception>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        await settings.RefreshAsync(cancellationToken);
        var thresholds = settings.LatestThresholds;
        var facts = _sources.SelectMany(source => source.Read()).Where(thresholds.Holds).DistinctBy(fact => fact.Key).ToList();
        var over = _written.Except(facts.Select(fact => fact.Key), StringComparer.Ordinal).ToList();
        if (facts.Count == 0 && over.Count == 0)
        {
            return;
        }
        var nowMs = database.Leases.WallMs;
        await database.UpkeepAsync(
            transaction =>
            {
                facts.ForEach(fact => ObservationTable.Save(transaction, node.Text, fact, nowMs));
                over.ForEach(key => ObservationTable.Delete(transaction, node.Text, key));
                return ValueTask.FromResult(true);
            },
            cancellationToken);
        _written.ExceptWith(over);
        _written.UnionWith(facts.Select(fact => fact.Key));
    }

    /// <summary>What all nodes see, for the one that evaluates.</summary>
    public async Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var sinceMs = database.Leases.WallMs - (long)options.SeenMax.TotalMilliseconds;
        return await database.SearchAsync(transaction => ObservationTable.ReadAsync(transaction, sinceMs), cancellationToken);
    }

    /// <summary>Deletes what nodes left that are gone.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = database.Leases.WallMs - (long)(options.SeenMax * 60).TotalMilliseconds;
        await database.UpkeepAsync(transaction => ObservationTable.PruneAsync(transaction, beforeMs), cancellationToken);
    }
}
