using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Alerts;

/// <summary>Lists alerts, and acknowledges them.</summary>
public sealed class AlertQueries(Database database, TimeProvider clock)
{
    /// <summary>A part of the alerts newest first, behind a place.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<ListPart<Alert>> ListAsync(AlertFilter filter, ListKey? after, int limit, CancellationToken cancellationToken)
    {
        var scan = new ListScan<Alert>(AlertTable.List);
        if (filter.IsOpen == true)
        {
            // Few, and in an index of their own.
            scan.AddRange("recovered_ms IS NULL");
            scan.FilterGames(filter.Games);
        }
        else
        {
            scan.AddGames(filter.Games);
        }
        if (filter.IsOpen == false)
        {
            scan.AddFilter("recovered_ms IS NOT NULL");
        }
        scan.AddFilter("condition = ?", filter.Condition);
        return database.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), cancellationToken);
    }

    /// <summary>Acknowledges an open alert: somebody looks after it, and it is not repeated. What it is about is still watched.</summary>
    /// <param name="id">The alert.</param>
    /// <param name="games">The caller's.</param>
    /// <param name="by">The caller's name.</param>
    /// <param name="reason">What he says about it; null: nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public Task<AcknowledgeOutcome> AcknowledgeAsync(
        string id, GameLimit games, string by, string? reason, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return database.WriteAsync<AcknowledgeOutcome>(
            async transaction =>
            {
                if (await AlertTable.FindAsync(transaction, id) is not { } alert || !games.Allows(alert.GameId))
                {
                    return new AcknowledgeOutcome.NotFound();
                }
                if (await AlertTable.AcknowledgeAsync(transaction, id, nowMs, by))
                {
                    AuditTrail.Append(
                        transaction,
                        new AuditFact("alert.acknowledge", alert.GameId == 0 ? null : alert.GameId, id)
                        {
                            After = $"{alert.Condition}, {alert.Subject}", Reason = reason,
                        },
                        nowMs);
                    return new AcknowledgeOutcome.Done(alert with { AcknowledgedMs = nowMs, AcknowledgedBy = by, NextMs = null });
                }
                return alert.AcknowledgedMs is not null
                    ? new AcknowledgeOutcome.Done(alert)
                    : new AcknowledgeOutcome.Over();
            },
            cancellationToken);
    }
}
