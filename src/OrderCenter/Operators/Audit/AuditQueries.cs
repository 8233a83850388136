using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Operators.Audit;

/// <summary>Reads and verifies the audit log.</summary>
public sealed class AuditQueries(Database database, AuditSealer sealer)
{
    private const int StepMax = 500;

    /// <summary>A part of the entries newest first, behind a place.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<ListPart<AuditRecord>> ListAsync(
        AuditFilter filter, ListKey? after, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await sealer.SealAsync(cancellationToken);
        }
        catch (DatabaseBusyException)
        {
            // A database that takes no writes can still be read; the newest entries then have no hash yet.
        }
        var scan = new ListScan<AuditRecord>(AuditTable.List) { FromMs = filter.FromMs, ToMs = filter.ToMs };
        if (filter.Actor is { } actor)
        {
            scan.AddRange("actor = ?", actor);
            scan.FilterGames(filter.Games);
        }
        else
        {
            scan.AddGames(filter.Games);
        }
        scan.AddFilter("(action = ? OR action LIKE ?)", filter.Action, filter.Action is { } kind ? kind + ".%" : null);
        return await database.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), cancellationToken);
    }

    /// <summary>Recomputes the whole chain, a bounded step at a time: finds an entry that was changed, removed, added or moved.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        await sealer.SealAsync(cancellationToken);
        return await VerifyChainedAsync(static _ => { }, cancellationToken);
    }

    /// <summary>The same without chaining what waits first: it writes nothing.</summary>
    /// <param name="progress">Called after each step with how many entries were recomputed.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<AuditVerdict> VerifyChainedAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        // Read first: what is chained during the walk comes behind it.
        var head = await database.ReadAsync(AuditTable.HeadAsync, cancellationToken);
        var (number, hash, lastId) = (0L, "", "");
        var hashAtHead = head.Number == 0 ? "" : null;
        List<AuditRecord> page;
        do
        {
            var (afterNumber, afterId) = (number, lastId);
            page = await database.SearchAsync(
                transaction => AuditTable.ChainedAsync(transaction, afterNumber, afterId, StepMax), cancellationToken);
            foreach (var entry in page)
            {
                if (Fault(entry, number + 1, hash) is { } fault)
                {
                    return new AuditVerdict(number, number + 1, fault);
                }
                (number, hash, lastId) = (number + 1, entry.Hash!, entry.Id);
                hashAtHead = number == head.Number ? hash : hashAtHead;
            }
            progress(number);
        }
        while (page.Count > 0);
        return hashAtHead == head.Hash ? new AuditVerdict(number)
            : number < head.Number ? new AuditVerdict(number, number + 1, "it is missing")
            : new AuditVerdict(head.Number - 1, head.Number, "it is not the entry that the chain ended with");
    }

    private static string? Fault(AuditRecord entry, long number, string previousHash) =>
        entry.Number > number ? "it is missing"
        : entry.Number < number ? $"there is another entry of the number {entry.Number}"
        : entry.PreviousHash != previousHash ? "it does not follow the entry before it"
        : entry.Hash != AuditHash.Of(entry, number, previousHash) ? "it was changed"
        : null;
}
