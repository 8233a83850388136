using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderCenter.Store;

/// <summary>How far a reconciliation is.</summary>
public enum ReconciliationState
{
    /// <summary>Its file is coming in.</summary>
    Receiving = 0,

    /// <summary>The statement's transactions are looked for here.</summary>
    Lines = 1,

    /// <summary>Our payments are looked for in the statement.</summary>
    Payments = 2,

    /// <summary>The totals of products are compared, where there are no transactions.</summary>
    Totals = 3,
    Done = 4,

    /// <summary>The file did not come to its end, was refused, or was here before.</summary>
    Dropped = 5,
}

/// <summary>What was counted so far.</summary>
public sealed record ReconciliationCounts
{
    /// <summary>Lines of the file behind its header.</summary>
    public long Lines { get; init; }

    /// <summary>Of these: fees, downloads and what else is no purchase.</summary>
    public long Other { get; init; }

    /// <summary>Of these: of other days.</summary>
    public long OtherDays { get; init; }

    /// <summary>Of these: of other games of the same account.</summary>
    public long OtherGames { get; init; }

    /// <summary>Of these: could not be read.</summary>
    public long Bad { get; init; }

    /// <summary>Lines that wait to be matched, and how many were.</summary>
    public long Staged { get; init; }

    public long Walked { get; init; }

    /// <summary>Payments of ours that were looked for there.</summary>
    public long Payments { get; init; }

    public long Matched { get; init; }

    /// <summary>Refunds that both sides know.</summary>
    public long RefundsMatched { get; init; }

    /// <summary>Of what matched: in a currency other than the order's, so that amounts were not compared.</summary>
    public long OtherCurrency { get; init; }

    /// <summary>Pieces that an aggregate says were given back.</summary>
    public long ReturnedUnits { get; init; }

    public long MissingHere { get; init; }

    public long MissingThere { get; init; }

    public long AmountDiffers { get; init; }

    public long RefundedThere { get; init; }
}

/// <summary>A statement and what came of matching it.</summary>
public sealed record Reconciliation
{
    public required string Id { get; init; }
    public required string Channel { get; init; }
    public required long GameId { get; init; }
    public required string FirstDay { get; init; }
    public required string LastDay { get; init; }
    public required long FromMs { get; init; }
    public required long ToMs { get; init; }

    /// <summary>What the file is.</summary>
    public string Format { get; init; } = "";

    /// <summary>SHA-256 of the file; null until it is here.</summary>
    public string? Digest { get; init; }

    public ReconciliationState State { get; init; }
    public required string Actor { get; init; }
    public ReconciliationCounts Counts { get; init; } = new();

    /// <summary>Where the next step begins.</summary>
    internal string Position { get; init; } = "";

    /// <summary>The number of the last difference.</summary>
    public long Differences { get; init; }

    internal long Lease { get; init; }
    public required long CreatedMs { get; init; }
    public long UpdatedMs { get; init; }
    public long? FinishedMs { get; init; }
}

/// <summary>Reconciliations: statements and rows. Every step of one says the lease that it belongs to.</summary>
internal static class ReconciliationTable
{
    private const string Columns =
        "reconciliation_id, channel, game_id, first_day, last_day, from_ms, to_ms, format, digest, state, actor, counts, position, differences, lease, created_ms, updated_ms, finished_ms";

    private const string InsertSql =
        "INSERT INTO reconciliations (" + Columns + ", cleared, lease_until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 0, $9, $10, '', 0, 0, $11, $11, NULL, 0, 0)";

    private const string FindSql = "SELECT " + Columns + " FROM reconciliations WHERE reconciliation_id = $1";
    private const string ReceiveSql = "UPDATE reconciliations SET counts = $2, updated_ms = $3 WHERE reconciliation_id = $1 AND state = 0";

    private const string ReceivedSql = "UPDATE reconciliations SET state = 1, digest = $2, counts = $3, updated_ms = $4 WHERE reconciliation_id = $1 AND state = 0";
    private const string DropSql = "UPDATE reconciliations SET state = 5 WHERE reconciliation_id = $1 AND state = 0";
    private const string ClaimFileSql = "INSERT INTO statement_files (file_key, reconciliation_id) VALUES ($1, $2) ON CONFLICT (file_key) DO NOTHING";
    private const string FindFileSql = "SELECT reconciliation_id FROM statement_files WHERE file_key = $1";

    private const string FreeSql =
        "SELECT " + Columns + " FROM reconciliations WHERE cleared = 0 AND state IN (1, 2, 3) AND lease_until_ms <= $1 ORDER BY created_ms LIMIT 1";

    private const string ClaimSql = "UPDATE reconciliations SET lease = lease + 1, lease_until_ms = $3 WHERE reconciliation_id = $1 AND lease = $2";

    private const string StepSql =
        "UPDATE reconciliations SET state = $3, counts = $4, position = $5, differences = $6, lease_until_ms = $7, updated_ms = $8, finished_ms = $9 " +
        "WHERE reconciliation_id = $1 AND lease = $2 AND state IN (1, 2, 3)";

    private const string NeighboursSql =
        "SELECT reconciliation_id FROM reconciliations WHERE channel = $1 AND game_id = $2 AND from_ms < $3 AND to_ms > $4 AND reconciliation_id <> $5 AND state IN (1, 2, 3, 4) AND cleared = 0 " +
        "ORDER BY from_ms DESC, created_ms DESC LIMIT $6";

    // What holds lines that nobody needs: uploads that broke off, files that were here before, reconciliations that ended long ago.
    private const string StaleSql =
        "SELECT reconciliation_id FROM reconciliations WHERE cleared = 0 AND (state = 5 OR (state = 0 AND updated_ms < $1) OR (state = 4 AND finished_ms < $2)) ORDER BY created_ms LIMIT 1";

    private const string ClearedSql = "UPDATE reconciliations SET cleared = 1 WHERE reconciliation_id = $1 AND state = 4";
    private const string DeleteSql = "DELETE FROM reconciliations WHERE reconciliation_id = $1 AND state IN (0, 5)";

    public static ValueTask<int> InsertAsync(Transaction transaction, Reconciliation job) =>
        transaction.ExecuteAsync(
            InsertSql, job.Id, job.Channel, job.GameId, job.FirstDay, job.LastDay, job.FromMs, job.ToMs, job.Format, job.Actor, Write(job.Counts), job.CreatedMs);

    public static ValueTask<Reconciliation?> FindAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <returns>False: it is no longer being received.</returns>
    public static async ValueTask<bool> ReceiveAsync(Transaction transaction, string id, ReconciliationCounts counts, long nowMs) =>
        await transaction.ExecuteAsync(ReceiveSql, id, Write(counts), nowMs) == 1;

    /// <summary>The file is here as a whole.</summary>
    /// <returns>False: it is no longer being received.</returns>
    public static async ValueTask<bool> ReceivedAsync(Transaction transaction, string id, string digest, ReconciliationCounts counts, long nowMs) =>
        await transaction.ExecuteAsync(ReceivedSql, id, digest, Write(counts), nowMs) == 1;

    public static ValueTask<int> DropAsync(Transaction transaction, string id) => transaction.ExecuteAsync(DropSql, id);

    /// <summary>Claims a file for a reconciliation.</summary>
    /// <returns>The reconciliation that has it: this one, or the one before.</returns>
    public static async ValueTask<string> ClaimFileAsync(Transaction transaction, string fileKey, string id) =>
        await transaction.ExecuteAsync(ClaimFileSql, fileKey, id) == 1 ? id : (await transaction.QueryAsync(FindFileSql, row => row.GetString(0), fileKey))[0];

    /// <summary>The oldest reconciliation that waits and that no node works on.</summary>
    public static ValueTask<Reconciliation?> FindFreeAsync(Transaction transaction, long nowMs) => transaction.FindAsync(FreeSql, Read, nowMs);

    /// <returns>Null: another node was faster.</returns>
    public static async ValueTask<Reconciliation?> ClaimAsync(Transaction transaction, Reconciliation job, long untilMs) =>
        await transaction.ExecuteAsync(ClaimSql, job.Id, job.Lease, untilMs) == 1 ? job with { Lease = job.Lease + 1 } : null;

    /// <returns>False: the lease was lost; nothing changed.</returns>
    public static async ValueTask<bool> StepAsync(Transaction transaction, Reconciliation job, long leaseUntilMs, long nowMs) =>
        await transaction.ExecuteAsync(StepSql, job.Id, job.Lease, (int)job.State, Write(job.Counts), job.Position, job.Differences, leaseUntilMs, nowMs, job.FinishedMs) == 1;

    /// <summary>Other statements of the same channel and game that touch these times and whose lines are still here.</summary>
    public static ValueTask<List<string>> NeighboursAsync(Transaction transaction, Reconciliation job, long fromMs, long toMs, int most) =>
        transaction.QueryAsync(NeighboursSql, row => row.GetString(0), job.Channel, job.GameId, toMs, fromMs, job.Id, most);

    public static async ValueTask<string?> FindStaleAsync(Transaction transaction, long brokenBeforeMs, long endedBeforeMs) =>
        (await transaction.QueryAsync(StaleSql, row => row.GetString(0), brokenBeforeMs, endedBeforeMs)).FirstOrDefault();

    /// <summary>Its lines are gone: what was done stays, what never came to be goes too.</summary>
    public static async ValueTask<int> ClearedAsync(Transaction transaction, string id) =>
        await transaction.ExecuteAsync(ClearedSql, id) + await transaction.ExecuteAsync(DeleteSql, id);

    public static string SelectWhere(string condition, string rest) => $"SELECT {Columns} FROM reconciliations WHERE {condition} {rest}";

    public static Reconciliation Read(DbDataReader row) => new()
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
        Differences = row.GetInt64(13),
        Lease = row.GetInt64(14),
        CreatedMs = row.GetInt64(15),
        UpdatedMs = row.GetInt64(16),
        FinishedMs = row.Number(17),
    };

    private static string Write(ReconciliationCounts counts) => JsonSerializer.Serialize(counts, ReconciliationJson.Default.ReconciliationCounts);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReconciliationCounts))]
internal sealed partial class ReconciliationJson : JsonSerializerContext;
