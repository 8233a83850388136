using System.Diagnostics.CodeAnalysis;
using OrderCenter.Alerts.Facts;
using OrderCenter.Alerts.Settings;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts;

/// <summary>Looks at what the sources see, and opens and ends alerts accordingly. One node at a time does (<see cref="JobLease"/>); where
/// it dies another one continues from what is in the database.</summary>
internal sealed partial class AlertEvaluator(
    Database database, AlertSettings settings, AlertWriter writer, IEnumerable<IAlertSource> sources, AlertOptions options,
    TimeProvider clock, ILogger<AlertEvaluator> log)
{
    private const int PruneMax = 500;

    private readonly List<SourceState> _sources = [.. sources.Select(source => new SourceState(source))];

    /// <summary>Since when this node has not seen an open alert's condition hold.</summary>
    private readonly Dictionary<string, long> _goneSince = new(StringComparer.Ordinal);

    private long _lookedAt;

    /// <summary>Looks once.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the next step continues.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await settings.RefreshAsync(cancellationToken);
        var thresholds = settings.LatestThresholds;
        var open = await database.SearchAsync(AlertTable.AllOpenAsync, cancellationToken);
        var byKey = open.ToDictionary(alert => alert.Key, StringComparer.Ordinal);
        var (holding, unknown) = await LookAsync(thresholds, open, cancellationToken);

        // Read after the facts: a source may take long, and an alert is no older than what it is about.
        var nowMs = database.Leases.WallMs;

        // 1. What holds: a new alert, or one that goes on.
        foreach (var fact in holding.Values)
        {
            var threshold = thresholds.Of(fact.Condition, fact.GameId)!.Value;
            if (byKey.TryGetValue(fact.Key, out var known))
            {
                await writer.KeepAsync(known, fact, threshold, nowMs, cancellationToken);
            }
            else if (open.Count < AlertTable.OpenMax && await writer.RaiseAsync(fact, threshold, nowMs, cancellationToken))
            {
                LogRaised(log, fact.Condition.Name, fact.Subject, fact.Value);
            }
        }

        // 2. What does not hold any more. What could not be looked at is neither.
        List<Alert> gone = [.. open.Where(alert => !holding.ContainsKey(alert.Key) && !unknown.Contains(alert.Condition))];
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_lookedAt, now) > options.RecoverAfter)
        {
            // It slept, or has just taken over: it looks again before it says that something is over.
            _goneSince.Clear();
        }
        _lookedAt = now;
        foreach (var back in _goneSince.Keys.Except(gone.Select(alert => alert.Id), StringComparer.Ordinal).ToList())
        {
            _goneSince.Remove(back);
        }
        foreach (var alert in gone)
        {
            // A time in the future is of a clock that was ahead.
            _goneSince.TryAdd(alert.Id, now);
            if (clock.GetElapsedTime(_goneSince[alert.Id], now) >= options.RecoverAfter
                && Math.Abs(nowMs - alert.SeenMs) >= (long)options.RecoverAfter.TotalMilliseconds
                && await writer.RecoverAsync(alert, nowMs, cancellationToken))
            {
                LogRecovered(log, alert.Condition, alert.Subject);
            }
        }
        return false;
    }

    /// <summary>Deletes past alerts that are old, a bounded number.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = database.Leases.WallMs - (long)options.KeptFor.TotalMilliseconds;
        await database.UpkeepAsync(transaction => AlertTable.PruneAsync(transaction, beforeMs, PruneMax), cancellationToken);
    }

    /// <summary>Asks the sources. One that fails leaves the alerts of its conditions as they are.</summary>
    /// <returns>The worst fact that holds of each key, and the conditions that nothing is known about.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One source that fails must not keep the others from being looked at; the fault is logged.")]
    private async Task<(Dictionary<string, AlertFact> Holding, HashSet<string> Unknown)> LookAsync(
        AlertThresholds thresholds, List<Alert> open, CancellationToken cancellationToken)
    {
        var holding = new Dictionary<string, AlertFact>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in _sources)
        {
            IReadOnlyList<AlertFact> facts;
            try
            {
                facts = await source.ReadAsync(open, clock, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                unknown.UnionWith(source.Conditions.Select(condition => condition.Name));
                if (source.IsNewFault(fault.Message))
                {
                    LogSourceFailed(log, source.Name, fault);
                }
                continue;
            }
            foreach (var fact in facts.Where(thresholds.Holds))
            {
                if (!holding.TryGetValue(fact.Key, out var other) || fact.Condition.IsWorse(fact.Value, other.Value))
                {
                    holding[fact.Key] = fact;
                }
            }
        }
        return (holding, unknown);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "alert {Condition}, {Subject}: {Value}")]
    private static partial void LogRaised(ILogger logger, string condition, string subject, long value);

    [LoggerMessage(Level = LogLevel.Information, Message = "alert {Condition}, {Subject} has recovered")]
    private static partial void LogRecovered(ILogger logger, string condition, string subject);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} of alerts failed; its alerts stay as they are until it succeeds")]
    private static partial void LogSourceFailed(ILogger logger, string source, Exception fault);

    /// <summary>A source and what it said last.</summary>
    private sealed class SourceState(IAlertSource source)
    {
        private IReadOnlyList<AlertFact>? _latest;
        private long _readAt;
        private string? _fault;

        public string Name => source.GetType().Name;

        public IReadOnlyList<AlertCondition> Conditions => source.Conditions;

        /// <summary>What the source sees, at most its period old.</summary>
        public async Task<IReadOnlyList<AlertFact>> ReadAsync(
            IReadOnlyList<Alert> open, TimeProvider clock, CancellationToken cancellationToken)
        {
            if (_latest is not { } facts || clock.GetElapsedTime(_readAt) >= source.Period)
            {
                _latest = null;
                facts = await source.ReadAsync(open, cancellationToken);
                (_latest, _readAt) = (facts, clock.GetTimestamp());
            }
            _fault = null;
            return facts;
        }

        /// <summary>Whether the source failed by something else before, or not at all.</summary>
        public bool IsNewFault(string fault)
        {
            var isNew = fault != _fault;
            _fault = fault;
            return isNew;
        }
    }
}
