using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>What a store is still to be told of an order. <paramref name="Tries"/> counts the claims: a write says which claim it belongs to.</summary>
internal sealed record Telling(OrderId OrderId, long GameId, string Channel, bool IsAccepted, long SinceMs, int Tries, int Fails);

/// <summary>The tellings: statements and rows.</summary>
/// <remarks>Why <c>state + 0</c>: see <see cref="CallbackTable"/>.</remarks>
internal static class TellTable
{
    private const string InsertSql =
        "INSERT INTO tellings (order_id, game_id, channel, state, since_ms, due_ms, tries, fails) VALUES ($1, $2, $3, 0, $4, $5, 0, 0) ON CONFLICT (order_id) DO NOTHING";

    // Counted on, so that whoever has it claimed now does not write over it what he saw before.
    private const string HastenSql = "UPDATE tellings SET due_ms = $2, tries = tries + 1 WHERE order_id = $1 AND state + 0 < 2";

    // The state is said again outside: of two claimers one changes the row.
    private const string ClaimSql =
        "WITH due AS (SELECT order_id FROM tellings WHERE state < 2 AND due_ms <= $1 ORDER BY due_ms LIMIT $3) " +
        "UPDATE tellings SET due_ms = $2, tries = tries + 1 WHERE order_id IN (SELECT order_id FROM due) AND state + 0 < 2 AND due_ms + 0 <= $1 " +
        "RETURNING order_id, game_id, channel, state, since_ms, tries, fails";

    private const string RecordSql =
        "UPDATE tellings SET state = $3, due_ms = $4, fails = $5, fault = $6 WHERE order_id = $1 AND tries = $2 AND state + 0 < 2";

    public static ValueTask<int> InsertAsync(Transaction transaction, Order order, string channel, long sinceMs, long dueMs) =>
        transaction.ExecuteAsync(InsertSql, order.Id.Value, order.GameId, channel, sinceMs, dueMs);

    /// <summary>Makes a telling due now.</summary>
    public static ValueTask<int> HastenAsync(Transaction transaction, OrderId id, long nowMs) => transaction.ExecuteAsync(HastenSql, id.Value, nowMs);

    /// <summary>Takes what is due until a time; what nobody has recorded then is due again.</summary>
    public static ValueTask<List<Telling>> ClaimAsync(Transaction transaction, long nowMs, long untilMs, int countMax) =>
        transaction.QueryAsync(
            ClaimSql,
            row => new Telling(
                OrderId.FromStore(row.GetString(0)), row.GetInt64(1), row.GetString(2), row.GetInt32(3) == 1, row.GetInt64(4), row.GetInt32(5), row.GetInt32(6)),
            nowMs, untilMs, countMax);

    public static ValueTask<int> FinishAsync(Transaction transaction, Telling telling, long nowMs) =>
        transaction.ExecuteAsync(RecordSql, telling.OrderId.Value, telling.Tries, 2, nowMs, telling.Fails, null);

    public static ValueTask<int> PostponeAsync(Transaction transaction, Telling telling, long dueMs, string? fault) =>
        transaction.ExecuteAsync(RecordSql, telling.OrderId.Value, telling.Tries, telling.IsAccepted ? 1 : 0, dueMs, telling.Fails, fault);
}
