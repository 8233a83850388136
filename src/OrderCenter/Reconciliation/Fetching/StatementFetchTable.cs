using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Reconciliation.Fetching;

/// <summary>Statements to be fetched: statements and rows.</summary>
internal static class StatementFetchTable
{
    private const string Columns =
        "fetch_id, game_id, channel, first_day, last_day, state, failures, message, reconciliation_id, due_ms, created_ms, updated_ms, " +
        "lease";

    /// <summary>The fetches newest first.</summary>
    public static readonly ListTable<StatementFetchJob> List = new(
        "statement_fetches", Columns, ["created_ms", "fetch_id"], Read, job => new ListKey(job.CreatedMs, job.Id));

    private static readonly LeasedRows Rows = new("statement_fetches", "fetch_id", Columns);

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO statement_fetches (fetch_id, game_id, channel, first_day, last_day, message, due_ms, created_ms, updated_ms) " +
        "VALUES ($1, $2, $3, $4, $5, '', $6, $6, $6) ON CONFLICT (fetch_id) DO NOTHING");

    // A try that is under way goes on, and its end decides.
    private static readonly SqlStatement RepeatSql = new(
        "UPDATE statement_fetches SET state = 0, failures = 0, created_ms = $2, due_ms = $2 WHERE fetch_id = $1");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM statement_fetches WHERE fetch_id = $1");

    private static readonly SqlStatement LatestSql = new(
        "SELECT first_day FROM statement_fetches WHERE game_id = $1 AND channel = $2 ORDER BY first_day DESC LIMIT 1");

    private static readonly SqlStatement RecordSql = Rows.End(
        "state = $3, failures = $4, message = $5, reconciliation_id = $6, due_ms = $7, updated_ms = $8");

    private static readonly SqlStatement PruneSql = new("DELETE FROM statement_fetches WHERE created_ms < $1 AND due_ms IS NULL");

    public static string IdOf(long gameId, string channel, StatementPeriod period) =>
        $"{gameId}_{channel.Replace('-', '_')}_{period.First:yyyyMMdd}_{period.Last:yyyyMMdd}";

    public static ValueTask<int> InsertAsync(Transaction transaction, long gameId, string channel, StatementPeriod period, long dueMs) =>
        transaction.ExecuteAsync(
            InsertSql, IdOf(gameId, channel, period), gameId, channel, BusinessDay.Text(period.First), BusinessDay.Text(period.Last),
            dueMs);

    public static ValueTask<int> RepeatAsync(Transaction transaction, string id, long dueMs) =>
        transaction.ExecuteAsync(RepeatSql, id, dueMs);

    public static ValueTask<StatementFetchJob?> FindAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <returns>The first day of the newest period of a game and channel; null: there is none.</returns>
    public static async ValueTask<DateOnly?> LatestAsync(Transaction transaction, long gameId, string channel) =>
        await transaction.QueryAsync(LatestSql, static row => ParseDay(row.GetString(0)), gameId, channel) is [var day, ..] ? day : null;

    public static ValueTask<List<StatementFetchJob>> ClaimAsync(
        Transaction transaction, long nowMs, long leaseUntilMs, long overMs, int limit) =>
        Rows.ClaimAsync(transaction, Read, nowMs, leaseUntilMs, overMs, limit);

    /// <returns>0: the lease ran out, or somebody asked again; nothing changed.</returns>
    public static ValueTask<int> RecordAsync(Transaction transaction, StatementFetchJob job) =>
        transaction.ExecuteAsync(
            RecordSql, job.Id, job.Lease, (int)job.State, job.Failures, job.Message, job.ReconciliationId, job.DueMs, job.UpdatedMs);

    public static ValueTask<int> ReleaseAsync(Transaction transaction, StatementFetchJob job) =>
        Rows.ReleaseAsync(transaction, job.Id, job.Lease);

    /// <summary>Deletes what ended and is older than a time.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs) => transaction.ExecuteAsync(PruneSql, beforeMs);

    private static StatementFetchJob Read(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetString(2), new StatementPeriod(ParseDay(row.GetString(3)), ParseDay(row.GetString(4))),
        (StatementFetchState)row.GetInt32(5), row.GetInt32(6), row.GetString(7), row.Text(8),
        row.IsDBNull(9) ? null : row.GetInt64(9), row.GetInt64(10), row.GetInt64(11), row.GetInt64(12));

    private static DateOnly ParseDay(string text) => BusinessDay.TryParseDay(text, out var day)
        ? day
        : throw new InvalidOperationException($"'{text}' in statement_fetches is no day");
}
