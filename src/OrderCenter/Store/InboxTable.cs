using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>The notifications of stores: statements and rows.</summary>
/// <remarks>Why <c>state + 0</c>: see <see cref="CallbackTable"/>.</remarks>
internal static class InboxTable
{
    private const string Columns =
        "notice_key, channel, game_id, notice_id, received_ms, seen, state, tries, due_ms, outcome, order_id, transaction_id, done_ms";

    private const string InsertSql =
        "INSERT INTO notices (notice_key, channel, game_id, notice_id, received_ms, seen, state, tries, due_ms, sealed) VALUES ($1, $2, $3, $4, $5, 1, 0, 1, $6, $7) " +
        "ON CONFLICT (notice_key) DO NOTHING";

    private const string SeenSql = "UPDATE notices SET seen = seen + 1 WHERE notice_key = $1";
    private const string FindSql = "SELECT " + Columns + ", sealed FROM notices WHERE notice_key = $1";

    private const string OfOrderSql = "SELECT " + Columns + " FROM notices WHERE order_id = $1 ORDER BY received_ms, notice_key LIMIT 100";

    // The state is said again outside: what another node finished in between is not read again.
    private const string ClaimSql =
        "WITH due AS (SELECT notice_key FROM notices WHERE state = 0 AND due_ms <= $1 ORDER BY due_ms LIMIT $2) " +
        "UPDATE notices SET tries = tries + 1, due_ms = $3 WHERE notice_key IN (SELECT notice_key FROM due) AND state + 0 = 0 AND due_ms + 0 <= $1 " +
        "RETURNING " + Columns + ", sealed";

    private const string FinishSql =
        "UPDATE notices SET state = $3, due_ms = NULL, outcome = $4, order_id = $5, transaction_id = $6, done_ms = $7 WHERE notice_key = $1 AND state + 0 = 0 AND tries = $2";

    private const string PostponeSql = "UPDATE notices SET due_ms = $3, outcome = $4 WHERE notice_key = $1 AND state + 0 = 0 AND tries = $2";

    private const string AgainSql =
        "UPDATE notices SET state = 0, tries = 1, due_ms = $4, done_ms = NULL WHERE notice_key = $1 AND state = $2 AND tries = $3";

    // What was applied or means nothing is forgotten in time; what waits for a person, or is read again this very moment, is not.
    private const string PruneSql =
        "DELETE FROM notices WHERE state + 0 IN (1, 2) AND notice_key IN (SELECT notice_key FROM notices WHERE received_ms < $1 AND state IN (1, 2) ORDER BY received_ms LIMIT $2)";

    /// <summary>Keeps a notification that is new, leased to its first reader until <paramref name="dueMs"/>.</summary>
    /// <returns>False: it is there already, and was counted.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, Notice notice, string sealedText, long dueMs)
    {
        if (await transaction.ExecuteAsync(InsertSql, notice.Key, notice.Channel, notice.GameId, notice.NoticeId, notice.ReceivedMs, dueMs, sealedText) == 1)
        {
            return true;
        }
        await transaction.ExecuteAsync(SeenSql, notice.Key);
        return false;
    }

    public static ValueTask<KeptNotice?> FindAsync(Transaction transaction, string key) => transaction.FindAsync(FindSql, ReadKept, key);

    /// <summary>The notifications that touched an order, oldest first, a bounded number.</summary>
    public static ValueTask<List<Notice>> OfOrderAsync(Transaction transaction, OrderId id) => transaction.QueryAsync(OfOrderSql, Read, id.Value);

    /// <summary>Leases notifications whose time has come, a bounded number.</summary>
    public static ValueTask<List<KeptNotice>> ClaimAsync(Transaction transaction, long nowMs, long leaseUntilMs, int most) =>
        transaction.QueryAsync(ClaimSql, ReadKept, nowMs, most, leaseUntilMs);

    /// <returns>False: another reader recorded it.</returns>
    public static async ValueTask<bool> FinishAsync(Transaction transaction, Notice notice, NoticeState state, string outcome, OrderId? orderId, string? transactionId, long nowMs) =>
        await transaction.ExecuteAsync(FinishSql, notice.Key, notice.Tries, (int)state, outcome, orderId?.Value, transactionId, nowMs) == 1;

    public static async ValueTask<bool> PostponeAsync(Transaction transaction, Notice notice, string outcome, long dueMs) =>
        await transaction.ExecuteAsync(PostponeSql, notice.Key, notice.Tries, dueMs, outcome) == 1;

    /// <summary>Opens a notification to be read again from the beginning, leased to the caller.</summary>
    /// <returns>False: it changed in between.</returns>
    public static async ValueTask<bool> AgainAsync(Transaction transaction, Notice notice, long leaseUntilMs) =>
        await transaction.ExecuteAsync(AgainSql, notice.Key, (int)notice.State, notice.Tries, leaseUntilMs) == 1;

    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int most) => transaction.ExecuteAsync(PruneSql, beforeMs, most);

    public static string SelectWhere(string condition, string rest) => $"SELECT {Columns} FROM notices WHERE {condition} {rest}";

    public static Notice Read(DbDataReader row) => new()
    {
        Key = row.GetString(0),
        Channel = row.GetString(1),
        GameId = row.GetInt64(2),
        NoticeId = row.GetString(3),
        ReceivedMs = row.GetInt64(4),
        Seen = row.GetInt32(5),
        State = (NoticeState)row.GetInt32(6),
        Tries = row.GetInt32(7),
        DueMs = row.Number(8),
        Outcome = row.Text(9),
        OrderId = row.Text(10) is { } order ? OrderId.FromStore(order) : null,
        TransactionId = row.Text(11),
        DoneMs = row.Number(12),
    };

    private static KeptNotice ReadKept(DbDataReader row) => new(Read(row), row.GetString(13));
}

/// <summary>A notification with what it holds, sealed.</summary>
internal sealed record KeptNotice(Notice Notice, string Sealed);
