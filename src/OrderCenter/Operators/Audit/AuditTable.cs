using System.Data.Common;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Operators.Audit;

/// <summary>The entries and the head of their chain: statements and rows. Entries are inserted by <c>Persistence/Tables/AuditTrail</c>,
/// where the writes are.</summary>
internal static class AuditTable
{
    private const string Columns =
        "entry_id, at_ms, actor, via, role, address, action, game_id, target, old_value, new_value, reason, number, previous_hash, hash";

    /// <summary>The entries newest first.</summary>
    public static readonly ListTable<AuditRecord> List = new(
        "audit_entries", Columns, ["at_ms", "entry_id"], Read, entry => new ListKey(entry.AtMs, entry.Id));

    private static readonly SqlStatement HeadSql = new("SELECT number, hash FROM audit_head WHERE head_id = 1");

    private static readonly SqlStatement MoveHeadSql = new(
        "UPDATE audit_head SET number = $1, hash = $2 WHERE head_id = 1 AND number = $3 AND hash = $4");

    private static readonly SqlStatement NotChainedSql = new(
        $"SELECT {Columns} FROM audit_entries WHERE number IS NULL ORDER BY at_ms, entry_id LIMIT $1");

    private static readonly SqlStatement ChainSql = new(
        "UPDATE audit_entries SET number = $2, previous_hash = $3, hash = $4 WHERE entry_id = $1 AND number IS NULL");

    private static readonly SqlStatement ChainedSql = new(
        $"SELECT {Columns} FROM audit_entries WHERE number >= $1 AND (number, entry_id) > ($1, $2) ORDER BY number, entry_id LIMIT $3");

    /// <summary>The last number and hash of the chain; 0 and empty: it has no entry.</summary>
    public static async ValueTask<AuditHead> HeadAsync(Transaction transaction) =>
        (await transaction.FindAsync(HeadSql, row => new AuditHead(row.GetInt64(0), row.GetString(1))))
            ?? throw new InvalidOperationException("the head of the audit log is missing");

    /// <returns>False: another node moved it first.</returns>
    public static async ValueTask<bool> MoveHeadAsync(Transaction transaction, AuditHead from, AuditHead to) =>
        await transaction.ExecuteAsync(MoveHeadSql, to.Number, to.Hash, from.Number, from.Hash) == 1;

    public static ValueTask<List<AuditRecord>> NotChainedAsync(Transaction transaction, int limit) =>
        transaction.QueryAsync(NotChainedSql, Read, limit);

    public static async ValueTask<bool> ChainAsync(Transaction transaction, string id, long number, string previousHash, string hash) =>
        await transaction.ExecuteAsync(ChainSql, id, number, previousHash, hash) == 1;

    /// <summary>Entries of the chain in its order, behind one.</summary>
    public static ValueTask<List<AuditRecord>> ChainedAsync(Transaction transaction, long afterNumber, string afterId, int limit) =>
        transaction.QueryAsync(ChainedSql, Read, afterNumber, afterId, limit);

    public static AuditRecord Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        AtMs = row.GetInt64(1),
        Actor = row.GetString(2),
        Via = row.GetString(3),
        Role = row.Text(4),
        Address = row.Text(5),
        Action = row.GetString(6),
        GameId = row.Number(7),
        Target = row.Text(8),
        Before = row.Text(9),
        After = row.Text(10),
        Reason = row.Text(11),
        Number = row.Number(12),
        PreviousHash = row.Text(13),
        Hash = row.Text(14),
    };
}
