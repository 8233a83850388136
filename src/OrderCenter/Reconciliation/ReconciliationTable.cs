using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Reconciliation;

/// <summary>Reconciliations: statements and rows. Every step of one says the lease that it belongs to.</summary>
internal static class ReconciliationTable
{
    private const string Columns =
        "reconciliation_id, channel, game_id, first_day, last_day, from_ms, to_ms, format, digest, state, actor, counts, position, " +
        "differences, lease, " +
        "created_ms, updated_ms, finished_ms, repaired, account";

    /// <summary>The reconciliations newest first.</summary>
    public static readonly ListTable<ReconciliationRun> List = new(
        "reconciliations", Columns, ["created_ms", "reconciliation_id"], Read, run => new ListKey(run.CreatedMs, run.Id));

    private static readonly LeasedRows Rows = new("reconciliations", "reconciliation_id", Columns);

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO reconciliations (reconciliation_id, channel, game_id, first_day, last_day, from_ms, to_ms, format, actor, " +
        "counts, account, created_ms, updated_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM reconciliations WHERE reconciliation_id = $1");

    private static readonly SqlStatement ReceiveSql = new(
        "UPDATE reconciliations SET counts = $2, updated_ms = $3 WHERE reconciliation_id = $1 AND state = 0");

    private static readonly SqlStatement ReceivedSql = new(
        "UPDATE reconciliations SET state = 1, digest = $2, counts = $3, updated_ms = $4, due_ms = created_ms " +
        "WHERE reconciliation_id = $1 AND state = 0");

    private static readonly SqlStatement DropSql = new("UPDATE reconciliations SET state = 5 WHERE reconciliation_id = $1 AND state = 0");

    private static readonly SqlStatement ClaimFileSql = new(
        "INSERT INTO statement_files (file_key, reconciliation_id) VALUES ($1, $2) ON CONFLICT (file_key) DO NOTHING");

    private static readonly SqlStatement FindFileSql = new("SELECT reconciliation_id FROM statement_files WHERE file_key = $1");

    private static readonly SqlStatement StepSql = Rows.Keep(
        "state = $3, counts = $4, position = $5, differences = $6, lease_until_ms = $7, updated_ms = $8");

    private static readonly SqlStatement FinishSql = Rows.End(
        "state = $3, counts = $4, position = $5, differences = $6, updated_ms = $7, finished_ms = $7, due_ms = NULL");

    private static readonly SqlStatement RepairedSql = new(
        "UPDATE reconciliations SET repaired = repaired + 1 WHERE reconciliation_id = $1");

    private static readonly SqlStatement NeighboursSql = new(
        "SELECT reconciliation_id FROM reconciliations WHERE channel = $1 AND game_id = $2 AND from_ms < $3 AND to_ms > $4 " +
        "AND reconciliation_id <> $5 AND account IN ($6, '') " +
        "AND state IN (1, 2, 3, 4) AND cleared = 0 ORDER BY from_ms DESC, created_ms DESC LIMIT $7");

    // What holds lines that nobody needs: uploads that broke off, files that were uploaded before, reconciliations that ended long ago.
    private static readonly SqlStatement StaleSql = new(
        "SELECT reconciliation_id FROM reconciliations WHERE cleared = 0 " +
        "AND (state = 5 OR (state = 0 AND updated_ms < $1) OR (state = 4 AND finished_ms < $2)) ORDER BY created_ms LIMIT 1");

    private static readonly SqlStatement ClearedSql = new(
        "UPDATE reconciliations SET cleared = 1 WHERE reconciliation_id = $1 AND state = 4");
    private static readonly SqlStatement DeleteSql = new("DELETE FROM reconciliations WHERE reconciliation_id = $1 AND state IN (0, 5)");

    public static ValueTask<int> InsertAsync(Transaction transaction, ReconciliationRun job) =>
        transaction.ExecuteAsync(
            InsertSql, job.Id, job.Channel, job.GameId, job.FirstDay, job.LastDay, job.FromMs, job.ToMs, job.Format, job.Actor,
            Write(job.Counts), job.Account ?? "", job.CreatedMs);

    public static ValueTask<ReconciliationRun?> FindAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <returns>False: it is no longer being received.</returns>
    public static async ValueTask<bool> ReceiveAsync(Transaction transaction, string id, ReconciliationCounts counts, long nowMs) =>
        await transaction.ExecuteAsync(ReceiveSql, id, Write(counts), nowMs) == 1;

    /// <summary>The file is here as a whole.</summary>
    /// <returns>False: it is no longer being received.</returns>
    public static async ValueTask<bool> ReceivedAsync(
        Transaction transaction, string id, string digest, ReconciliationCounts counts, long nowMs) =>
        await transaction.ExecuteAsync(ReceivedSql, id, digest, Write(counts), nowMs) == 1;

    public static ValueTask<int> DropAsync(Transaction transaction, string id) => transaction.ExecuteAsync(DropSql, id);

    /// <summary>Claims a file for a reconciliation.</summary>
    /// <returns>The reconciliation that has it: this one, or the one before.</returns>
    public static async ValueTask<string> ClaimFileAsync(Transaction transaction, string fileKey, string id) =>
        await transaction.ExecuteAsync(ClaimFileSql, fileKey, id) == 1
            ? id
            : (await transaction.QueryAsync(FindFileSql, row => row.GetString(0), fileKey))[0];

    /// <summary>Claims the oldest reconciliation that waits; null: none does.</summary>
    public static async ValueTask<ReconciliationRun?> ClaimAsync(Transaction transaction, long nowMs, long leaseUntilMs, long overMs) =>
        (await Rows.ClaimAsync(transaction, Read, nowMs, leaseUntilMs, overMs, limit: 1)).FirstOrDefault();

    public static ValueTask<int> ReleaseAsync(Transaction transaction, ReconciliationRun job) =>
        Rows.ReleaseAsync(transaction, job.Id, job.Lease);

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> StepAsync(Transaction transaction, ReconciliationRun job, long leaseUntilMs, long nowMs) =>
        (job.State == ReconciliationState.Done
            ? await transaction.ExecuteAsync(
                FinishSql, job.Id, job.Lease, (int)job.State, Write(job.Counts), job.Position, job.Discrepancies, nowMs)
            : await transaction.ExecuteAsync(
                StepSql, job.Id, job.Lease, (int)job.State, Write(job.Counts), job.Position, job.Discrepancies, leaseUntilMs, nowMs)) == 1;

    /// <summary>One of its differences more is repaired.</summary>
    public static ValueTask<int> CountRepairedAsync(Transaction transaction, string id) => transaction.ExecuteAsync(RepairedSql, id);

    /// <summary>Other statements of the same channel, account and game that touch these times and whose lines are still here; those from
    /// before the channel had several accounts too.</summary>
    public static ValueTask<List<string>> NeighboursAsync(
        Transaction transaction, ReconciliationRun job, long fromMs, long toMs, int most) =>
        transaction.QueryAsync(
            NeighboursSql, row => row.GetString(0), job.Channel, job.GameId, toMs, fromMs, job.Id, job.Account ?? "", most);

    public static async ValueTask<string?> FindStaleAsync(Transaction transaction, long brokenBeforeMs, long endedBeforeMs) =>
        (await transaction.QueryAsync(StaleSql, row => row.GetString(0), brokenBeforeMs, endedBeforeMs)).FirstOrDefault();

    /// <summary>Its lines are gone: what was done stays, what never came to be goes too.</summary>
    public static async ValueTask<int> ClearedAsync(Transaction transaction, string id) =>
        await transaction.ExecuteAsync(ClearedSql, id) + await transaction.ExecuteAsync(DeleteSql, id);

    public static ReconciliationRun Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Channel = row.GetString(1),
        GameId = row.GetInt64(2),
        FirstDay = row.GetString(3),
        LastDay = row.GetString(4),
        FromMs = row.GetInt64(5),
        ToMs = row.GetInt64(6),
        Format = row.GetString(7),
        Digest = row.Text(8),
        State = (ReconciliationState)row.GetInt32(9),
        Actor = row.GetString(10),
        Counts = JsonSerializer.Deserialize(row.GetString(11), ReconciliationJson.Default.ReconciliationCounts)!,
        Position = row.GetString(12),
        Discrepancies = row.GetInt64(13),
        Lease = row.GetInt64(14),
        CreatedMs = row.GetInt64(15),
        UpdatedMs = row.GetInt64(16),
        FinishedMs = row.Number(17),
        Resolved = row.GetInt64(18),
        Account = row.NonEmpty(19),
    };

    private static string Write(ReconciliationCounts counts) =>
        JsonSerializer.Serialize(counts, ReconciliationJson.Default.ReconciliationCounts);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReconciliationCounts))]
internal sealed partial class ReconciliationJson : JsonSerializerContext;
