using OrderCenter.Operators.Audit;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.Books;

/// <summary>Checks the books: what must agree with one another in the database, whatever the service was doing when it was stopped, copied
/// or restored. It only reads, a bounded step at a time, and may run beside the service.</summary>
internal sealed class BooksVerifier(
    Database database, OrderChecks orders, AuditQueries audit, KeyRotation keys, TimeProvider clock)
{
    /// <summary>While the service writes, two statements of a step may see different moments (PostgreSQL), or two servers (Citus): what
    /// looks wrong is looked at again, and counts if it still is.</summary>
    private const int LooksMax = 3;

    private const int BusyMax = 20;
    private static readonly TimeSpan s_lookWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_busyWait = TimeSpan.FromSeconds(1);

    /// <param name="progress">Called after each step with the check and how many it has looked at.</param>
    /// <param name="onFault">Called with each fault: the check, and what is wrong.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="DatabaseBusyException">The database stayed busy for 20 s.</exception>
    public async Task<BooksReport> RunAsync(
        Action<string, long> progress, Action<string, string> onFault, CancellationToken cancellationToken)
    {
        var counts = new List<(string Name, long Count)>();
        var faults = 0L;
        void Fault(string name, string fault)
        {
            faults++;
            onFault(name, fault);
        }

        IEnumerable<BooksCheck> checks = [.. orders.All, .. StockChecks.All, .. LedgerChecks.All, new FeedCheck()];
        foreach (var check in checks)
        {
            var count = 0L;
            object? after = null;
            do
            {
                var step = await LookAsync(check, after, cancellationToken);
                foreach (var fault in step.Faults)
                {
                    Fault(check.Name, fault);
                }
                count += step.Count;
                after = step.Next;
                progress(check.Name, count);
            }
            while (after is not null);
            counts.Add((check.Name, count));
        }

        const string AuditLog = "audit log";
        var verdict = await audit.VerifyChainedAsync(count => progress(AuditLog, count), cancellationToken);
        counts.Add((AuditLog, verdict.Entries));
        if (verdict.BrokenNumber is { } number)
        {
            Fault(AuditLog, $"the chain is broken at entry {number}: {verdict.Fault}");
        }

        const string SealedTexts = "sealed texts";
        var report = await keys.CountAsync(progress, cancellationToken);
        counts.Add((SealedTexts, report.Counts.Values.Sum()));
        foreach (var fault in report.Faults)
        {
            Fault(SealedTexts, fault);
        }
        faults += report.Unreadable - report.Faults.Count;
        return new BooksReport(counts, faults);
    }

    private async Task<BooksStep> LookAsync(BooksCheck check, object? after, CancellationToken cancellationToken)
    {
        var step = await StepAsync(check, after, cancellationToken);
        for (var look = 1; look < LooksMax && step.Faults.Count > 0; look++)
        {
            await Task.Delay(s_lookWait, clock, cancellationToken);
            var again = await StepAsync(check, after, cancellationToken);
            step = again with { Faults = [.. again.Faults.Intersect(step.Faults, StringComparer.Ordinal)] };
        }
        return step;
    }

    private async Task<BooksStep> StepAsync(BooksCheck check, object? after, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await database.SearchAsync(transaction => check.StepAsync(transaction, after), cancellationToken);
            }
            catch (DatabaseBusyException) when (attempt < BusyMax)
            {
                await Task.Delay(s_busyWait, clock, cancellationToken);
            }
        }
    }
}
