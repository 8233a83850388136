using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.PlayerData;

/// <summary>The erasures and the orders that they wait for: statements and rows.</summary>
internal static class ErasureTable
{
    private const string SelectSql =
        "SELECT erasure_id, game_id, user_id, marker, until_ms, actor, state, erased, created_ms, finished_ms, after_created_ms, " +
        "after_order_id FROM erasures ";

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO erasures (erasure_id, game_id, user_id, marker, until_ms, actor, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (erasure_id) DO NOTHING");

    private static readonly SqlStatement FindSql = new(SelectSql + "WHERE erasure_id = $1");

    private static readonly SqlStatement FindOpenSql = new(
        SelectSql + "WHERE state < 2 AND user_id = $1 AND game_id = $2 ORDER BY created_ms LIMIT 1");

    private static readonly SqlStatement ListRunningSql = new(
        SelectSql + "WHERE state < 2 AND state + 0 = 0 AND user_id IS NOT NULL ORDER BY created_ms LIMIT 20");

    // The position is in the condition: of several nodes that read the same page one moves the job, and erases the page.
    private static readonly SqlStatement AdvanceSql = new(
        "UPDATE erasures SET after_created_ms = $2, after_order_id = $3, state = $4 " +
        "WHERE erasure_id = $1 AND state = 0 AND after_created_ms = $5 AND after_order_id = $6");

    private static readonly SqlStatement AddErasedSql = new("UPDATE erasures SET erased = erased + $2 WHERE erasure_id = $1");

    // The player's id goes with the end of the job.
    private static readonly SqlStatement FinishSql = new(
        "UPDATE erasures SET state = 2, user_id = NULL, finished_ms = $1 WHERE state + 0 = 1 AND state < 2 " +
        "AND NOT EXISTS (SELECT 1 FROM waiting_erasures w WHERE w.erasure_id = erasures.erasure_id)");

    private static readonly SqlStatement WaitSql = new(
        "INSERT INTO waiting_erasures (erasure_id, order_id, due_ms) VALUES ($1, $2, $3) ON CONFLICT (erasure_id, order_id) DO NOTHING");

    private static readonly SqlStatement DueSql = new(
        "SELECT w.erasure_id, w.order_id, e.marker FROM waiting_erasures w JOIN erasures e ON e.erasure_id = w.erasure_id " +
        "WHERE w.due_ms <= $1 ORDER BY w.due_ms LIMIT $2");

    private static readonly SqlStatement PostponeSql = new(
        "UPDATE waiting_erasures SET due_ms = $3 WHERE erasure_id = $1 AND order_id = $2");

    private static readonly SqlStatement EndWaitSql = new("DELETE FROM waiting_erasures WHERE erasure_id = $1 AND order_id = $2");

    private static readonly SqlStatement CountWaitingSql = new("SELECT count(*) FROM waiting_erasures WHERE erasure_id = $1");

    private static readonly SqlStatement NameWaitingSql = new(
        "SELECT order_id FROM waiting_erasures WHERE erasure_id = $1 ORDER BY order_id LIMIT $2");

    /// <returns>False: there is one with this id.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, Erasure erasure) =>
        await transaction.ExecuteAsync(
            InsertSql, erasure.Id, erasure.GameId, erasure.UserId, erasure.Marker, erasure.UntilMs, erasure.Actor, erasure.CreatedMs) == 1;

    /// <summary>An erasure with what it waits for; null: there is none.</summary>
    public static async ValueTask<Erasure?> FindAsync(Transaction transaction, string id)
    {
        if (await transaction.FindAsync(FindSql, Read, id) is not { Erasure: var erasure })
        {
            return null;
        }
        var waiting = await transaction.QueryAsync(CountWaitingSql, row => row.GetInt64(0), id);
        var named = await transaction.QueryAsync(NameWaitingSql, row => row.GetString(0), id, Erasure.NamedMax);
        return erasure with { Waiting = waiting[0], WaitingOrders = named };
    }

    /// <summary>One with its position.</summary>
    public static ValueTask<ErasureAt?> FindAtAsync(Transaction transaction, string id) => transaction.FindAsync(FindSql, Read, id);

    /// <summary>The erasure of a player that is not done; null: there is none.</summary>
    public static async ValueTask<Erasure?> FindOpenAsync(Transaction transaction, string userId, long gameId) =>
        (await transaction.FindAsync(FindOpenSql, Read, userId, gameId))?.Erasure;

    /// <summary>Those of one player each that still look for orders.</summary>
    public static ValueTask<List<ErasureAt>> ListRunningAsync(Transaction transaction) => transaction.QueryAsync(ListRunningSql, Read);

    /// <returns>False: another node has moved it.</returns>
    public static async ValueTask<bool> AdvanceAsync(
        Transaction transaction, ErasureAt from, long afterCreatedMs, string afterOrderId, ErasureState to) =>
        await transaction.ExecuteAsync(
            AdvanceSql, from.Erasure.Id, afterCreatedMs, afterOrderId, (int)to, from.AfterCreatedMs, from.AfterOrderId) == 1;

    public static ValueTask<int> AddErasedAsync(Transaction transaction, string id, int erased) =>
        transaction.ExecuteAsync(AddErasedSql, id, erased);

    /// <summary>Ends the erasures that wait for nothing any more.</summary>
    public static ValueTask<int> FinishAsync(Transaction transaction, long nowMs) => transaction.ExecuteAsync(FinishSql, nowMs);

    public static ValueTask<int> WaitAsync(Transaction transaction, string id, OrderId orderId, long dueMs) =>
        transaction.ExecuteAsync(WaitSql, id, orderId.Value, dueMs);

    /// <summary>Orders that waited and are to be looked at again: the erasure, its marker, the order.</summary>
    public static ValueTask<List<(string Id, string Marker, OrderId OrderId)>> ListDueAsync(Transaction transaction, long nowMs, int max) =>
        transaction.QueryAsync(
            DueSql, row => (row.GetString(0), row.GetString(2), OrderId.FromStore(row.GetString(1))), nowMs, max);

    public static ValueTask<int> PostponeAsync(Transaction transaction, string id, OrderId orderId, long dueMs) =>
        transaction.ExecuteAsync(PostponeSql, id, orderId.Value, dueMs);

    public static ValueTask<int> EndWaitAsync(Transaction transaction, string id, OrderId orderId) =>
        transaction.ExecuteAsync(EndWaitSql, id, orderId.Value);

    private static ErasureAt Read(DbDataReader row) => new(
        new Erasure(
            row.GetString(0), row.GetInt64(1), row.Text(2), row.GetString(3), row.GetInt64(4), row.GetString(5),
            (ErasureState)row.GetInt32(6), row.GetInt64(7), row.GetInt64(8), row.Number(9)),
        row.GetInt64(10), row.GetString(11));

    /// <param name="Erasure">The erasure, without what it waits for.</param>
    /// <param name="AfterCreatedMs">When the last order that it looked at was created.</param>
    /// <param name="AfterOrderId">The last order that it looked at.</param>
    internal sealed record ErasureAt(Erasure Erasure, long AfterCreatedMs, string AfterOrderId);
}
