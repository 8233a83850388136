using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Reconciliation.Fetching;

/// <summary>Statements to be fetched: statements and rows.</summary>
internal static class StatementFetchTable
{
    private const string Columns =
        "fetch_id, game_id, channel, account, first_day, last_day, state, failures, message, reconciliation_id, due_ms, created_ms, " +
        "updated_ms, lease";

    /// <summary>The fetches newest first.</summary>
    public static readonly ListTable<StatementFetchJob> List = new(
        "statement_fetches", Columns, ["created_ms", "fetch_id"], Read, job => new ListKey(job.CreatedMs, job.Id));

    private const int AccountDigits = 12;

    private static readonly LeasedRows Rows = new("statement_fetches", "fetch_id", Columns);

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO statement_fetches (fetch_id, game_id, channel, account, first_day, last_day, message, due_ms, created_ms, " +
        "updated_ms) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $7, $7) ON CONFLICT (fetch_id) DO NOTHING");

    // A try that is under way goes on, and its end decides.
    private static readonly SqlStatement RepeatSql = new(
        "UPDATE statement_fetches SET state = 0, failures = 0, created_ms = $2, due_ms = $2 WHERE fetch_id = $1");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM statement_fetches WHERE fetch_id = $1");

    private static readonly SqlStatement LatestSql = new(
        "SELECT first_day FROM statement_fetches WHERE game_id = $1 AND channel = $2 AND account = $3 ORDER BY first_day DESC LIMIT 1");

    private static readonly SqlStatement RecordSql = Rows.End(
        "state = $3, failures = $4, message = $5, reconciliation_id = $6, due_ms = $7, updated_ms = $8");

    private static readonly SqlStatement PruneSql = new("DELETE FROM statement_fetches WHERE created_ms < $1 AND due_ms IS NULL");

    /// <summary>A page's place holds letters, digits and _ only, and few: an account is a digest of its name there.</summary>
    public static string IdOf(StatementOwner owner, StatementPeriod period)
    {
        var account = owner.Account is null
            ? ""
            : "_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner.Account)))[..AccountDigits];
        return $"{owner.GameId}_{owner.Channel.Replace('-', '_')}{account}_{period.First:yyyyMMdd}_{period.Last:yyyyMMdd}";
    }

    public static ValueTask<int> InsertAsync(Transaction transaction, StatementOwner owner, StatementPeriod period, long dueMs) =>
        transaction.ExecuteAsync(
            InsertSql, IdOf(owner, period), owner.GameId, owner.Channel, owner.Account ?? "", BusinessDay.Text(period.First),
            BusinessDay.Text(period.Last), dueMs);

    public static ValueTask<int> RepeatAsync(Transaction transaction, string id, long dueMs) =>
        transaction.ExecuteAsync(RepeatSql, id, dueMs);

    public static ValueTask<StatementFetchJob?> FindAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <returns>The first day of the newest period of an owner; null: there is none.</returns>
    public static async ValueTask<DateOnly?> LatestAsync(Transaction transaction, StatementOwner owner) =>
        await transaction.QueryAsync(
            LatestSql, static row => ParseDay(row.GetString(0)), owner.GameId, owner.Channel, owner.Account ?? "") is [var day, ..]
                ? day
                : null;

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
        row.GetString(0), new StatementOwner(row.GetInt64(1), row.GetString(2), row.NonEmpty(3)),
        new StatementPeriod(ParseDay(row.GetString(4)), ParseDay(row.GetString(5))),
        (StatementFetchState)row.GetInt32(6), row.GetInt32(7), row.GetString(8), row.Text(9),
        row.Number(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13));

    private static DateOnly ParseDay(string text) => BusinessDay.TryParseDay(text, out var day)
        ? day
        : throw new InvalidOperationException($"'{text}' in statement_fetches is no day");
}
