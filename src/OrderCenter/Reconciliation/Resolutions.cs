using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>Resolves discrepancies in three steps: 1. the resolution is begun, once, with its actor and reason; 2.
/// the action is executed, which is safe to repeat; 3. the resolution is ended. After a crash in between the same
/// request ends it.</summary>
internal sealed class Resolutions(Database database, ResolutionExecutor executor, AppCatalog apps, TimeProvider clock)
{
    private long NowMs => clock.NowMs();

    /// <param name="id">The reconciliation.</param>
    /// <param name="number">The discrepancy.</param>
    /// <param name="action">One of <see cref="ResolutionActions"/>.</param>
    /// <param name="named">The order, where the discrepancy has none.</param>
    /// <param name="by">The actor and the reason.</param>
    /// <param name="games">The games that the actor may change.</param>
    /// <param name="cancellationToken">Stops the wait for the database before the resolution is begun.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<ResolutionOutcome> ResolveAsync(
        string id, long number, string action, OrderId? named, AuditContext by, GameLimit games,
        CancellationToken cancellationToken)
    {
        // 1. Whether there is such a discrepancy, and whether this resolves it.
        var (run, discrepancy) = await database.ReadAsync(
            async transaction =>
                (await ReconciliationTable.FindAsync(transaction, id), await DiscrepancyTable.FindAsync(transaction, id, number)),
            cancellationToken);
        if (run is null || !games.Allows(run.GameId) || discrepancy is null || apps.Find(run.GameId) is not { } app)
        {
            return new ResolutionOutcome.NotFound();
        }
        if (Refusal(discrepancy, action, named) is { } notAllowed)
        {
            return new ResolutionOutcome.NotAllowed(notAllowed);
        }
        if (discrepancy.Resolution == ResolutionState.Done)
        {
            return new ResolutionOutcome.Done(discrepancy);
        }
        if (named is { } other && !await IsOfGameAsync(other, run.GameId, cancellationToken))
        {
            return new ResolutionOutcome.NotAllowed($"game {run.GameId} has no order {other}");
        }

        // 2. One request begins it; another that begins the same at the same time executes it too, which changes
        // nothing.
        if (discrepancy.Resolution == ResolutionState.Open && !await database.WriteAsync(
            transaction => BeginAsync(transaction, run, number, action, by, NowMs), cancellationToken))
        {
            return await ResolveAgainAsync(id, number, action, named, by, games, cancellationToken);
        }

        // 3. What was begun is ended, even if the caller no longer waits.
        var orderId = discrepancy.OrderId ?? named;
        var audit = by with { Reason = $"{by.Reason} (reconciliation {id}, difference {number})" };
        var (refusal, outcome) = await executor.ExecuteAsync(app, run, discrepancy, orderId, action, audit);
        if (refusal is not null)
        {
            await database.WriteAsync(
                transaction => DiscrepancyTable.GiveBackAsync(transaction, id, number, action, refusal), CancellationToken.None);
            return new ResolutionOutcome.NotAllowed(refusal);
        }
        await database.WriteAsync(
            transaction => EndAsync(transaction, id, number, action, orderId, audit, outcome, NowMs), CancellationToken.None);
        var ended = await database.ReadAsync(transaction => DiscrepancyTable.FindAsync(transaction, id, number), CancellationToken.None);
        return new ResolutionOutcome.Done(ended!);
    }

    private async Task<bool> IsOfGameAsync(OrderId id, long gameId, CancellationToken cancellationToken) =>
        await database.ReadAsync(transaction => OrderTable.FindAsync(transaction, id), cancellationToken) is { Order.GameId: var its }
        && its == gameId;

    /// <summary>Why an action cannot resolve a discrepancy; null: it can, or it has.</summary>
    private static string? Refusal(Discrepancy discrepancy, string action, OrderId? named)
    {
        var isDone = discrepancy.Resolution == ResolutionState.Done;
        if (discrepancy.Resolution != ResolutionState.Open
            && (discrepancy.Action != action || (isDone && named is not null && named != discrepancy.OrderId)))
        {
            return isDone
                ? $"it was repaired before: {discrepancy.Action}" : $"{discrepancy.Action} was begun; ask for that again to end it";
        }
        if (isDone)
        {
            return null;
        }
        var allowed = ResolutionActions.Of(discrepancy);
        if (!allowed.Contains(action, StringComparer.Ordinal))
        {
            return $"what fits is {string.Join(", ", allowed)}";
        }
        if (named is not null && discrepancy.OrderId is { } known && named != known)
        {
            return $"the difference is about order {known}";
        }
        return action == ResolutionActions.MarkPaid && (discrepancy.OrderId ?? named) is null
            ? "no order is known for it: say orderId"
            : null;
    }

    /// <summary>Another request began it first. It is open again only where that one was refused.</summary>
    private async Task<ResolutionOutcome> ResolveAgainAsync(
        string id, long number, string action, OrderId? named, AuditContext by, GameLimit games,
        CancellationToken cancellationToken)
    {
        var now = await database.ReadAsync(transaction => DiscrepancyTable.FindAsync(transaction, id, number), cancellationToken);
        return now is { Resolution: ResolutionState.Open }
            ? new ResolutionOutcome.NotAllowed(now.Outcome ?? "it was tried at the same moment; try again")
            : await ResolveAsync(id, number, action, named, by, games, cancellationToken);
    }

    private static async ValueTask<bool> BeginAsync(
        Transaction transaction, ReconciliationRun run, long number, string action, AuditContext by, long nowMs)
    {
        if (!await DiscrepancyTable.BeginAsync(transaction, run.Id, number, action, by.Actor, by.Reason, nowMs))
        {
            return false;
        }
        AuditTrail.Append(
            transaction,
            new AuditFact("reconciliation.repair", run.GameId, $"{run.Id}/{number}") { After = action, Reason = by.Reason }, nowMs);
        return true;
    }

    private static async ValueTask<bool> EndAsync(
        Transaction transaction, string id, long number, string action, OrderId? orderId, AuditContext by, string outcome, long nowMs)
    {
        if (!await DiscrepancyTable.EndAsync(transaction, id, number, action, orderId, nowMs, outcome))
        {
            return false;
        }
        await ReconciliationTable.CountRepairedAsync(transaction, id);

        // An action that changes the order writes its own audit entry; these change nothing.
        var entry = action == ResolutionActions.Ignore
            ? "difference ignored" : outcome == ResolutionExecutor.Doubted ? "payment doubted" : null;
        if (entry is not null && orderId is { } order
            && await OrderTable.FindAsync(transaction, order) is { Order: { State: var state, GameId: var gameId } })
        {
            await AuditLog.InsertAsync(transaction, gameId, new AuditEntry(order, nowMs, by.Actor, entry, by.Reason, state, state));
        }
        return true;
    }
}
