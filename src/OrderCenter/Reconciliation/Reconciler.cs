using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>Reconciles statements with orders in bounded steps. A step reads a page, compares it, and stores what it
/// found together with its position in one commit that is fenced by the lease: a node that dies loses at most one
/// step, and nothing is counted twice.</summary>
public sealed partial class Reconciler(
    Database database, AppCatalog apps, ChannelRegistry channels, TimeProvider clock, ILogger<Reconciler> log)
{
    public const int PageMax = 500;
    private const long LeaseMs = 15_000;

    /// <summary>How long the lines of a statement are kept, for the statements of the days beside it.</summary>
    private const long KeptMs = 7L * 86_400_000;

    /// <summary>An upload without progress for so long has broken off.</summary>
    private const long UploadTimeoutMs = 10 * 60_000;

    private const int ClearMax = 1000;

    private ReconciliationRun? _leased;

    private long NowMs => clock.NowMs();

    /// <summary>Takes one step of the run that has waited longest.</summary>
    /// <returns>False: none waits.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var run = _leased ?? await ClaimAsync(cancellationToken);
        if (run is null)
        {
            return false;
        }

        // Where the step fails, a node continues from the last commit once the lease has expired.
        _leased = null;
        var (format, its) = (channels.FindFormat(run.Format), StatementPayments.Of(run, apps, channels));
        var step = await database.SearchAsync(
            transaction => run.State switch
            {
                ReconciliationState.Lines => StatementPass.StepAsync(transaction, run, format),
                ReconciliationState.Payments => PaymentPass.StepAsync(transaction, run, format, its),
                _ => ProductPass.StepAsync(transaction, run),
            },
            cancellationToken);
        var nowMs = NowMs;
        var isDone = step.Run.State == ReconciliationState.Done;
        var next = step.Run with { Discrepancies = run.Discrepancies + step.Found.Count, FinishedMs = isDone ? nowMs : null };
        if (!await database.UpkeepAsync(transaction => StoreAsync(transaction, run, next, step, nowMs), cancellationToken))
        {
            LogLeaseLost(log, run.Id);
        }
        else if (isDone)
        {
            LogDone(log, next.Id, next.Counts.Matched, next.Discrepancies);
        }
        else
        {
            _leased = next;
        }
        return true;
    }

    /// <summary>Ends this node's lease, so that another one continues at once.</summary>
    public async Task ReleaseAsync()
    {
        if (_leased is { } run)
        {
            _leased = null;
            await database.WriteAsync(transaction => ReconciliationTable.ReleaseAsync(transaction, run), CancellationToken.None);
        }
    }

    /// <summary>Deletes lines that are no longer needed, a bounded number at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    public Task<bool> ClearAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        return database.WriteAsync(
            async transaction =>
            {
                if (await ReconciliationTable.FindStaleAsync(transaction, nowMs - UploadTimeoutMs, nowMs - KeptMs) is not { } id)
                {
                    return false;
                }
                if (await StatementTable.DeleteAsync(transaction, id, ClearMax) < ClearMax)
                {
                    await StatementTable.DeleteTotalsAsync(transaction, id);
                    await ReconciliationTable.ClearedAsync(transaction, id);
                }
                return true;
            },
            cancellationToken);
    }

    private async Task<ReconciliationRun?> ClaimAsync(CancellationToken cancellationToken)
    {
        var (overMs, leaseUntilMs) = (database.Leases.OverMs, database.Leases.NowMs + LeaseMs);
        return await database.UpkeepAsync(
            transaction => ReconciliationTable.ClaimAsync(transaction, NowMs, leaseUntilMs, overMs), cancellationToken);
    }

    private async ValueTask<bool> StoreAsync(
        Transaction transaction, ReconciliationRun run, ReconciliationRun next, ReconciliationStep step, long nowMs)
    {
        if (!await ReconciliationTable.StepAsync(transaction, next, database.Leases.NowMs + LeaseMs, nowMs))
        {
            return false;
        }
        var number = run.Discrepancies;
        foreach (var call in step.Totals.ConvertAll(total => StatementTable.AddTotalAsync(transaction, run.Id, total)))
        {
            await call;
        }
        var inserts = step.Found.ConvertAll(found => DiscrepancyTable.InsertAsync(transaction, run.Id, found with { Number = ++number }));
        foreach (var call in inserts)
        {
            await call;
        }
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "reconciliation {Id} done: {Matched} matched, {Discrepancies} discrepancies")]
    private static partial void LogDone(ILogger logger, string id, long matched, long discrepancies);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reconciliation {Id}: the lease was lost; another node continues")]
    private static partial void LogLeaseLost(ILogger logger, string id);
}
