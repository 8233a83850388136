using OrderCenter.Persistence;

namespace OrderCenter.Operators.Audit;

/// <summary>Chains the entries that transactions have added: numbers them in their order and gives each its hash and that of the entry
/// before it. Any node does it; moving the head is compare-and-set, so that two never chain the same entry.</summary>
public sealed partial class AuditSealer(Database database, ILogger<AuditSealer> log) : IDisposable
{
    private const int StepMax = 200;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private AuditHead _logged = new(0, "");

    /// <summary>Chains all that waits.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (await database.ReadAsync(
                async transaction => (await AuditTable.NotChainedAsync(transaction, 1)).Count > 0, cancellationToken)
                && await database.UpkeepAsync(SealSomeAsync, cancellationToken) == StepMax)
            {
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the head of the chain to the service's log, where it moved since: whoever rewrites the whole chain in the database
    /// does not change what was logged elsewhere.</summary>
    public async Task LogHeadAsync(CancellationToken cancellationToken)
    {
        var head = await database.ReadAsync(AuditTable.HeadAsync, cancellationToken);
        if (head != _logged)
        {
            _logged = head;
            LogHead(log, head.Number, head.Hash);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <returns>How many were chained; 0 also where another node was first.</returns>
    private static async ValueTask<int> SealSomeAsync(Transaction transaction)
    {
        var head = await AuditTable.HeadAsync(transaction);
        var entries = await AuditTable.NotChainedAsync(transaction, StepMax);
        var (number, hash) = (head.Number, head.Hash);
        var chained = new List<(string Id, long Number, string Previous, string Hash)>(entries.Count);
        foreach (var entry in entries)
        {
            number++;
            var next = AuditHash.Of(entry, number, hash);
            chained.Add((entry.Id, number, hash, next));
            hash = next;
        }
        if (chained.Count == 0 || !await AuditTable.MoveHeadAsync(transaction, head, new AuditHead(number, hash)))
        {
            return 0;
        }
        foreach (var (id, place, previous, own) in chained)
        {
            if (!await AuditTable.ChainAsync(transaction, id, place, previous, own))
            {
                throw new InvalidOperationException($"entry {id} of the audit log was removed while it was chained");
            }
        }
        return chained.Count;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "audit log: entry {Number} has the hash {Hash}")]
    private static partial void LogHead(ILogger logger, long number, string hash);
}
