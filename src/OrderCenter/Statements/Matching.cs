using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>Matches statements against orders in bounded steps. A step reads a page, judges it, and keeps what it found together with how far it came in one
/// commit that says its lease: a node that dies loses at most the step that it was at, and nothing is counted twice.</summary>
public sealed partial class Matching(Store.Store store, TimeProvider clock, ILogger<Matching> log)
{
    private const int PageMax = 500;
    private const long LeaseMs = 15_000;

    /// <summary>How long the lines of a statement are kept for those of the days beside it.</summary>
    private const long KeptMs = 7L * 86_400_000;

    /// <summary>When a file that does not come any further has broken off.</summary>
    private const long BrokenMs = 10 * 60_000;

    private const int ClearMax = 1000;

    private Reconciliation? _job;

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Takes the reconciliation that waits longest one step on.</summary>
    /// <returns>False: none waits.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var job = _job ?? await ClaimAsync(cancellationToken);
        if (job is null)
        {
            return false;
        }
        // Where the step fails, whoever comes when the lease has run out goes on from the last commit.
        _job = null;
        var step = await store.SearchAsync(
            transaction => job.State switch
            {
                ReconciliationState.Lines => ReadLinesAsync(transaction, job),
                ReconciliationState.Payments => ReadPaymentsAsync(transaction, job),
                _ => ReadTotalsAsync(transaction, job),
            },
            cancellationToken);
        var nowMs = NowMs;
        var next = step.Job with { Differences = job.Differences + step.Found.Count, FinishedMs = step.Job.State == ReconciliationState.Done ? nowMs : null };
        var isKept = await store.UpkeepAsync(transaction => KeepAsync(transaction, job, next, step, nowMs), cancellationToken);
        if (!isKept)
        {
            LogLost(log, job.Id);
            return true;
        }
        if (next.State == ReconciliationState.Done)
        {
            LogDone(log, next.Id, next.Counts.Matched, next.Differences);
        }
        else
        {
            _job = next;
        }
        return true;
    }

    /// <summary>Clears lines that nobody needs any more, a bounded number at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    public Task<bool> ClearAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        return store.WriteAsync(
            async transaction =>
            {
                if (await ReconciliationTable.FindStaleAsync(transaction, nowMs - BrokenMs, nowMs - KeptMs) is not { } id)
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

    private async Task<Reconciliation?> ClaimAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        if (await store.ReadAsync(transaction => ReconciliationTable.FindFreeAsync(transaction, nowMs), cancellationToken) is not { } free)
        {
            return null;
        }
        return await store.WriteAsync(transaction => ReconciliationTable.ClaimAsync(transaction, free, nowMs + LeaseMs), cancellationToken);
    }

    private static async ValueTask<bool> KeepAsync(Transaction transaction, Reconciliation job, Reconciliation next, Step step, long nowMs)
    {
        if (!await ReconciliationTable.StepAsync(transaction, next, nowMs + LeaseMs, nowMs))
        {
            return false;
        }
        var number = job.Differences;
        foreach (var call in step.Totals.ConvertAll(total => StatementTable.AddTotalAsync(transaction, job.Id, total)))
        {
            await call;
        }
        foreach (var call in step.Found.ConvertAll(found => DifferenceTable.InsertAsync(transaction, job.Id, found with { Number = ++number })))
        {
            await call;
        }
        return true;
    }

    private static bool IsAggregate(Reconciliation job) => StatementFormat.All.Any(format => format.Name == job.Format && format.IsAggregate);

    /// <summary>What a step found: the job as it stands after it, differences, and what is added to totals.</summary>
    private sealed record Step(Reconciliation Job, List<Difference> Found, List<ProductTotal> Totals);

    [LoggerMessage(Level = LogLevel.Information, Message = "reconciliation {Id} done: {Matched} matched, {Differences} differences")]
    private static partial void LogDone(ILogger logger, string id, long matched, long differences);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reconciliation {Id}: another node works on it")]
    private static partial void LogLost(ILogger logger, string id);
}

/// <summary>Where a step ended.</summary>
internal static class Place
{
    public static string Write(params string[] parts) => string.Join('\u001f', parts);

    /// <summary>The parts of a place; none where the walk begins. What comes from outside stands last, whatever characters it has.</summary>
    public static string[]? Read(string place, int parts) => place.Length == 0 ? null : place.Split('\u001f', parts);
}
