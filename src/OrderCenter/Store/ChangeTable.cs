using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>Changes of orders, those that wait for a number and those that have one: statements and rows.</summary>
internal static class ChangeTable
{
    private const string ChangeColumns = "order_id, move, game_id, event, pay_state, progress, state_reason, at_ms";

    private const string NoteSql = "INSERT INTO pending_changes (" + ChangeColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    public static readonly ManyForm NoteMany = new(
        NoteSql,
        "INSERT INTO pending_changes (" + ChangeColumns + ") SELECT p1, p2, p3, p4, p5, p6, p7, p8 FROM " + ManyForm.Unnest("tibiiitb") + " RETURNING order_id, move",
        "tibiiitb", Key: [0, 1]);

    private const string ForgetSql = "DELETE FROM pending_changes WHERE order_id = $1";
    private const string FirstPendingSql = "SELECT order_id FROM pending_changes ORDER BY order_id, move LIMIT 1";

    // In the order of the key, so that a step never takes an order's change without those before it: they were committed before it, so whoever sees it sees
    // them. Deleting is the claim: of two at once, each row is answered to one of them.
    private const string TakeSql =
        "DELETE FROM pending_changes WHERE (order_id, move) IN (SELECT order_id, move FROM pending_changes WHERE order_id > $1 ORDER BY order_id, move LIMIT $2) RETURNING " + ChangeColumns;

    // The row stays locked until the commit: numbers are given by one transaction after the other, and given back by none that commits.
    private const string ReserveSql =
        "INSERT INTO change_heads (game_id, last_number) VALUES ($1, $2) " +
        "ON CONFLICT (game_id) DO UPDATE SET last_number = change_heads.last_number + excluded.last_number RETURNING last_number";

    private const string InsertSql =
        "INSERT INTO order_changes (game_id, number, order_id, move, event, pay_state, progress, state_reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    public static readonly ManyForm InsertMany = new(
        InsertSql,
        "INSERT INTO order_changes (game_id, number, order_id, move, event, pay_state, progress, state_reason, at_ms) SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9 FROM " +
        ManyForm.Unnest("bbtiiiitb") + " RETURNING game_id, number",
        "bbtiiiitb", Key: [0, 1]);

    private const string LeaseSql = "SELECT owner, until_ms FROM change_sequencer WHERE id = 1";
    private const string TakeLeaseSql = "UPDATE change_sequencer SET owner = $1, until_ms = $2 WHERE id = 1 AND (owner = $1 OR until_ms <= $3)";
    private const string HeadSql = "SELECT last_number FROM change_heads WHERE game_id = $1";
    private const string GamesSql = "SELECT game_id FROM change_heads";

    private const string PageSql =
        "SELECT " + ChangeColumns + ", number FROM order_changes WHERE game_id = $1 AND number > $2 ORDER BY number LIMIT $3";

    private const string OldestSql = "SELECT number, at_ms FROM order_changes WHERE game_id = $1 ORDER BY number LIMIT $2";
    private const string PruneSql = "DELETE FROM order_changes WHERE game_id = $1 AND number <= $2";

    /// <summary>Notes a change in the transaction that makes it.</summary>
    public static void Note(Transaction transaction, Change change) =>
        transaction.Send(
            NoteSql, change.OrderId.Value, change.Move, change.GameId, (int)change.Event, (int)change.State.Pay, (int)change.State.Progress, change.Reason, change.AtMs);

    /// <summary>Takes back what was noted of an order that this same transaction made and takes back.</summary>
    public static void Forget(Transaction transaction, OrderId id) => transaction.Send(ForgetSql, id.Value);

    /// <summary>Whether a change waits for its number.</summary>
    public static async ValueTask<bool> HasPendingAsync(Transaction transaction) => (await transaction.QueryAsync(FirstPendingSql, row => row.GetString(0))).Count > 0;

    /// <summary>Takes changes that wait, those of an order in their order.</summary>
    /// <param name="transaction">The step's transaction.</param>
    /// <param name="afterOrderId">Begins behind this order; empty: at the first.</param>
    /// <param name="most">How many at most.</param>
    public static ValueTask<List<Change>> TakeAsync(Transaction transaction, string afterOrderId, int most) => transaction.QueryAsync(TakeSql, Read, afterOrderId, most);

    /// <summary>Takes the next numbers of a game.</summary>
    /// <returns>The last of them.</returns>
    public static async ValueTask<long> ReserveAsync(Transaction transaction, long gameId, long count) =>
        (await transaction.QueryAsync(ReserveSql, row => row.GetInt64(0), gameId, count))[0];

    public static void Insert(Transaction transaction, NumberedChange numbered)
    {
        var change = numbered.Change;
        transaction.Send(
            InsertSql, change.GameId, numbered.Number, change.OrderId.Value, change.Move, (int)change.Event, (int)change.State.Pay, (int)change.State.Progress, change.Reason,
            change.AtMs);
    }

    /// <summary>Who gives numbers, and until when.</summary>
    public static async ValueTask<NodeLease> LeaseAsync(Transaction transaction) =>
        (await transaction.QueryAsync(LeaseSql, row => new NodeLease(row.GetString(0), row.GetInt64(1))))[0];

    /// <returns>False: another node has it.</returns>
    public static async ValueTask<bool> TakeLeaseAsync(Transaction transaction, NodeLease lease, long freeBeforeMs) =>
        await transaction.ExecuteAsync(TakeLeaseSql, lease.Owner, lease.UntilMs, freeBeforeMs) == 1;

    /// <summary>The last number of a game; 0: none was given.</summary>
    public static async ValueTask<long> HeadAsync(Transaction transaction, long gameId) =>
        (await transaction.QueryAsync(HeadSql, row => row.GetInt64(0), gameId)).FirstOrDefault();

    /// <summary>Every game that has a feed.</summary>
    public static ValueTask<List<long>> GamesAsync(Transaction transaction) => transaction.QueryAsync(GamesSql, row => row.GetInt64(0));

    public static ValueTask<List<NumberedChange>> PageAsync(Transaction transaction, long gameId, long after, int most) =>
        transaction.QueryAsync(PageSql, row => new NumberedChange(row.GetInt64(8), Read(row)), gameId, after, most);

    /// <summary>The oldest numbers of a game that are kept, with their times.</summary>
    public static ValueTask<List<(long Number, long AtMs)>> OldestAsync(Transaction transaction, long gameId, int most) =>
        transaction.QueryAsync(OldestSql, row => (row.GetInt64(0), row.GetInt64(1)), gameId, most);

    /// <summary>Forgets a game's changes up to a number.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long gameId, long upTo) => transaction.ExecuteAsync(PruneSql, gameId, upTo);

    private static Change Read(DbDataReader row) => new(
        OrderId.FromStore(row.GetString(0)), row.GetInt32(1), row.GetInt64(2), (ChangeEvent)row.GetInt32(3), new OrderState((PayState)row.GetInt32(4), (Progress)row.GetInt32(5)),
        row.Text(6), row.GetInt64(7));
}
