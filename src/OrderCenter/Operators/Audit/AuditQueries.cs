using OrderCenter.Persistence;

namespace OrderCenter.Operators.Audit;

/// <summary>Reads and verifies the audit log.</summary>
public sealed class AuditQueries(Database database, AuditSealer sealer)
{
    private const int StepMax = 500;

    /// <summary>Entries newest first, behind a position.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<List<AuditRecord>> ListAsync(
        AuditFilter filter, (long AtMs, string Id)? after, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await sealer.SealAsync(cancellationToken);
        }
        catch (DatabaseBusyException)
        {
            // A database that takes no writes can still be read; the newest entries then have no hash yet.
        }
        var conditions = new SearchConditions();
        conditions.AddGames(filter.Games);
        conditions.Add("actor = ?", filter.Actor);
        conditions.Add("(action = ? OR action LIKE ?)", filter.Action, filter.Action is { } kind ? kind + ".%" : null);
        conditions.Add("at_ms >= ?", filter.FromMs);
        conditions.Add("at_ms < ?", filter.ToMs);
        conditions.Add("(at_ms, entry_id) < (?, ?)", after?.AtMs, after?.Id);
        var sql = AuditTable.SelectWhere(
            conditions.Text, $"ORDER BY at_ms DESC, entry_id DESC LIMIT {conditions.Parameter(limit)}");
        return await database.SearchAsync(
            transaction => transaction.QueryAsync(sql, AuditTable.Read, conditions.Parameters), cancellationToken);
    }

    /// <summary>Recomputes the whole chain, a bounded step at a time: finds an entry that was changed, removed, added or moved.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        await sealer.SealAsync(cancellationToken);
        return await VerifyChainedAsync(cancellationToken);
    }

    /// <summary>The same without chaining what waits first: it writes nothing.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<AuditVerdict> VerifyChainedAsync(CancellationToken cancellationToken)
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
